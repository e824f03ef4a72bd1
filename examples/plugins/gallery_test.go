package gallery

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/examples/e2e/parts"
	"github.com/cardea-auth/cardea/plugins/manifest"
	"github.com/cardea-auth/cardea/plugins/plugintest"
	"github.com/cardea-auth/cardea/plugins/sdk"
)

// maxSize is the largest size of a module in the tree.
const maxSize = 20 << 10

// gallery lists the plugins: directories with a manifest of the same name.
func gallery(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("*/*.json")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, file := range files {
		if name := filepath.Dir(file); filepath.Base(file) == name+".json" {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		t.Fatal("no plugins here")
	}
	return names
}

func read(t *testing.T, parts ...string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(parts...))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// module returns the module in the tree, or nil for a plugin that is only built.
func module(t *testing.T, name string) []byte {
	t.Helper()
	if _, err := os.Stat(filepath.Join(name, "SHA256SUMS")); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return read(t, name, name+".wasm")
}

// build builds the module from source if its compiler is installed.
func build(t *testing.T, name string) []byte {
	t.Helper()
	lang, err := sdk.Detect(name)
	if err != nil {
		t.Fatal(err)
	}
	if lang.Name == "c" {
		parts.Find(t, "clang", "clang", "lld")
		parts.Find(t, "wasm-ld", "lld")
	}
	if err := lang.Ready(name); err != nil {
		t.Fatal(err)
	}
	if lang.Name == "go" && testing.Short() {
		t.Skip("building and compiling a Go guest takes seconds")
	}
	out := filepath.Join(t.TempDir(), name+".wasm")
	if err := lang.Build(context.Background(), name, out); err != nil {
		t.Fatal(err)
	}
	return read(t, out)
}

func check(t *testing.T, name string, wasm []byte) {
	t.Helper()
	plugintest.Test(t, plugintest.Module{Wasm: wasm, Manifest: read(t, name, name+".json")}, filepath.Join(name, "testdata", "vectors.json"))
}

// TestVectors runs the vectors of every plugin in the gallery.
func TestVectors(t *testing.T) {
	for _, name := range gallery(t) {
		t.Run(name, func(t *testing.T) {
			wasm := module(t, name)
			if wasm == nil {
				wasm = build(t, name)
			}
			check(t, name, wasm)
		})
	}
}

// TestVectors_complete: every hook of a plugin has a vector.
func TestVectors_complete(t *testing.T) {
	for _, name := range gallery(t) {
		m, err := manifest.Parse(read(t, name, name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		vectors := string(read(t, name, "testdata", "vectors.json"))
		for _, hook := range m.Hooks {
			if !strings.Contains(vectors, `"point": "`+hook+`"`) {
				t.Errorf("%s: no vector for %s", name, hook)
			}
		}
	}
}

// TestModules: modules in the tree are small, and match their digests.
func TestModules(t *testing.T) {
	for _, name := range gallery(t) {
		wasm := module(t, name)
		if wasm == nil {
			continue
		}
		sum := sha256.Sum256(wasm)
		if got, want := hex.EncodeToString(sum[:])+"  "+name+".wasm\n", string(read(t, name, "SHA256SUMS")); got != want {
			t.Errorf("%s: SHA256SUMS has %q, the module %q", name, want, got)
		}
		if len(wasm) >= maxSize {
			t.Errorf("%s: the module has %d bytes, want less than %d", name, len(wasm), maxSize)
		}
	}
}

// TestModules_rebuilt: the module in the tree is built from the source next to it. Another
// compiler may produce other bytes, which must behave the same.
func TestModules_rebuilt(t *testing.T) {
	for _, name := range gallery(t) {
		was := module(t, name)
		if was == nil || name == "short-expiry" { // tested separately
			continue
		}
		t.Run(name, func(t *testing.T) {
			if is := build(t, name); !bytes.Equal(is, was) {
				t.Logf("this compiler makes other bytes (%d against %d); comparing behaviour", len(is), len(was))
				check(t, name, is)
			}
		})
	}
}

// TestReadme: every plugin has its line.
func TestReadme(t *testing.T) {
	text := string(read(t, "README.md"))
	for _, name := range gallery(t) {
		if !strings.Contains(text, "| ["+name+"]("+name+") |") {
			t.Errorf("README.md has no line for %s", name)
		}
	}
}
