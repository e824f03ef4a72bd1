package plugins

import (
	"os"
	"time"
)

// stamp identifies a state of a plugin's files by size and modification time.
type stamp [4]struct {
	size     int64
	modified time.Time
}

// stampOf returns the stamp of the module and the files beside it.
func stampOf(s Spec) stamp {
	var out stamp
	for n, file := range []string{s.File, s.beside(".json"), s.beside(".jws"), s.beside(".vectors.json")} {
		if info, err := os.Stat(file); s.File != "" && err == nil {
			out[n].size, out[n].modified = info.Size(), info.ModTime()
		}
	}
	return out
}
