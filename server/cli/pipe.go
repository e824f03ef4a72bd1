package cli

import (
	"errors"
	"io"
	"os"
	"time"
)

// pipeWait is how long a command waits to see whether anything comes through a pipe
// that it was not told to read.
const pipeWait = time.Second

// errPiped says that nobody told the command what a pipe is for.
var errPiped = errors.New("standard input is not a terminal and is not empty: add --password-stdin to read the password from it, or redirect it from /dev/null")

// unpiped refuses a standard input that was meant for the command and that it would
// not read. A terminal, a closed one and an empty one are nothing of that kind. A pipe
// that is open and silent could bring a password yet, so it is refused as well.
func unpiped(in io.Reader) error {
	if f, ok := in.(*os.File); ok {
		info, err := f.Stat()
		if err != nil || info.Mode()&os.ModeCharDevice != 0 {
			return nil // closed, a terminal or /dev/null
		}
	}
	ended := make(chan error, 1)
	go func() {
		_, err := io.ReadFull(in, make([]byte, 1))
		ended <- err
	}()
	select {
	case err := <-ended:
		if err != nil {
			return nil // there is nothing
		}
	case <-time.After(pipeWait):
	}
	return errPiped
}
