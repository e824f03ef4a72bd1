package sdk

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Language is a programming language for plugins.
type Language struct {
	// Name is the value of --lang.
	Name string
	// Tools are the programs that a build needs; Missing says how to install them.
	Tools   []string
	Missing string

	mine func(dir string) bool
	// part is what a build needs in addition to the tools, "" if nothing; partMissing
	// says how to install it, and lacks reports whether it is missing.
	part, partMissing string
	lacks             func(dir string) bool
	// artifact is the pattern, below include, of the compiler's output, "" if it writes
	// to out.
	artifact string
	// plan returns the command line and environment for building the sources in dir into
	// out. include is a directory with the C header.
	plan func(dir, out, include string) (args, env []string)
}

// Languages lists all languages, the easiest first.
func Languages() []Language {
	return []Language{goLanguage(), cLanguage(), assemblyScript(), rust()}
}

// Lookup returns the language with that name.
func Lookup(name string) (Language, error) {
	var names []string
	for _, l := range Languages() {
		if l.Name == name {
			return l, nil
		}
		names = append(names, l.Name)
	}
	return Language{}, fmt.Errorf("language %q: choose one of %s", name, strings.Join(names, ", "))
}

// Detect returns the language of the sources in dir.
func Detect(dir string) (Language, error) {
	for _, l := range Languages() {
		if l.mine(dir) {
			return l, nil
		}
	}
	return Language{}, fmt.Errorf("%s has no plugin sources: *.go with a //go:wasmexport line, *.c, assembly/index.ts or Cargo.toml; create them with `cardea plugin new --lang go NAME`", dir)
}

func goLanguage() Language {
	return Language{
		Name:    "go",
		Tools:   []string{"go"},
		Missing: "install Go 1.24 or newer (https://go.dev/dl), or write the plugin in C: cardea plugin new --lang c NAME",
		mine: func(dir string) bool {
			return anyFile(dir, "*.go", func(text []byte) bool { return bytes.Contains(text, []byte("\n//go:wasmexport ")) })
		},
		plan: func(_, out, _ string) (args, env []string) {
			return []string{"go", "build", "-trimpath", "-buildmode=c-shared", "-ldflags=-s -w", "-o", out, "."},
				[]string{"GOOS=wasip1", "GOARCH=wasm", "GOFLAGS=", "GOWORK=off", "GOTOOLCHAIN=local"}
		},
	}
}

func cLanguage() Language {
	return Language{
		Name:    "c",
		Tools:   []string{"clang", "wasm-ld"},
		Missing: "install them (Debian and Ubuntu: apt install clang lld), or write the plugin in Go: cardea plugin new --lang go NAME",
		mine:    func(dir string) bool { return anyFile(dir, "*.c", func([]byte) bool { return true }) },
		plan: func(dir, out, include string) (args, env []string) {
			args = []string{"clang", "--target=wasm32", "-std=c11", "-Os", "-nostdlib", "-Wall", "-Wextra", "-Werror", "-I.", "-I" + include,
				"-Wl,--no-entry", "-Wl,-z,stack-size=16384", "-Wl,--strip-all", "-o", out}
			for _, file := range matches(dir, "*.c") {
				args = append(args, filepath.Base(file))
			}
			return args, nil
		},
	}
}

func assemblyScript() Language {
	return Language{
		Name:    "assemblyscript",
		Tools:   []string{"node"},
		Missing: "install Node.js 20 or newer, then run npm install in the plugin's directory",
		part:    "the AssemblyScript compiler (asc)", partMissing: "run npm install in the plugin's directory",
		lacks: func(dir string) bool {
			_, err := exec.LookPath(localTool(dir, "asc"))
			return err != nil
		},
		mine: func(dir string) bool {
			return anyFile(filepath.Join(dir, "assembly"), "index.ts", func([]byte) bool { return true })
		},
		plan: func(dir, out, _ string) (args, env []string) {
			return []string{localTool(dir, "asc"), "assembly/index.ts", "-o", out, "--runtime", "stub", "--use", "abort=",
				"--exportStart", "_initialize", "-O3", "--noColors"}, nil
		},
	}
}

func rust() Language {
	return Language{
		Name:        "rust",
		Tools:       []string{"cargo"},
		Missing:     "install Rust (https://rustup.rs) and its target: rustup target add wasm32-unknown-unknown; on Debian and Ubuntu: apt install rustc cargo libstd-rust-dev-wasm32",
		mine:        func(dir string) bool { return anyFile(dir, "Cargo.toml", func([]byte) bool { return true }) },
		part:        "the Rust target " + rustTarget,
		partMissing: "run rustup target add " + rustTarget + "; on Debian and Ubuntu: apt install libstd-rust-dev-wasm32",
		lacks:       func(string) bool { return !hasRustTarget() },
		plan: func(_, _, include string) (args, env []string) {
			return []string{"cargo", "build", "--release", "--offline", "--target", rustTarget, "--target-dir", include}, nil
		},
		artifact: filepath.Join(rustTarget, "release", "*.wasm"),
	}
}

const rustTarget = "wasm32-unknown-unknown"

func hasRustTarget() bool {
	root, err := exec.Command("rustc", "--print", "sysroot").Output()
	if err != nil {
		return false
	}
	_, err = os.Stat(filepath.Join(strings.TrimSpace(string(root)), "lib", "rustlib", rustTarget, "lib"))
	return err == nil
}

// localTool returns the path of a program that npm has installed beside the sources, or
// its name if there is none.
func localTool(dir, name string) string {
	local, err := filepath.Abs(filepath.Join(dir, "node_modules", ".bin", name))
	if err == nil {
		if _, err := os.Stat(local); err == nil {
			return local
		}
	}
	return name
}

func matches(dir, pattern string) []string {
	list, _ := filepath.Glob(filepath.Join(dir, pattern)) // the patterns are constants above and valid
	return list
}

func anyFile(dir, pattern string, is func(text []byte) bool) bool {
	for _, file := range matches(dir, pattern) {
		if text, err := os.ReadFile(file); err == nil && is(text) {
			return true
		}
	}
	return false
}
