package compile

import (
	"io/fs"
	"syscall"
	"time"
)

// usedAt returns when a file was last read or written. File systems that record access
// times do so at least once a day; on others a module in use is compiled again when it is
// cacheAge old.
func usedAt(info fs.FileInfo) time.Time {
	written := info.ModTime()
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		if read := time.Unix(st.Atim.Unix()); read.After(written) {
			return read
		}
	}
	return written
}
