package files

import (
	"errors"
	"io/fs"
	"syscall"
)

// Cure returns advice for an error of this package or of package os, to append to a
// message: a colon, a blank and the advice. It is "" for other errors.
func Cure(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return ": write the file, or correct the path"
	case errors.Is(err, fs.ErrPermission):
		return ": let the account that runs Cardea read it"
	case errors.Is(err, ErrNotRegular), errors.Is(err, syscall.EISDIR):
		return ": name a regular file"
	case errors.Is(err, ErrTooLarge):
		return ": name a smaller file"
	case errors.Is(err, syscall.ELOOP):
		return ": its symbolic links lead in a circle, name the file itself"
	case errors.Is(err, syscall.ENAMETOOLONG):
		return ": give it a shorter path"
	}
	return ""
}
