package parts

import (
	"os/exec"
	"testing"
)

// Python returns a Python with the module: the first in PATH, or Debian's with the
// packages installed.
func Python(t testing.TB, module string, packages ...string) string {
	t.Helper()
	return find(t, func() string {
		for _, name := range []string{"python3", "/usr/bin/python3"} {
			if path := lookPath(name); path != "" && exec.Command(path, "-c", "import "+module).Run() == nil {
				return path
			}
		}
		return ""
	}, packages)
}
