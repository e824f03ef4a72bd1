//go:build !linux

package compile

import (
	"io/fs"
	"time"
)

// usedAt returns when a file was written: a module in use is compiled again when it is
// cacheAge old.
func usedAt(info fs.FileInfo) time.Time { return info.ModTime() }
