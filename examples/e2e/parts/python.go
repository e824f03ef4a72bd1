package parts

import (
	"os/exec"
	"testing"
)

// Python returns a Python that has the module: the first on the PATH, or
// Debian's, for which the packages are.
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
