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

// Cached modules that were not used for cacheAge are deleted: each edit of a plugin
// leaves megabytes. Partial files of interrupted processes are deleted after partAge; no
// compilation takes that long. Deleting a module that is still wanted only costs one more
// compilation.
const (
	cacheAge = 30 * 24 * time.Hour
	partAge  = time.Hour
)

// sweep deletes unused files from the cache, but only files that the compiler wrote:
// locks and other files are kept.
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
		log.Warn("plugin cache cleanup failed", "dir", dir, "error", err)
	}
}

// keptFor returns how long an unused file is kept, and whether the compiler wrote it.
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

// ignoreGone ignores that another process has deleted the file already.
func ignoreGone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
