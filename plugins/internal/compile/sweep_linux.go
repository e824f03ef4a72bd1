package compile

import (
	"io/fs"
	"syscall"
	"time"
)

// usedAt is when a file was read or written last. File systems that note reads do
// so once a day or more often; where they don't, a module in use is compiled again
// when it is cacheAge old.
func usedAt(info fs.FileInfo) time.Time {
	written := info.ModTime()
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		if read := time.Unix(st.Atim.Unix()); read.After(written) {
			return read
		}
	}
	return written
}
