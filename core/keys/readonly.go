package keys

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/cardea-auth/cardea/core/files"
)

// readOnly is the path of a key file that is never written; a missing file is an empty
// set. Writers replace the file atomically, so it is read without their lock.
type readOnly string

func (r readOnly) update(_ context.Context, change func([]entry) ([]entry, error)) ([]entry, error) {
	stored, err := r.read()
	if err != nil {
		return nil, fmt.Errorf("key file %s: %w", string(r), err)
	}
	return unchanged(stored, change, errReadOnly)
}

func (r readOnly) read() ([]entry, error) {
	data, err := files.Read(string(r), maxRingBytes)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return readRing(data)
}

var errReadOnly = errors.New("the keys were opened to be read only: nothing was changed")
