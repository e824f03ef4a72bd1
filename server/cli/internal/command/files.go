package command

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// Exists reports whether path exists.
func Exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// maxPassword is the maximum length of a password in bytes, including the line end.
const maxPassword = 4096

// FirstLine returns the first line of r, without its line end, and closes r if it is an
// io.Closer. It returns err if that is not nil.
func FirstLine(r io.Reader, err error) (string, error) {
	if err != nil {
		return "", err
	}
	if c, ok := r.(io.Closer); ok {
		defer c.Close()
	}
	line, err := bufio.NewReader(io.LimitReader(r, maxPassword+1)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	if len(line) > maxPassword {
		return "", fmt.Errorf("its first line has more than %d bytes", maxPassword)
	}
	return strings.TrimRight(line, "\r\n"), nil
}
