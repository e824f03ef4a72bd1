//go:build !linux && !darwin

package compile

import (
	"os"
	"os/exec"
	"runtime/debug"
)

// limitProcess bounds memory as far as the runtime can; the parent process bounds time.
func limitProcess(_ int, memory int64) error {
	if memory > 0 {
		debug.SetMemoryLimit(memory / 2)
	}
	return nil
}

func isolate(*exec.Cmd) {}

func exhausted(*os.ProcessState, string) bool { return false }
