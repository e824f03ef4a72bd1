package sdk_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"

	"github.com/cardea-auth/cardea/plugins/plugintest"
	"github.com/cardea-auth/cardea/plugins/sdk"
)

// TestAssemblyScript runs the scaffold's prebuilt module. If the compiler is installed, it
// is built again and compared.
func TestAssemblyScript(t *testing.T) {
	wasm := read(t, filepath.Join("assemblyscript", "testdata", "hello.wasm"))
	sum := sha256.Sum256(wasm)
	if got, want := hex.EncodeToString(sum[:])+"  hello.wasm\n", string(read(t, filepath.Join("assemblyscript", "testdata", "SHA256SUMS"))); got != want {
		t.Errorf("SHA256SUMS has %q, the module %q", want, got)
	}
	dir := filepath.Join(t.TempDir(), "hello")
	if err := sdk.New("assemblyscript", "hello", dir); err != nil {
		t.Fatal(err)
	}
	run := func(wasm []byte) {
		plugintest.Test(t, plugintest.Module{Wasm: wasm, Manifest: read(t, filepath.Join(dir, "hello.json"))}, filepath.Join(dir, "testdata", "vectors.json"))
	}
	run(wasm)
	lang, err := sdk.Lookup("assemblyscript")
	if err != nil {
		t.Fatal(err)
	}
	if lang.Ready(dir) != nil {
		return // the module in the tree was tested
	}
	out := filepath.Join(dir, "hello.wasm")
	if err := lang.Build(context.Background(), dir, out); err != nil {
		t.Fatal(err)
	}
	if is := read(t, out); !bytes.Equal(is, wasm) {
		t.Logf("this compiler makes other bytes (%d against %d); comparing behaviour", len(is), len(wasm))
		run(is)
	}
}

// TestScaffold_sources: every scaffold includes its SDK.
func TestScaffold_sources(t *testing.T) {
	for lang, file := range map[string]string{"go": "internal/hook/event.go", "c": "cardea_hook.h", "assemblyscript": "assembly/cardea.ts", "rust": "src/cardea.rs"} {
		dir := filepath.Join(t.TempDir(), lang)
		if err := sdk.New(lang, "hello", dir); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{file, "hello.json", "README.md", ".gitignore", "testdata/vectors.json"} {
			if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(name))); err != nil {
				t.Errorf("%s: Stat: %v", lang, err)
			}
		}
		if found, err := sdk.Detect(dir); err != nil || found.Name != lang {
			t.Errorf("%s is detected as %s, %v", lang, found.Name, err)
		}
	}
}
