package wasm

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
)

// isCacheDamage reports whether err comes from a file of compiled code that cannot
// be read: a disk that was full or failed, a machine that lost power. wazero has no
// value for that, but begins all such errors alike.
func isCacheDamage(err error) bool {
	return err != nil && strings.Contains(err.Error(), "compilationcache: ")
}

// forgetCompiled deletes all compiled code, which is made anew when it is needed:
// which file is damaged wazero does not say. Code that is in use is in memory.
func (e *Engine) forgetCompiled() error {
	dirs, err := filepath.Glob(filepath.Join(e.dir, "wazero-*"))
	if err != nil || e.dir == "" {
		return errors.Join(err, errors.New("no directory"))
	}
	for _, dir := range dirs {
		list, err := os.ReadDir(dir)
		if err != nil {
			return err
		}
		for _, file := range list {
			if err := os.RemoveAll(filepath.Join(dir, file.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}
