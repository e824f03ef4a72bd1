package wasm_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/plugins/internal/asm"
	"github.com/cardea-auth/cardea/plugins/internal/wasm"
)

// A damaged cache entry is compiled again, and then read from the cache.
func TestEngine_damagedCache(t *testing.T) {
	wasm.NeedsCompiler(t)
	for name, damage := range map[string]func(string) error{
		"emptied":     func(file string) error { return os.Truncate(file, 0) },
		"a beginning": func(file string) error { return os.Truncate(file, 9) },
		"half": func(file string) error {
			info, err := os.Stat(file)
			if err == nil {
				err = os.Truncate(file, info.Size()/2)
			}
			return err
		},
		"other bytes": func(file string) error { return os.WriteFile(file, []byte(strings.Repeat("x", 4096)), 0o600) },
		"a directory": func(file string) error {
			if err := os.Remove(file); err != nil {
				return err
			}
			return os.Mkdir(file, 0o700)
		},
		"gone": os.Remove,
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "cache")
			compileOnce(t, dir)
			files := compiledFiles(t, dir)
			if len(files) == 0 {
				t.Fatal("nothing is cached")
			}
			for _, file := range files {
				if err := damage(file); err != nil {
					t.Fatal(err)
				}
			}
			compileOnce(t, dir)
			for _, file := range compiledFiles(t, dir) {
				if info, err := os.Stat(file); err != nil || !info.Mode().IsRegular() || info.Size() < 10 {
					t.Errorf("%s is not compiled again: %v, %v", file, info, err)
				}
			}
			if again := compiledFiles(t, dir); len(again) != len(files) {
				t.Errorf("%d files are cached, want %d", len(again), len(files))
			}
		})
	}
}

func compiledFiles(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "wazero-*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func compileOnce(t *testing.T, dir string) {
	t.Helper()
	engine, err := wasm.NewEngine(dir)
	if err != nil {
		t.Fatal(err)
	}
	module := &asm.Module{}
	module.Export("run", module.Func("", "i", asm.I32(1)))
	m, err := engine.Compile(t.Context(), module.Bytes(), fixed(&strings.Builder{}))
	if err != nil {
		t.Fatal(err)
	}
	for _, closing := range []error{m.Close(t.Context()), engine.Close(t.Context())} {
		if closing != nil {
			t.Error(closing)
		}
	}
}
