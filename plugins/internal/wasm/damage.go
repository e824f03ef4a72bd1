package wasm

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
)

// isCacheDamage reports whether err is caused by a damaged file of compiled code (full or
// failing disk, power loss). wazero has no sentinel for that, but all such errors have
// the same prefix.
func isCacheDamage(err error) bool {
	return err != nil && strings.Contains(err.Error(), "compilationcache: ")
}

// forgetCompiled deletes all compiled code, since wazero does not say which file is
// damaged. Modules are compiled again when needed; code in use is in memory.
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
