package parts

import (
	"os/exec"
	"strings"
	"testing"
)

// PHP serves a directory with PHP's built-in server, four requests at a time; every
// request goes through the script router. Changes of files take effect at the next
// request.
func PHP(t testing.TB, dir, addr, router string) *Process {
	t.Helper()
	cmd := Command(dir, phpCLI(t), "-d", "opcache.enable_cli=1", "-d", "opcache.revalidate_freq=0", "-S", addr, "-t", dir, router)
	cmd.Env = append(cmd.Env, "PHP_CLI_SERVER_WORKERS=4")
	return Start(t, cmd, listening(addr))
}

// RunPHP runs a script under the unprivileged account and returns its output; the test
// fails if the script does.
func RunPHP(t testing.TB, dir, script string, args ...string) string {
	t.Helper()
	return Output(t, Command(dir, phpCLI(t), append([]string{"-d", "display_errors=stderr", script}, args...)...))
}

// PHPModule returns a PHP with the module, such as curl; Debian's packages bring it.
func PHPModule(t testing.TB, module string, packages ...string) string {
	t.Helper()
	return find(t, func() string {
		path := lookPath("php")
		if path == "" {
			return ""
		}
		list, err := exec.Command(path, "-m").Output()
		if err != nil || !strings.Contains(string(list), "\n"+module+"\n") {
			return ""
		}
		return path
	}, packages)
}

func phpCLI(t testing.TB) string {
	t.Helper()
	return Find(t, "php", "php-cli")
}
