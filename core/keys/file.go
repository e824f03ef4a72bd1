package keys

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/cardea-auth/cardea/core/files"
)

// file keeps the set as a JWK set on disk. Readers of the file always see a
// whole one; writers take turns through a lock beside it.
type file struct {
	path   string
	logger *slog.Logger
	bytes  []byte  // as last read or written
	list   []entry // what they say
}

func (f *file) update(ctx context.Context, change func([]entry) ([]entry, error)) ([]entry, error) {
	unlock, err := lockFile(ctx, f.path+".lock")
	if isReadOnly(err) {
		// Keys on a read-only mount are read as they are; saving would fail below.
		unlock, err = func() {}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("lock key file %s: %w", f.path, err)
	}
	defer unlock()
	if err := f.load(); err != nil {
		return nil, fmt.Errorf("key file %s: %w", f.path, err)
	}
	list, err := change(f.list)
	if err != nil {
		return nil, err
	}
	if err := f.save(list); err != nil {
		return nil, fmt.Errorf("write key file %s: %w", f.path, err)
	}
	return list, nil
}

// load reads the file if it changed. A file that is missing is an empty set, but
// only before it was ever read: keys never vanish by accident.
func (f *file) load() error {
	data, err := files.Read(f.path, maxRingBytes)
	switch missing := errors.Is(err, fs.ErrNotExist); {
	case missing && f.bytes == nil:
		return nil
	case missing:
		return errLost
	}
	if err != nil || f.bytes != nil && bytes.Equal(data, f.bytes) {
		return err
	}
	list, err := readRing(data)
	if err != nil {
		return err
	}
	f.warnOpen()
	f.bytes, f.list = data, list
	return nil
}

// errLost is said of a file that was there when the ring was opened.
var errLost = errors.New("missing: restore it from the backup. The keys in memory go on, and cannot be changed; " +
	"a start without the file makes new ones and refuses every token issued before")

// warnOpen tells when others may read the file.
func (f *file) warnOpen() {
	if info, err := os.Stat(f.path); err == nil && tooOpen(info.Mode()) {
		f.logger.Warn("key file can be read by other users: chmod 600 it", "file", f.path, "mode", info.Mode().Perm().String())
	}
}

func (f *file) save(list []entry) error {
	if f.bytes != nil && len(diff(f.list, list)) == 0 && sameTimes(f.list, list) {
		return nil
	}
	data, err := writeRing(list)
	if err != nil {
		return err
	}
	if err := replaceFile(f.path, data); err != nil {
		return err
	}
	f.bytes, f.list = data, list
	return nil
}

// maxRingBytes bounds the key file: some keys of 4096 bits, and their past.
const maxRingBytes = 4 << 20

// replaceFile writes data so that the path holds the old or the new content
// whole, whatever happens, and readable by the owner only from the start.
func replaceFile(path string, data []byte) error {
	temp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	_, err = temp.Write(data)
	if err = errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return err
	}
	if err := os.Rename(temp.Name(), path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}
