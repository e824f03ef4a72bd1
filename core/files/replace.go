package files

import (
	"errors"
	"os"
	"path/filepath"
)

// Replace writes data to path atomically: the path has the complete old or new content even
// after a crash. The file is readable by its owner only, which stays the same: it fails if it
// may not keep it. A new file that root creates belongs to the owner of its directory.
func Replace(path string, data []byte) error {
	temp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	_, err = temp.Write(data)
	if err == nil {
		err = keepOwner(temp, path, os.Geteuid())
	}
	if err = errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return err
	}
	if err := os.Rename(temp.Name(), path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}
