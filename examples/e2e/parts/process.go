package parts

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// patience is how long a component may take to start or to stop.
const patience = 60 * time.Second

// Process is a component that runs until its test ends.
type Process struct {
	Dir string // its own directory, which its account may write

	cmd  *exec.Cmd
	log  *buffer
	done chan struct{} // closed when it has ended
	once sync.Once
}

// Dir makes a directory that the unprivileged account owns, and removes it when
// the test has ended. The directories of testing are closed to other accounts.
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

// Write puts a file for the unprivileged account into dir, and returns its path.
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

// Port returns a loopback address that was free a moment ago.
func Port(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// Command is a command that will run under the unprivileged account in dir.
func Command(dir, program string, args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TMPDIR=" + dir, "LC_ALL=C.UTF-8"}
	lower(cmd)
	return cmd
}

// Output runs a command of [Command] to its end and returns what it printed; the
// test fails if the command does.
func Output(t testing.TB, cmd *exec.Cmd) string {
	t.Helper()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(cmd.Args, " "), err, out)
	}
	return string(out)
}

// Start runs a command of [Command] until the test ends, and returns once ready
// says so.
func Start(t testing.TB, cmd *exec.Cmd, ready func() error) *Process {
	t.Helper()
	p := &Process{Dir: cmd.Dir, cmd: cmd, log: &buffer{}, done: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = p.log, p.log
	if err := cmd.Start(); err != nil {
		t.Fatalf("start %s: %v", cmd.Path, err)
	}
	go func() {
		defer close(p.done)
		_ = cmd.Wait() // how it ended is of no interest: it is told to
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

// Stop ends the process now, and its children. A second call does nothing.
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

// listening returns a check that a TCP address takes connections.
func listening(addr string) func() error {
	return func() error {
		c, err := net.DialTimeout("tcp", addr, time.Second)
		if err != nil {
			return fmt.Errorf("connect: %w", err)
		}
		return c.Close()
	}
}

// buffer is a bytes.Buffer for one writer and one reader at the same time.
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
