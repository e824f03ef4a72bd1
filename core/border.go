package core

import (
	"errors"
	"fmt"

	"github.com/cardea-auth/cardea/core/internal/compiled"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/users"
)

// The border: what foreign code answers is checked here, and its panics become
// errors, which deny.

// checkStore takes in the configured store and source of randomness, or says why
// not.
func (e *Engine) checkStore() (err error) {
	if e.rand != nil && compiled.IsNil(e.rand) {
		return errors.New("source of randomness: it is a nil pointer")
	}
	if e.store != nil {
		e.store, err = store.Checked(e.store)
	}
	return err
}

// checkDirectories takes in the directories, or says which cannot be used.
func checkDirectories(list []users.Directory) ([]users.Directory, error) {
	out, names := make([]users.Directory, len(list)), map[string]bool{}
	for i, d := range list {
		c, err := users.Checked(d)
		if err != nil {
			return nil, fmt.Errorf("directory %d: %w", i+1, err)
		}
		if names[c.Name()] {
			return nil, fmt.Errorf("directory %d: name %q is taken: every directory needs a name of its own", i+1, c.Name())
		}
		names[c.Name()], out[i] = true, c
	}
	return out, nil
}
