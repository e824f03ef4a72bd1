package files

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
)

// ErrNotRegular means that a path is a directory, a pipe, a socket or a device.
var ErrNotRegular = errors.New("it is not a regular file")

// ErrTooLarge means that a file is larger than the limit.
var ErrTooLarge = errors.New("the file is too large")

// Open opens the regular file at path for reading, following symbolic links. It returns
// [ErrNotRegular] for anything else.
func Open(path string) (*os.File, error) { return OpenFile(path, os.O_RDONLY, 0) }

// OpenFile is [os.OpenFile] for regular files only. A file that root creates belongs to the
// owner of its directory.
func OpenFile(path string, flag int, perm os.FileMode) (*os.File, error) {
	f, err := open(path, flag|syscall.O_NONBLOCK, perm) // do not block on a pipe without a writer
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s: %w, but a %s", path, ErrNotRegular, kind(info.Mode()))
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// Read returns the content of the regular file at path, at most limit bytes. It returns
// [ErrTooLarge] for a larger file and [ErrNotRegular] for anything but a regular file.
func Read(path string, limit int64) ([]byte, error) {
	f, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(data)) > limit {
		return nil, fmt.Errorf("%s: %w: at most %d bytes are read", path, ErrTooLarge, limit)
	}
	return data, err
}

func kind(m os.FileMode) string {
	switch {
	case m.IsDir():
		return "directory"
	case m&os.ModeNamedPipe != 0:
		return "pipe"
	case m&os.ModeSocket != 0:
		return "socket"
	}
	return "device"
}
