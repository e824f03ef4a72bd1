package sdk_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/examples/e2e/parts"
	"github.com/cardea-auth/cardea/plugins/plugintest"
	"github.com/cardea-auth/cardea/plugins/sdk"
)

// TestNew_passes: a new scaffold builds without downloads, and passes its own vectors.
func TestNew_passes(t *testing.T) {
	for _, l := range sdk.Languages() {
		t.Run(l.Name, func(t *testing.T) {
			t.Setenv("GOPROXY", "off")
			dir := filepath.Join(t.TempDir(), "hello")
			if err := sdk.New(l.Name, "hello", dir); err != nil {
				t.Fatal(err)
			}
			found, err := sdk.Detect(dir)
			if err != nil || found.Name != l.Name {
				t.Fatalf("detected %s, %v", found.Name, err)
			}
			install(t, l, dir)
			if err := l.Ready(dir); err != nil {
				t.Fatal(err)
			}
			out := filepath.Join(dir, "hello.wasm")
			if err := l.Build(context.Background(), dir, out); err != nil {
				t.Fatal(err)
			}
			plugintest.Test(t, plugintest.Module{Wasm: read(t, out), Manifest: read(t, filepath.Join(dir, "hello.json"))},
				filepath.Join(dir, "testdata", "vectors.json"))
		})
	}
}

// install makes sure that a language's compiler is installed.
func install(t *testing.T, l sdk.Language, dir string) {
	t.Helper()
	if l.Ready(dir) == nil {
		return
	}
	switch l.Name {
	case "c":
		parts.Find(t, "clang", "clang", "lld")
		parts.Find(t, "wasm-ld", "lld")
	case "rust":
		// The first toolchain in PATH may lack the target; Debian's has it.
		parts.FindFile(t, "/usr/lib/rustlib/wasm32-unknown-unknown/lib", "libstd-rust-dev-wasm32", "rustc", "cargo")
		t.Setenv("PATH", "/usr/bin"+string(os.PathListSeparator)+os.Getenv("PATH"))
	case "assemblyscript":
		npm := exec.Command(parts.Find(t, "npm", "npm"), "install", "--no-audit", "--no-fund", "--ignore-scripts")
		npm.Dir = dir
		if out, err := npm.CombinedOutput(); err != nil {
			parts.Missing(t, "assemblyscript", "npm install failed: "+string(out))
		}
	}
}

// TestNew_native: the Go scaffold's own tests pass without WASM.
func TestNew_native(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "hello")
	if err := sdk.New("go", "hello", dir); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "test", "./...")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOPROXY=off", "GOFLAGS=", "GOWORK=off")
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, text)
	}
}

func TestNew_refuses(t *testing.T) {
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "mine"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct{ lang, name, dir, want string }{
		"language": {"cobol", "hello", t.TempDir(), "choose one of go, c, assemblyscript, rust"},
		"name":     {"go", "../x", t.TempDir(), "lower-case letters"},
		"no room":  {"go", "hello", full, "not empty"},
	} {
		if err := sdk.New(test.lang, test.name, test.dir); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q in it", name, err, test.want)
		}
	}
}

func TestDetect_nothing(t *testing.T) {
	if _, err := sdk.Detect(t.TempDir()); err == nil || !strings.Contains(err.Error(), "cardea plugin new") {
		t.Errorf("got %v, want what to do next", err)
	}
}

func TestBuild_compilerSays(t *testing.T) {
	dir := t.TempDir()
	if err := sdk.New("go", "hello", filepath.Join(dir, "p")); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "p", "plugin.go")
	if err := os.WriteFile(file, append(read(t, file), "\nfunc broken() { undefinedName() }\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := sdk.Detect(filepath.Join(dir, "p"))
	if err != nil {
		t.Fatal(err)
	}
	err = l.Build(context.Background(), filepath.Join(dir, "p"), filepath.Join(dir, "out.wasm"))
	if err == nil || !strings.Contains(err.Error(), "undefinedName") {
		t.Errorf("got %v, want the compiler's words", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "out.wasm")); !errors.Is(err, os.ErrNotExist) {
		t.Error("a module appeared")
	}
}

func TestReady_missing(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	for _, l := range sdk.Languages() {
		if err := l.Ready(t.TempDir()); !errors.Is(err, sdk.ErrNoCompiler) || !strings.Contains(err.Error(), "install") {
			t.Errorf("%s: got %v, want how to install it", l.Name, err)
		}
	}
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
