//go:build unix

package files

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// MkdirAll is [os.MkdirAll] for this user only. A directory that root creates belongs to the
// owner of its parent.
func MkdirAll(dir string) error {
	dir = filepath.Clean(dir)
	if _, err := os.Stat(dir); err == nil || os.Geteuid() != 0 {
		return os.MkdirAll(dir, 0o700)
	}
	parent := filepath.Dir(dir)
	if err := MkdirAll(parent); err != nil {
		return err
	}
	switch err := os.Mkdir(dir, 0o700); {
	case errors.Is(err, fs.ErrExist): // another process was faster
		return os.MkdirAll(dir, 0o700)
	case err != nil:
		return err
	}
	d, err := os.OpenFile(dir, syscall.O_DIRECTORY|syscall.O_NOFOLLOW, 0) // the owner of parent may have replaced it
	if err != nil {
		return err
	}
	return errors.Join(giveToOwner(d, parent), d.Close())
}

// IsForeign reports whether path exists and belongs to another account than that of this
// process.
func IsForeign(path string) bool {
	o, err := ownerOf(path)
	return err == nil && o.uid != os.Geteuid()
}

// owner is the account and the group of a file.
type owner struct{ uid, gid int }

func ownerOf(path string) (owner, error) {
	info, err := os.Stat(path)
	if err != nil {
		return owner{}, err
	}
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return owner{int(st.Uid), int(st.Gid)}, nil
	}
	return owner{}, fmt.Errorf("the owner of %s is unknown", path)
}

// open is [os.OpenFile]. If root creates the file, it belongs to the owner of its directory,
// whose account could not open it otherwise.
func open(path string, flag int, perm os.FileMode) (*os.File, error) {
	if flag&os.O_CREATE == 0 || os.Geteuid() != 0 {
		return os.OpenFile(path, flag, perm)
	}
	f, err := os.OpenFile(path, flag|os.O_EXCL, perm) // who created it, and not through a symbolic link
	if errors.Is(err, fs.ErrExist) && flag&os.O_EXCL == 0 {
		return os.OpenFile(path, flag, perm)
	}
	if err != nil {
		return nil, err
	}
	if err := giveToOwner(f, filepath.Dir(path)); err != nil {
		return nil, errors.Join(err, f.Close(), os.Remove(path))
	}
	return f, nil
}

// keepOwner makes f, which is to replace the file at path, belong to the same account. A
// missing file belongs to the owner of its directory. self is the account of this process.
// One that is not root may not do that: it fails if the owner could not read f.
func keepOwner(f *os.File, path string, self int) error {
	o, err := ownerOf(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && self == 0:
		return giveToOwner(f, filepath.Dir(path))
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case self == 0:
		return giveTo(f, o)
	case o.uid != self && o.uid != 0 && !isOf(f, o):
		return fmt.Errorf("%s belongs to user %d, which could not read it any more: run this as that user", path, o.uid)
	}
	return nil
}

// giveToOwner makes a file that root has created belong to the owner of another one.
func giveToOwner(f *os.File, of string) error {
	o, err := ownerOf(of)
	if err != nil {
		return err
	}
	return giveTo(f, o)
}

func giveTo(f *os.File, o owner) error {
	if o.uid == 0 || isOf(f, o) {
		return nil
	}
	if err := f.Chown(o.uid, o.gid); err != nil {
		return fmt.Errorf("give it to its owner, user %d: %w", o.uid, err)
	}
	return nil
}

// isOf reports whether f belongs to that account already: some file systems give every file
// to the same one.
func isOf(f *os.File, o owner) bool {
	info, err := f.Stat()
	if err != nil {
		return false
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(st.Uid) == o.uid
}
