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
	const notOpened = "unable to open database file" // SQLite's error if the file exists
	switch {
	case errors.Is(err, syscall.EROFS), strings.Contains(err.Error(), notOpened):
		return fmt.Errorf("nothing was done: %w: no server is running, so this command must write to %s: make it writable, or set data to a directory that is", err, cfg.Data)
	case errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM):
		return fmt.Errorf("nothing was done: %w: run the command as the account that runs the server", err)
	case errors.Is(err, syscall.ENOSPC):
		return fmt.Errorf("nothing was done: %w: free space there", err)
	}
	return err
}
