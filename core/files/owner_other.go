//go:build !unix

package files

import "os"

// MkdirAll is [os.MkdirAll] for this user only; access rights are inherited from its parent.
func MkdirAll(dir string) error { return os.MkdirAll(dir, 0o700) }

// IsForeign always returns false: owners cannot be checked on this platform.
func IsForeign(string) bool { return false }

func open(path string, flag int, perm os.FileMode) (*os.File, error) {
	return os.OpenFile(path, flag, perm)
}

// keepOwner does nothing: a file inherits its access rights from its directory.
func keepOwner(*os.File, string, int) error { return nil }
