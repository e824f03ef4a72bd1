package plugins_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/cardea-auth/cardea/examples/e2e/parts"
	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// BenchmarkFault measures a failing call: at the bottom of a recursion, with debug
// information made to be slow, and in a Go guest that panics and has its toolchain's debug
// information.
func BenchmarkFault(b *testing.B) {
	for _, test := range []struct {
		name   string
		module func(b testing.TB) []byte
	}{
		{"plain", func(testing.TB) []byte { return breaking(30, 0, nil) }},
		{"deep", func(testing.TB) []byte { return breaking(100_000, 0, nil) }},
		{"crafted", func(testing.TB) []byte { return breaking(3000, 0, dwarf(150_000, 1)) }},
		{"go", panickingGo},
		{"rust", panickingRust},
	} {
		b.Run(test.name, func(b *testing.B) {
			cfg := plugins.Config{Breaker: plugins.Breaker{Failures: -1}}
			p := load(b, cfg, plugins.Spec{Module: test.module(b), Limits: manifest.Limits{MemoryPages: 1024}})
			point := bind(b, p, p.Points()[0], plugins.Deny)
			for b.Loop() {
				if _, err := point.Apply(context.Background(), newEvent()); err == nil {
					b.Fatal("it did not break")
				}
			}
		})
	}
}

// panickingGo returns a Go guest with the toolchain's debug information.
func panickingGo(b testing.TB) []byte {
	const source = `package main

//go:wasmexport hook_abi_v1
func marker() {}

//go:wasmexport on_auth_expire
func hook() int32 { return deeper(30) }

//go:noinline
func deeper(n int) int32 {
	if n == 0 {
		var none []int
		return int32(none[n])
	}
	return deeper(n-1) + 1
}

func main() {}
`
	return built(b, "main.go", source, []string{"GOOS=wasip1", "GOARCH=wasm"}, "go", "build", "-buildmode=c-shared", "-o", "guest.wasm", "main.go")
}

// panickingRust returns the same in Rust, with its standard library.
func panickingRust(b testing.TB) []byte {
	b.Helper()
	// The first toolchain in PATH may lack the target; Debian's has it.
	parts.FindFile(b, "/usr/lib/rustlib/wasm32-unknown-unknown/lib", "libstd-rust-dev-wasm32", "rustc")
	b.Setenv("PATH", "/usr/bin"+string(os.PathListSeparator)+os.Getenv("PATH"))
	const source = `
#[no_mangle]
pub extern "C" fn hook_abi_v1() {}
#[no_mangle]
pub extern "C" fn on_auth_expire() -> i32 {
    let list: Vec<i32> = Vec::new();
    list[unsafe { std::ptr::read_volatile(&3) }]
}
`
	return built(b, "lib.rs", source, nil, "rustc", "--crate-type=cdylib", "--target=wasm32-unknown-unknown", "-g", "-o", "guest.wasm", "lib.rs")
}

// built runs a compiler in a new directory.
func built(b testing.TB, file, source string, env []string, compiler ...string) []byte {
	b.Helper()
	dir := b.TempDir()
	if err := os.WriteFile(filepath.Join(dir, file), []byte(source), 0o600); err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(compiler[0], compiler[1:]...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	module, err := os.ReadFile(filepath.Join(dir, "guest.wasm"))
	if err != nil {
		b.Fatal(err)
	}
	return module
}
