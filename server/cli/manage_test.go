package cli

import (
	"bytes"
	"cmp"
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/logtest"
	"github.com/cardea-auth/cardea/server/cli/internal/command"
)

// managing lists the commands that change something, in an order in which each finds the
// data that it needs. KEY and TOKEN stand for results of earlier commands.
func managing() []managed {
	return []managed{
		{args: "user add anna --email anna@example.com --role editor", what: "user add", event: "user-changed"},
		{args: "user passwd anna", what: "user passwd", event: "user-changed"},
		{args: "apikey create anna --name backup --rate 60", what: "apikey create", event: "apikey-created"},
		{args: "apikey rotate KEY --overlap 1h", what: "apikey rotate"},
		{args: "token issue anna", what: "token issue", event: "token-issued", unkept: true},
		{args: "token revoke TOKEN", what: "token revoke", event: "token-revoked"},
		{args: "token revoke --id some", what: "token revoke", event: "token-revoked"},
		{args: "token revoke --client some", what: "token revoke", event: "token-revoked"},
		{args: "apikey revoke KEY", what: "apikey revoke", event: "apikey-revoked"},
		{args: "session revoke --user anna", what: "session revoke --user"},
		{args: "user disable anna", what: "user disable", event: "user-changed"},
		{args: "user disable --undo anna", what: "user enable", event: "user-changed"},
		{args: "keys rotate", what: "keys rotate", unkept: true},
		{args: "keys rotate --for assertion", what: "keys rotate --for assertion", unkept: true},
		{args: "keys rotate --for assertion --now", what: "keys rotate --for assertion", unkept: true},
		{args: "keys revoke -- KID", what: "keys revoke"},
		{args: "user delete anna", what: "user delete", event: "user-deleted"},
		{args: "token revoke --everything --yes", what: "token revoke", event: "token-revoked"},
	}
}

type managed struct {
	args   string
	what   string // as in the log
	event  string // of the hooks; "" for what has no point, or none here
	unkept bool   // not stored in the database
}

// place is a data directory on which commands are run.
type place struct {
	t               *testing.T
	dir             string
	key, token, kid string
	out, errs       string
	status          int
	full            bool // out was tried to be written, but could not
}

// run runs a command in this process, as a shell does in the place's directory, and
// remembers what it made. The words KEY, TOKEN and KID stand for what was made last; a token
// may contain such letters by chance.
func (p *place) run(args string) {
	p.t.Helper()
	p.runWords(strings.Fields(args))
}

// runWords is run for arguments that may contain blanks.
func (p *place) runWords(words []string) {
	p.t.Helper()
	for i, word := range words {
		words[i] = cmp.Or(map[string]string{"KEY": p.key, "TOKEN": p.token, "KID": p.kid}[word], word)
	}
	defer enter(p.t, p.dir)()
	nothing, err := os.Open(os.DevNull)
	if err != nil {
		p.t.Fatal(err)
	}
	defer nothing.Close()
	var out fullDisk
	var errs bytes.Buffer
	stdout := io.Writer(&out.tried)
	if p.full {
		stdout = &out
	}
	p.status = min(1, Program{Version: "dev"}.run(p.t.Context(), words, nothing, stdout, &errs))
	p.out, p.errs = out.tried.String(), errs.String()
	for pattern, into := range map[string]*string{`created key (\S+)`: &p.key, `(?m)^(ey\S+)$`: &p.token, `(?m)^(\S+) +\S+ +active`: &p.kid} {
		if m := regexp.MustCompile(pattern).FindStringSubmatch(p.out); m != nil {
			*into = m[1]
		}
	}
}

// enter makes dir the working directory until leave is called; "" is the present one.
func enter(t *testing.T, dir string) (leave func()) {
	t.Helper()
	before, err := os.Getwd()
	if err == nil && dir != "" {
		err = os.Chdir(dir)
	}
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := os.Chdir(before); err != nil {
			t.Fatal(err)
		}
	}
}

