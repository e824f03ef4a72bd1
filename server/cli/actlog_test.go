package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/server/cli/internal/command"
	"github.com/cardea-auth/cardea/server/control"
)

// failedLine is the log line of a failed change, from its actor on.
var failedLine = regexp.MustCompile(`msg="administrative act failed" (.*)`)

// TestActLog_failed: a failed change writes one line to the log. Without a server the
// command writes the line that the server would have written.
func TestActLog_failed(t *testing.T) {
	s := startDev(t, t.TempDir())
	with := &place{t: t, dir: s.dir}
	for _, args := range []string{
		"user passwd nobody", "user add admin", "user disable nobody", "user delete nobody", "apikey create nobody", "apikey rotate none",
		"apikey revoke none", "session revoke none", "session revoke --user nobody", "token revoke garbage", "token revoke --id some --issuer none",
		"token issue nobody", "keys revoke none", "keys revoke none --for assertion",
	} {
		logged := len(s.log.String())
		with.run(args)
		lines := s.failedLines(logged)
		if len(lines) != 1 || failedLine.MatchString(with.errs) {
			t.Fatalf("%s: the server logged %q, the command wrote %q; want one line in the log of the server", args, lines, with.errs)
		}
		without := &place{t: t, dir: copyOf(t, s.dir)}
		without.run(args)
		if got := failedLine.FindAllStringSubmatch(without.errs, -1); len(got) != 1 || got[0][1] != lines[0][1] {
			t.Errorf("%s: without a server the command wrote\n%s\nwant once what the server logs\n%s", args, without.errs, lines[0][1])
		}
	}
}

// failedLines returns the log lines about failed changes after the first logged bytes. It
// waits for one, since the log is read from a pipe and may arrive after the answer.
func (s *running) failedLines(logged int) (lines [][]string) {
	for begin := time.Now(); len(lines) == 0 && time.Since(begin) < patience; time.Sleep(time.Millisecond) {
		lines = failedLine.FindAllStringSubmatch(s.log.String()[logged:], -1)
	}
	return lines
}

// copyOf copies the data directory of a server, so that no server is running on the copy.
func copyOf(t *testing.T, dir string) string {
	t.Helper()
	to := t.TempDir()
	data := filepath.Join(to, "cardea-data")
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(filepath.Join(dir, "cardea-data"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !e.Type().IsRegular() {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, "cardea-data", e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(data, e.Name()), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return to
}

// TestActLog_unopened: a change that cannot open its data writes the line too; commands
// that only read write none.
func TestActLog_unopened(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(t *testing.T, data string)
		says  string
	}{
		"no store":     {func(t *testing.T, data string) { os.Remove(filepath.Join(data, "cardea.db")) }, "there is no store at"},
		"damaged keys": {func(t *testing.T, data string) { writeFile(t, filepath.Join(data, "keys.json"), "{") }, "keys.json"},
		"damaged store": {func(t *testing.T, data string) {
			writeFile(t, filepath.Join(data, "cardea.db"), "no database, no"+strings.Repeat("!", 4096))
		}, "is not a SQLite database"},
	} {
		t.Run(name, func(t *testing.T) {
			s := startDev(t, t.TempDir())
			s.stop()
			p := &place{t: t, dir: s.dir}
			c.spoil(t, filepath.Join(s.dir, "cardea-data"))
			for args, act := range map[string]string{
				"user disable anna":                `what="user disable" target=anna`,
				"apikey revoke some":               `what="apikey revoke" target=some`,
				"keys revoke -- some":              `what="keys revoke" target=some`,
				"token revoke --client some":       `what="token revoke" target=some`,
				"token revoke --everything --yes":  `what="token revoke" target=""`,
				"session revoke --user anna@x.com": `what="session revoke --user" target=anna@x.com`,
				"user list":                        "",
				"apikey list":                      "",
			} {
				p.run(args)
				lines := failedLine.FindAllStringSubmatch(p.errs, -1)
				switch {
				case p.status == 0 || p.out != "" || !strings.Contains(actLine.ReplaceAllString(p.errs, ""), c.says):
					t.Errorf("%s: exit %d, %q, %q; want a failure that says %q", args, p.status, p.out, p.errs, c.says)
				case act == "" && len(lines) != 0:
					t.Errorf("%s: it reads and leaves %q", args, lines)
				case act == "":
				case len(lines) != 1 || !strings.HasPrefix(lines[0][1], "actor="+command.Actor()+" "+act+" error=") || !strings.Contains(lines[0][1], c.says):
					t.Errorf("%s: it leaves %q; want a line with %q and %q", args, lines, act, c.says)
				}
			}
		})
	}
}

// TestActLog_hungServer: a server that does not answer logs nothing.
func TestActLog_hungServer(t *testing.T) {
	s := startDev(t, t.TempDir())
	s.stop()
	l, err := control.Listen(filepath.Join(s.dir, "cardea-data"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	p := &place{t: t, dir: s.dir}
	p.run("user disable anna")
	if lines := failedLine.FindAllString(p.errs, -1); len(lines) != 1 || !strings.Contains(lines[0], `what="user disable" target=anna error=`) {
		t.Errorf("it leaves %q; want a line", lines)
	}
}
