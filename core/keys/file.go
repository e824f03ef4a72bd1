package keys

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"sync"

	"github.com/cardea-auth/cardea/core/files"
)

// NewFileVault returns a vault that stores the set in a file, created with mode 0600 at
// the first change, with a lock file beside it. Readers of the file always see a
// complete set; writers are serialized. It logs a warning if other users can read the
// file; a nil logger discards.
func NewFileVault(path string, logger *slog.Logger) Vault {
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	return &file{path: path, logger: logger}
}

type file struct {
	path   string
	logger *slog.Logger
	mu     sync.Mutex // guards text
	text   []byte     // as last read or written; nil: never
}

// Place implements [Vault].
func (f *file) Place() string { return "key file " + f.path }

// Update implements [Vault].
func (f *file) Update(ctx context.Context, change func([]byte) ([]byte, error)) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	unlock, err := files.Lock(ctx, f.path+".lock")
	if files.IsReadOnly(err) {
		// Keys on a read-only mount can be used; saving a change would fail below.
		unlock, err = func() {}, nil
	}
	if err != nil {
		return fmt.Errorf("lock %s: %w", f.Place(), err)
	}
	defer unlock()
	if err := f.load(); err != nil {
		return fmt.Errorf("%s: %w", f.Place(), err)
	}
	next, err := change(bytes.Clone(f.text))
	if err != nil || f.text != nil && bytes.Equal(next, f.text) {
		return err
	}
	if err := files.Replace(f.path, next); err != nil {
		return fmt.Errorf("write %s: %w", f.Place(), err)
	}
	f.text = bytes.Clone(next)
	return nil
}

// load reads the file. A missing file is an empty set, unless it was read before.
func (f *file) load() error {
	data, err := files.Read(f.path, maxRingBytes)
	switch missing := errors.Is(err, fs.ErrNotExist); {
	case missing && f.text == nil:
		return nil
	case missing:
		return errLost
	case err != nil:
		return err
	}
	if f.text == nil || !bytes.Equal(data, f.text) {
		f.warnOpen()
	}
	f.text = data
	return nil
}

// errLost is returned if the file existed when the ring was opened and is missing now.
var errLost = errors.New("missing: restore it from the backup. The keys in memory stay in use and cannot be changed; " +
	"a start without the file creates new ones and refuses the tokens signed by these")

// warnOpen logs a warning if other users can read the file.
func (f *file) warnOpen() {
	if info, err := os.Stat(f.path); err == nil && files.IsOpenToOthers(info.Mode()) {
		f.logger.Warn("key file can be read by other users: chmod 600 it", "file", f.path, "mode", info.Mode().Perm().String())
	}
}

// maxRingBytes bounds the key file: a few keys of 4096 bits and their predecessors.
const maxRingBytes = 4 << 20
