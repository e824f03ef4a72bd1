//go:build linux || darwin

package compile

import (
	"errors"
	"os"
	"os/exec"
	"runtime/debug"
	"strings"
	"syscall"
)

// limitProcess bounds CPU time and memory of this process. The memory limit is on data,
// not on address space, of which the runtime reserves a lot.
func limitProcess(cpuSeconds int, memory int64) error {
	cpuSeconds *= detectorTimes
	errs := []error{syscall.Setrlimit(syscall.RLIMIT_CPU, &syscall.Rlimit{Cur: uint64(cpuSeconds), Max: uint64(cpuSeconds) + 1})}
	if memory > 0 && !detector {
		debug.SetMemoryLimit(memory / 2)
		errs = append(errs, syscall.Setrlimit(syscall.RLIMIT_DATA, &syscall.Rlimit{Cur: uint64(memory), Max: uint64(memory)}))
	}
	return errors.Join(append(errs, syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{}))...)
}

// isolate puts a child into its own process group, so that an interrupt from a terminal
// reaches only this process.
func isolate(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// exhausted reports whether a process was killed by its limits.
func exhausted(p *os.ProcessState, complaint string) bool {
	if p == nil {
		return false
	}
	status, ok := p.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && (status.Signal() == syscall.SIGXCPU || status.Signal() == syscall.SIGKILL) ||
		strings.Contains(complaint, "out of memory") || strings.Contains(complaint, "cannot allocate memory") ||
		strings.Contains(complaint, "SIGXCPU")
}
