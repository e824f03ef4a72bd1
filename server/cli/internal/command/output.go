package command

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"

	"github.com/spf13/cobra"
)

// Output is the standard output of a command. It remembers that something could not be
// written, so that no command succeeds then. It is safe for concurrent use.
type Output struct {
	w      io.Writer
	closed bool       // before the command began
	mu     sync.Mutex // guards the following
	err    error      // the first error
	lost   []string   // what only the lost text would have told, with what helps
}

// NewOutput returns an Output that writes to w, which closed says is seen by nobody; see
// [IsClosed].
func NewOutput(w io.Writer, closed bool) *Output { return &Output{w: w, closed: closed} }

// IsClosed reports whether w was closed when the process began. The Go runtime has then opened
// the null device in its place, for reading too.
func IsClosed(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	is, failed := f.Stat()
	null, unknown := os.Stat(os.DevNull)
	if failed != nil || unknown != nil || !os.SameFile(is, null) {
		return false
	}
	_, err := f.Read(make([]byte, 1))
	return errors.Is(err, io.EOF)
}

// errClosed is the error of text that is shown once, and that nobody sees.
var errClosed = errors.New("standard output is closed")

// unwritten is an error of the standard output.
type unwritten struct{ error }

// Unwrap returns the cause.
func (u unwritten) Unwrap() error { return u.error }

// Write implements [io.Writer].
func (o *Output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	n, err := o.w.Write(p)
	if err != nil {
		err = unwritten{err}
		o.err = cmp.Or(o.err, err)
	}
	return n, err
}

// Err returns the error of the first text that could not be written, or nil.
func (o *Output) Err() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.err
}

// ShowOnce prints text that is not stored. If that fails, the command's error ends with lost:
// what is lost, and what helps.
func ShowOnce(w io.Writer, text, lost string) {
	_, err := io.WriteString(w, text)
	if o, ok := w.(*Output); ok && (err != nil || o.closed) {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.err = cmp.Or(o.err, errClosed)
		o.lost = append(o.lost, lost)
	}
}

// Shown runs a command that changes something. If the output cannot be written, the error
// says that the change was made all the same.
func Shown(cmd *cobra.Command, run func() error) error {
	err := IgnoringPipe(run)
	if o, ok := cmd.OutOrStdout().(*Output); ok && o.Err() != nil { // a failed change prints nothing
		return fmt.Errorf("the change was made, but the output cannot be written: %w%s", o.Err(), strings.Join(append([]string{""}, o.lost...), "; "))
	}
	return err
}

// IgnoringPipe runs a part of a command that writes what cannot be printed again: a pipe that
// is closed is then an error of the write, and does not end the process.
func IgnoringPipe(run func() error) error {
	signal.Ignore(syscall.SIGPIPE)
	defer signal.Reset(syscall.SIGPIPE)
	return run()
}
