//go:build unix || windows

package wasm

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/plugins/internal/asm"
)

// lockVariable tells the test binary that it was started to hold a lock.
const lockVariable = "CARDEA_TEST_LOCK"

// TestLock_helper is not a test but the other process of the following ones. It takes the
// lock, reports it, and keeps it until its input ends.
func TestLock_helper(t *testing.T) {
	dir := os.Getenv(lockVariable)
	if dir == "" {
		return
	}
	engine := &Engine{dir: dir}
	if _, err := engine.lock(context.Background(), []byte("module")); err != nil {
		t.Fatal(err)
	}
	fmt.Println("locked")
	_, _ = os.Stdin.Read(make([]byte, 1))
}

// holder starts a process that holds the lock; the caller must end it.
func holder(t *testing.T, dir string) (end func()) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestLock_helper$")
	cmd.Env = append(os.Environ(), lockVariable+"="+dir)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || line != "locked\n" {
		t.Fatalf("the other process says %q, %v", line, err)
	}
	return func() {
		_ = in.Close()
		_ = cmd.Process.Kill() // it does not matter how it ends
		_ = cmd.Wait()
	}
}

// TestLock_otherProcess: an engine waits for another process that compiles the same module
// until its context ends, and continues if that process dies.
func TestLock_otherProcess(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	end := holder(t, dir)
	engine := &Engine{dir: dir}
	short, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if _, err := engine.lock(short, []byte("module")); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("while another process has the lock: %v", err)
	}
	end()
	patient, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	unlock, err := engine.lock(patient, []byte("module"))
	if err != nil {
		t.Fatalf("after the other process was killed: %v", err)
	}
	unlock()
}

// TestLock_engines: engines sharing a directory compile a module one after the other, and
// one that cannot get the lock returns an error.
func TestLock_engines(t *testing.T) {
	dir, ctx := filepath.Join(t.TempDir(), "cache"), context.Background()
	var engines [2]*Engine
	for n := range engines {
		engine, err := NewEngine(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer engine.Close(ctx)
		engines[n] = engine
	}
	module := program(func(m *asm.Module) uint32 { return m.Func("", "i", asm.I32(7)) })
	unlock, err := engines[0].lock(ctx, module)
	if err != nil {
		t.Fatal(err)
	}
	short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	if _, err := engines[1].Compile(short, module, plenty); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("compiled while another engine did: got %v, want error %q", err, context.DeadlineExceeded)
	}
	unlock()
	m, err := engines[1].Compile(ctx, module, plenty)
	if err != nil {
		t.Fatal(err)
	}
	m.Close(ctx)
	if files, _ := filepath.Glob(filepath.Join(dir, "lock-*")); len(files) != 1 {
		t.Errorf("lock files %v", files)
	}
}

// TestLock_patience: a lock that is never released does not block forever.
func TestLock_patience(t *testing.T) {
	engine := &Engine{dir: t.TempDir()}
	unlock, err := engine.lock(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	files, err := filepath.Glob(filepath.Join(engine.dir, "lock-*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("got %v, %v; want 1 entry", files, err)
	}
	f, err := os.OpenFile(files[0], os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := await(context.Background(), f, 30*time.Millisecond); err != nil {
		t.Error(err)
	}
}
