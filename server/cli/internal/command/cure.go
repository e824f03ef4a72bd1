package command

import (
	"errors"
	"fmt"
	"strings"
	"syscall"

	"github.com/cardea-auth/cardea/server/config"
)

// cured adds the cure to an error that kept the stored data from being opened, if its cause
// is the place where it is stored.
func cured(cfg *config.Config, err error) error {
	const notOpened, readOnly = "unable to open database file", "attempt to write a readonly database" // SQLite's errors if the file exists
	switch {
	case errors.Is(err, syscall.EROFS), strings.Contains(err.Error(), notOpened), strings.Contains(err.Error(), readOnly):
		return fmt.Errorf("nothing was done: %w: no server is running, so this command must write to %s, to the database and to its -wal and -shm files: run it as the account that runs the server, make them writable, or set data to a directory that is", err, cfg.Data)
	case errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM):
		return fmt.Errorf("nothing was done: %w: run the command as the account that runs the server", err)
	case errors.Is(err, syscall.ENOSPC):
		return fmt.Errorf("nothing was done: %w: free space there", err)
	}
	return err
}
