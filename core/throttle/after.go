package throttle

import "math"

// After returns a configuration that lets so many failures of one user pass
// before it slows down; below 1 it never does.
func After(failures int) Config {
	if failures < 1 {
		failures = math.MaxInt32 / 2
	}
	free := Scope{Free: failures}
	return Config{Pair: free, User: free, Source: Scope{Free: 2 * failures}, Global: Scope{Free: max(failures, 1000)}}
}
