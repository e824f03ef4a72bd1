package cli

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestPassword_pipes: a command that reads a password reads a pipe if a flag says so, and
// otherwise refuses it. Empty input is accepted.
func TestPassword_pipes(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "cardea.yaml"), "data: d\n")
	writeFile(t, filepath.Join(dir, "password"), "correct-horse-battery\n")
	writeFile(t, filepath.Join(dir, "empty"), "")
	cardea(t, dir, "user", "add", "anna")
	for _, command := range []string{"user passwd anna", "user add new"} {
		for _, c := range []struct {
			name, flag string
			stdin      func(*exec.Cmd)
			says       string // "" if the command succeeds
			random     bool
		}{
			{"/dev/null", "", func(*exec.Cmd) {}, "", true},
			{"closed", "", closed, "", true},
			{"empty pipe", "", piped(""), "", true},
			{"empty file", "", fromFile(filepath.Join(dir, "empty")), "", true},
			{"pipe", "", piped("correct-horse-battery\n"), "--password-stdin", false},
			{"pipe with a line's end only", "", piped("\n"), "--password-stdin", false},
			{"file", "", fromFile(filepath.Join(dir, "password")), "--password-stdin", false},
			{"silent pipe", "", silent(t), "--password-stdin", false},
			{"pipe that is asked for", "--password-stdin", piped("correct-horse-battery\n"), "", false},
			{"empty pipe that is asked for", "--password-stdin", piped(""), "it is empty", false},
			{"file that is asked for", "--password-file=password", piped("another"), "", false},
		} {
			cmd := exec.Command("cardea", append(strings.Fields(command), strings.Fields(c.flag)...)...)
			var out, errs bytes.Buffer
			cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &errs
			c.stdin(cmd)
			err := cmd.Run()
			if done := c.says == ""; done != (err == nil) || !strings.Contains(errs.String(), c.says) || strings.Contains(out.String(), "password: ") != c.random {
				t.Errorf("%s with %s: %v, %q, %q; want %q in the error, random password %t", command, c.name, err, &out, &errs, c.says, c.random)
			}
			if err == nil && strings.HasPrefix(command, "user add") {
				cardea(t, dir, "user", "delete", "new")
			}
		}
	}
}

func piped(text string) func(*exec.Cmd) {
	return func(cmd *exec.Cmd) { cmd.Stdin = struct{ *strings.Reader }{strings.NewReader(text)} }
}

func fromFile(path string) func(*exec.Cmd) {
	return func(cmd *exec.Cmd) { cmd.Stdin, _ = os.Open(path) }
}

// closed starts the command without standard input.
func closed(cmd *exec.Cmd) {
	cmd.Args = append([]string{"sh", "-c", `exec "$@" <&-`, "sh"}, cmd.Args...)
	cmd.Path, _ = exec.LookPath("sh")
}

// silent is a pipe that stays open without data.
func silent(t *testing.T) func(*exec.Cmd) {
	return func(cmd *exec.Cmd) {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { w.Close(); r.Close() })
		cmd.Stdin = r
	}
}
