package compile

import (
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// What lies in the cache unused for cacheAge goes: each edit of a plugin leaves
// megabytes. What a process wrote that was interrupted goes after partAge, which no
// compilation takes. A module that is compiled again after all costs seconds, and
// once; so whoever looks at the cache now loses nothing.
const (
	cacheAge = 30 * 24 * time.Hour
	partAge  = time.Hour
)

// sweep removes from the cache what is not used any more, and nothing that the
// compiler did not put there: locks stay, and files of others.
func sweep(dir string, now time.Time, log *slog.Logger) {
	if dir == "" {
		return
	}
	dir = filepath.Clean(dir)
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		age, ours := keptFor(dir, path)
		info, err := entry.Info()
		if err != nil || !ours || now.Sub(usedAt(info)) < age {
			return ignoreGone(err)
		}
		return ignoreGone(os.Remove(path))
	})
	if err != nil {
		log.Warn("the cache of compiled plugins is not cleared of what is old", "dir", dir, "error", err)
	}
}

// keptFor says how long a file of the cache is kept unused, and whether it is one.
func keptFor(dir, path string) (age time.Duration, ours bool) {
	name, parent := filepath.Base(path), filepath.Dir(path)
	compiled := filepath.Dir(parent) == dir && strings.HasPrefix(filepath.Base(parent), "wazero-")
	switch {
	case compiled && strings.HasSuffix(name, ".tmp"), parent == dir && strings.HasPrefix(name, "metering-"):
		return partAge, true
	case compiled, parent == dir && strings.HasPrefix(name, "metered-"):
		return cacheAge, true
	}
	return 0, false
}

// ignoreGone forgets that another process has been faster.
func ignoreGone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
