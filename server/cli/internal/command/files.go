package command

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// Exists reports whether something is at path.
func Exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// maxPassword bounds a password in bytes, its line's end included.
const maxPassword = 4096

// FirstLine reads the first line of r and closes it if it can be closed.
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
