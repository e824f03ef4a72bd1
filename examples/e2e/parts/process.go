package parts

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// patience bounds the start or stop of a component.
const patience = 60 * time.Second

// Process is a component that runs until its test ends.
type Process struct {
	Dir string // its own directory, writable for its account

	cmd  *exec.Cmd
	log  *buffer
	done chan struct{} // closed when the process has ended
	once sync.Once
}

// Dir creates a directory owned by the unprivileged account, and removes it after the
// test. Directories of package testing are not accessible to other accounts.
func Dir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "cardea-part-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	own(t, dir)
	return dir
}

// Write writes a file for the unprivileged account into dir, and returns its path.
func Write(t testing.TB, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	own(t, path)
	return path
}

// Port returns a loopback address that is currently free. Its port is below those that
// systems give to outgoing connections, of which one could take it before it is used.
func Port(t testing.TB) string {
	t.Helper()
	for range 1000 {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 10_000+rand.IntN(20_000)))
		if err != nil {
			continue
		}
		defer l.Close()
		return l.Addr().String()
	}
	t.Fatal("no port is free")
	return ""
}

// Command returns a command that runs under the unprivileged account in dir.
func Command(dir, program string, args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TMPDIR=" + dir, "LC_ALL=C.UTF-8"}
	lower(cmd)
	return cmd
}

// Output runs a command of [Command] and returns its output; the test fails if the
// command does.
func Output(t testing.TB, cmd *exec.Cmd) string {
	t.Helper()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(cmd.Args, " "), err, out)
	}
	return string(out)
}

// Start starts a command of [Command] that runs until the test ends. It returns when
// ready returns nil.
func Start(t testing.TB, cmd *exec.Cmd, ready func() error) *Process {
	t.Helper()
	p := &Process{Dir: cmd.Dir, cmd: cmd, log: &buffer{}, done: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = p.log, p.log
	if err := cmd.Start(); err != nil {
		t.Fatalf("start %s: %v", cmd.Path, err)
	}
	go func() {
		defer close(p.done)
		_ = cmd.Wait() // the error is expected: the process is signaled
	}()
	t.Cleanup(p.Stop)
	p.await(t, ready)
	return p
}

func (p *Process) await(t testing.TB, ready func() error) {
	t.Helper()
	var err error
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		if err = ready(); err == nil {
			return
		}
		select {
		case <-p.done:
			t.Fatalf("%s ended before it was ready: %v\n%s", p.cmd.Path, err, p.log)
		case <-time.After(20 * time.Millisecond):
		}
	}
	t.Fatalf("%s is not ready after %s: %v\n%s", p.cmd.Path, patience, err, p.log)
}

// Stop stops the process and its children. A second call does nothing.
func (p *Process) Stop() {
	p.once.Do(func() {
		terminate(p.cmd.Process)
		select {
		case <-p.done:
		case <-time.After(patience):
			kill(p.cmd.Process)
			<-p.done
		}
	})
}

// listening returns a check that a TCP address accepts connections.
func listening(addr string) func() error {
	return func() error {
		c, err := net.DialTimeout("tcp", addr, time.Second)
		if err != nil {
			return fmt.Errorf("connect: %w", err)
		}
		return c.Close()
	}
}

// buffer is a bytes.Buffer that is safe for concurrent use.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}
