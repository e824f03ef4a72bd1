package parts

import (
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
)

// apt serializes installations in this process; other processes wait for dpkg's own lock.
var apt sync.Mutex

// Find returns the path of a program. If it is missing, the packages are installed; if
// that is impossible, the test ends, see [Missing].
func Find(t testing.TB, program string, packages ...string) string {
	t.Helper()
	return find(t, func() string { return lookPath(program) }, packages)
}

// FindFile is Find for a file or directory.
func FindFile(t testing.TB, path string, packages ...string) string {
	t.Helper()
	return find(t, func() string {
		if _, err := os.Stat(path); err != nil {
			return ""
		}
		return path
	}, packages)
}

func find(t testing.TB, look func() string, packages []string) string {
	t.Helper()
	apt.Lock()
	defer apt.Unlock()
	if path := look(); path != "" {
		return path
	}
	if problem := install(t, packages); problem != "" {
		Missing(t, packages[0], problem)
	}
	path := look()
	if path == "" {
		Missing(t, packages[0], "installing it brought no program")
	}
	return path
}

// lookPath also looks where servers are installed, which may not be in PATH.
func lookPath(program string) string {
	if path, err := exec.LookPath(program); err == nil {
		return path
	}
	for _, dir := range []string{"/usr/sbin/", "/usr/local/sbin/", "/sbin/"} {
		if path, err := exec.LookPath(dir + program); err == nil {
			return path
		}
	}
	return ""
}

// install installs packages and returns why it could not, or "".
func install(t testing.TB, packages []string) string {
	if lookPath("apt-get") == "" || os.Geteuid() != 0 {
		return "install " + packages[0] + ", or run as root where there is apt"
	}
	restore := keepStopped(t)
	defer restore()
	args := append([]string{"install", "-y", "-q", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300"}, packages...)
	for _, command := range [][]string{{"update", "-q"}, args} {
		cmd := exec.Command("apt-get", command...)
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		if out, err := cmd.CombinedOutput(); err != nil {
			lines := strings.Split(strings.TrimSpace(string(out)), "\n")
			return "apt-get " + command[0] + " failed: " + lines[len(lines)-1]
		}
	}
	return ""
}

// keepStopped prevents packages from starting services, through the policy-rc.d of
// invoke-rc.d. An existing policy is kept.
func keepStopped(t testing.TB) (restore func()) {
	const policy = "/usr/sbin/policy-rc.d"
	f, err := os.OpenFile(policy, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o755)
	if err != nil {
		return func() {}
	}
	if _, err := f.WriteString("#!/bin/sh\nexit 101\n"); err != nil {
		t.Errorf("write %s: %v", policy, err)
	}
	f.Close()
	return func() { os.Remove(policy) }
}
