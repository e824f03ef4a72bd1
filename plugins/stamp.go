package plugins

import (
	"os"
	"time"
)

// stamp tells one state of a plugin's files from another.
type stamp [4]struct {
	size     int64
	modified time.Time
}

// stampOf looks at the module and what may lie beside it.
func stampOf(s Spec) stamp {
	var out stamp
	for n, file := range []string{s.File, s.beside(".json"), s.beside(".jws"), s.beside(".vectors.json")} {
		if info, err := os.Stat(file); s.File != "" && err == nil {
			out[n].size, out[n].modified = info.Size(), info.ModTime()
		}
	}
	return out
}
