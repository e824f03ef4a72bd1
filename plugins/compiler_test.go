package plugins_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/plugins/internal/asm"
)

// apart returns a configuration that compiles in another process.
func apart() plugins.Config { return plugins.Config{Compiler: compiler} }

func TestCompiler_child(t *testing.T) {
	for name, dir := range map[string]string{"a cache": filepath.Join(t.TempDir(), "cache"), "none": ""} {
		cfg := apart()
		cfg.CacheDir = dir
		host, err := plugins.Open(context.Background(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		p, err := host.Load(context.Background(), plugins.Spec{Name: "x", Module: good().Bytes()})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if _, err := bind(t, p, "auth-expire", plugins.Deny).Apply(context.Background(), newEvent()); err != nil {
			t.Errorf("%s: Apply: %v", name, err)
		}
		_, err = host.Load(context.Background(), plugins.Spec{Name: "y", Module: []byte("no module")})
		if err == nil || !strings.Contains(err.Error(), "not a module") {
			t.Errorf("%s: got %v, want an error with %q", name, err, "not a module")
		}
		if err := host.Close(context.Background()); err != nil {
			t.Error(err)
		}
	}
}

// TestCompiler_invalid: an invalid module is reported as such, in the compiler process's
// words.
func TestCompiler_invalid(t *testing.T) {
	m := good()
	m.Func("", "i", asm.I64(1))
	host, err := plugins.Open(context.Background(), apart())
	if err != nil {
		t.Fatal(err)
	}
	defer host.Close(context.Background())
	_, err = host.Load(context.Background(), plugins.Spec{Name: "x", Module: m.Bytes()})
	if err == nil || !strings.Contains(err.Error(), "type") {
		t.Errorf("got %v, want an error with %q", err, "type")
	}
}

// TestCompiler_needsTrust: without a compiler process only a module pinned by its digest is
// compiled.
func TestCompiler_needsTrust(t *testing.T) {
	host, err := plugins.Open(context.Background(), plugins.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer host.Close(context.Background())
	module := good().Bytes()
	_, err = host.Load(context.Background(), plugins.Spec{Name: "x", Module: module})
	if err == nil || !strings.Contains(err.Error(), "pin it") {
		t.Errorf("unpinned: got %v, want an error with %q", err, "pin it")
	}
	if _, err = host.Load(context.Background(), plugins.Spec{Name: "x", Module: module, SHA256: sha(module)}); err != nil {
		t.Errorf("pinned: %v", err)
	}
	bomb := wideTable(30_000)
	_, err = host.Load(context.Background(), plugins.Spec{Name: "y", Module: bomb, SHA256: sha(bomb)})
	if err == nil || !strings.Contains(err.Error(), "split the function") {
		t.Errorf("pinned bomb: got %v, want an error with %q", err, "split the function")
	}
}

// TestCompiler_killed: a compiler that does not finish is killed.
func TestCompiler_killed(t *testing.T) {
	cfg := plugins.Config{Compile: plugins.CompileLimits{Time: 50 * time.Millisecond}, Compiler: plugins.ChildCompiler("sleep", "60")}
	host, err := plugins.Open(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer host.Close(context.Background())
	begun := time.Now()
	_, err = host.Load(context.Background(), plugins.Spec{Name: "x", Module: good().Bytes()})
	if err == nil || !strings.Contains(err.Error(), "limit on time or memory") || time.Since(begun) > 20*time.Second {
		t.Errorf("after %s: %v", time.Since(begun), err)
	}
}

func TestCompiler_noProgram(t *testing.T) {
	host, err := plugins.Open(context.Background(), plugins.Config{Compiler: plugins.ChildCompiler("/nowhere/compiler")})
	if err != nil {
		t.Fatal(err)
	}
	defer host.Close(context.Background())
	if _, err = host.Load(context.Background(), plugins.Spec{Name: "x", Module: good().Bytes()}); err == nil || !strings.Contains(err.Error(), "compiling process") {
		t.Errorf("Load: got %v, want an error with %q", err, "compiling process")
	}
}

func TestCompilerMain_refuses(t *testing.T) {
	for _, in := range []string{"", "{}x", `{"size":5}` + "\nabc", "no JSON"} {
		var out bytes.Buffer
		if err := plugins.CompilerMain(context.Background(), strings.NewReader(in), &out); err == nil {
			t.Errorf("%q: no error, answer %s", in, out.String())
		}
	}
	failing := plugins.Compiler(func(context.Context, []byte) ([]byte, error) { return nil, errors.New("no room") })
	host, err := plugins.Open(context.Background(), plugins.Config{Compiler: failing})
	if err != nil {
		t.Fatal(err)
	}
	defer host.Close(context.Background())
	if _, err := host.Load(context.Background(), plugins.Spec{Name: "x", Module: good().Bytes()}); err == nil || !strings.Contains(err.Error(), "no room") {
		t.Errorf("Load: got %v, want an error with %q", err, "no room")
	}
}

// wideTable returns a plugin with a br_table of n targets.
func wideTable(n int) []byte {
	m := good()
	m.Func("", "", asm.Block(asm.I32(0), []byte{0x0E}, asm.U(uint32(n)), bytes.Repeat([]byte{0}, n+1)))
	return m.Bytes()
}

func sha(module []byte) string {
	sum := sha256.Sum256(module)
	return hex.EncodeToString(sum[:])
}
