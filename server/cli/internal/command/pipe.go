package command

import (
	"errors"
	"io"
	"os"
	"time"
)

// pipeWait is how long a command waits for input from a pipe that it was not told to read.
const pipeWait = time.Second

// errPiped is returned if standard input has data that no flag asks for.
var errPiped = errors.New("standard input is not a terminal and is not empty: add --password-stdin to read the password from it, or redirect it from /dev/null")

// Unpiped refuses standard input that was probably meant for the command but would not be
// read. A terminal, closed input and empty input are fine. An open pipe without data is
// refused too, since a password could still come.
func Unpiped(in io.Reader) error {
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
			return nil // empty
		}
	case <-time.After(pipeWait):
	}
	return errPiped
}