// volatile matches the parts of the output that differ between two runs of a command.
var volatile = regexp.MustCompile(`u_[\w-]+|[A-Z2-7]{26}|cdk_\w+|ey[\w.-]+|\d{4}-\d\d-\d\d(T[\d:]+Z)?|(?m:^[\w-]{16} )|access token \S+|Key \S+ signs|before the leak: \S+|created key \w+|(rotated|revoked) key \w+|(?m)^[A-Za-z0-9]{10}  `)

func (p *place) state() string {
	p.t.Helper()
	var b strings.Builder
	for _, args := range []string{"user list", "apikey list", "session list --all", "keys list", "keys list --for assertion"} {
		p.run(args)
		lines := strings.Split(volatile.ReplaceAllString(p.out+p.errs, "*"), "\n")
		for i := range lines {
			lines[i] = strings.Join(strings.Fields(lines[i]), " ") // an id that looks like another takes another blank along
		}
		slices.Sort(lines) // ids are random, and so is their order
		fmt.Fprintf(&b, "%s: %d %s ", args, p.status, strings.Join(lines, " "))
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// said is what the command said, without the lines that the log of a server would have.
func (p *place) said() string {
	errs := actLine.ReplaceAllString(p.errs, "")
	return strings.Join(strings.Fields(volatile.ReplaceAllString(p.out+errs, "*")), " ")
}

// actLine matches the log line of a change.
var actLine = regexp.MustCompile(`(?m)^.*msg="administrative act( failed)?".*\n`)

// TestManage_sameBothWays: every command that changes something has the same output and
// effect with and without a running server. The server logs it and calls its hooks, once.
func TestManage_sameBothWays(t *testing.T) {
	s := startDev(t, t.TempDir())
	alone := startDev(t, t.TempDir())
	alone.stop()
	with, without := &place{t: t, dir: s.dir}, &place{t: t, dir: alone.dir}
	for _, c := range managing() {
		events, logged := s.events(c.event), len(s.log.String())
		if strings.Contains(c.args, "KID") {
			with.run("keys list")
			without.run("keys list")
		}
		with.run(c.args)
		without.run(c.args)
		errs := without.errs
		if with.status != 0 || without.status != 0 || with.said() != without.said() {
			t.Errorf("%s: with a server %d %s\nwithout %d %s", c.args, with.status, with.said(), without.status, without.said())
		}
		if a, b := with.state(), without.state(); a != b {
			t.Errorf("%s: with a server the state is\n%s\nwithout\n%s", c.args, a, b)
		}
		line := regexp.MustCompile(`msg="administrative act" actor=` + command.Actor() + ` what="?` + c.what + `"? target=`)
		if log := s.log.String()[logged:]; len(line.FindAllString(log, -1)) != 1 {
			t.Errorf("%s: the server's log has\n%s\nwant one line of it, with actor and act", c.args, log)
		}
		if len(line.FindAllString(errs, -1)) != 1 {
			t.Errorf("%s: without a server the command wrote\n%s\nwant one line of it, with actor and act", c.args, errs)
		}
		if c.event != "" && s.events(c.event) <= events {
			t.Errorf("%s: the server's figures do not count %s", c.args, c.event)
		}
	}
}

// events is how many events of a point the server has counted.
func (s *running) events(point string) (n int) {
	s.t.Helper()
	res, err := http.Get("http://" + s.AdminListen + "/metrics")
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	if m := regexp.MustCompile(`cardea_events_total\{event="` + point + `",reason=""\} (\d+)`).FindSubmatch(text); m != nil {
		fmt.Sscan(string(m[1]), &n)
	}
	return n
}

// TestManage_broken: if the database fails, a command says so once, returns an exit code
// other than 0 and changes nothing, with and without a running server.
func TestManage_broken(t *testing.T) {
	for _, served := range []bool{true, false} {
		s := startDev(t, t.TempDir())
		if !served {
			s.stop()
		}
		p := &place{t: t, dir: s.dir}
		for _, args := range []string{"keys list", "user add anna --email anna@example.com", "user add carl --disabled", "apikey create anna", "token issue anna"} {
			p.run(args)
		}
		p.token = strings.TrimSpace(p.out)
		mend := breakDatabase(t, s.dir)
		before := p.state()
		for _, c := range managing() {
			if c.unkept || strings.HasPrefix(c.args, "user add") || strings.HasPrefix(c.args, "keys revoke") {
				continue
			}
			if c.what == "user enable" { // anna was not disabled
				c.args = "user disable --undo carl"
			}
			p.run(c.args)
			p.wantFailure(served, c.args, "disk is full")
		}
		p.run("user add ben")
		p.wantFailure(served, "user add ben", "disk is full")
		if after := p.state(); after != before {
			t.Errorf("served %t: it changed\n%s\ninto\n%s", served, before, after)
		}
		mend()
		writeFile(t, filepath.Join(s.dir, "cardea-data", "keys.json"), "{")
		for _, args := range []string{"keys rotate", "keys revoke -- " + p.kid} {
			p.run(args)
			p.wantFailure(served, args, "keys.json")
		}
	}
}

func (p *place) wantFailure(served bool, args, says string) {
	p.t.Helper()
	twice := slices.ContainsFunc(strings.Split(p.errs, "\n"), func(line string) bool { return strings.Count(line, says) > 1 })
	if p.status == 0 || p.out != "" || !strings.Contains(p.errs, says) || twice {
		p.t.Errorf("served %t, %s: exit %d, %q, %q; want a failure that says %q once a line, and no success", served, args, p.status, p.out, p.errs, says)
	}
}

// breakDatabase makes every change of the database fail until the returned function is
// called.
func breakDatabase(t *testing.T, dir string) (mend func()) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, "cardea-data", "cardea.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	exec := func(form string) {
		for _, table := range []string{"users", "revocations", "sessions", "api_keys"} {
			for _, act := range []string{"INSERT", "UPDATE", "DELETE"} {
				if _, err := db.Exec(fmt.Sprintf(form, table, act)); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	exec("CREATE TRIGGER broken_%[1]s_%[2]s BEFORE %[2]s ON %[1]s BEGIN SELECT RAISE(ABORT, 'disk is full'); END")
	return func() { exec("DROP TRIGGER broken_%s_%s") }
}

// TestManage_deadSocket: a socket that a killed server left means that no server is
// running; a socket without a valid answer is an error and nothing is changed.
func TestManage_deadSocket(t *testing.T) {
	s := startDev(t, t.TempDir())
	s.kill()
	if _, err := os.Stat(filepath.Join(s.dir, "cardea-data", "control.sock")); err != nil {
		t.Fatalf("the killed server left no socket: %v", err)
	}
	p := &place{t: t, dir: s.dir}
	if p.run("user add anna"); p.status != 0 || !strings.HasPrefix(p.out, "added user anna") {
		t.Errorf("beside a dead socket: %d %s%s", p.status, p.out, p.errs)
	}
}

// TestManage_memory: a store in memory is administered only through its server.
func TestManage_memory(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "cardea.yaml"), "data: d\nstore: {driver: memory}\nserver: {listen: '127.0.0.1:0', admin_listen: '127.0.0.1:0'}\n")
	p := &place{t: t, dir: dir}
	if p.run("user add anna"); p.status == 0 || !strings.Contains(p.errs, "no server is running") {
		t.Errorf("without a server: %d %s", p.status, p.errs)
	}
	startServe(t, dir)
	if p.run("user add anna"); p.status != 0 {
		t.Errorf("beside its server: %s", p.errs)
	}
	if p.run("user list"); !strings.Contains(p.out, "anna") {
		t.Errorf("the list is %s%s", p.out, p.errs)
	}
}

func waitFor(t *testing.T, done func() bool) {
	t.Helper()
	for begin := time.Now(); !done(); time.Sleep(20 * time.Millisecond) {
		if time.Since(begin) > patience {
			t.Fatalf("it has not happened after %s", patience)
		}
	}
}

// startServe runs "cardea serve" in dir until the test ends or stop is called. It returns
// when the server is serving.
func startServe(t *testing.T, dir string) (stop func()) {
	t.Helper()
	cmd := exec.Command("cardea", "serve")
	log := &logtest.Buffer{}
	cmd.Dir, cmd.Stderr = dir, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stop = func() { cmd.Process.Kill(); cmd.Wait() }
	t.Cleanup(stop)
	waitFor(t, func() bool { return strings.Contains(log.String(), `"serving"`) })
	return stop
}
