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

// limitProcess bounds what this process may use. The memory limit is on data, not
// on addresses, of which the runtime reserves many.
func limitProcess(cpuSeconds int, memory int64) error {
	cpuSeconds *= detectorTimes
	errs := []error{syscall.Setrlimit(syscall.RLIMIT_CPU, &syscall.Rlimit{Cur: uint64(cpuSeconds), Max: uint64(cpuSeconds) + 1})}
	if memory > 0 && !detector {
		debug.SetMemoryLimit(memory / 2)
		errs = append(errs, syscall.Setrlimit(syscall.RLIMIT_DATA, &syscall.Rlimit{Cur: uint64(memory), Max: uint64(memory)}))
	}
	return errors.Join(append(errs, syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{}))...)
}

// isolate gives a child a process group of its own, so that a terminal's
// interrupt leaves it to us.
func isolate(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// exhausted reports whether a process died of its limits.
func exhausted(p *os.ProcessState, complaint string) bool {
	if p == nil {
		return false
	}
	status, ok := p.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && (status.Signal() == syscall.SIGXCPU || status.Signal() == syscall.SIGKILL) ||
		strings.Contains(complaint, "out of memory") || strings.Contains(complaint, "cannot allocate memory") ||
		strings.Contains(complaint, "SIGXCPU")
}
