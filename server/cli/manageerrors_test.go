package cli

import (
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/server/app"
	"github.com/cardea-auth/cardea/server/control"
)

// TestManage_errors: a kind of error has the same message in every command, with and
// without a running server, and never exit code 0.
func TestManage_errors(t *testing.T) {
	s := startDev(t, t.TempDir())
	p := &place{t: t, dir: s.dir}
	p.run("user add ben --email ben@example.com --number 40")
	p.run("user disable ben")
	p.run("apikey create admin --name gone")
	p.run("apikey revoke KEY")
	gone := p.key
	for _, served := range []bool{true, false} {
		if !served {
			s.stop()
		}
		for _, c := range []struct {
			says     string
			commands []string
		}{
			{`no user has the login or e-mail address "nobody": 'cardea user list' shows all`, []string{
				"user passwd nobody", "user disable nobody", "user disable --undo nobody", "user delete nobody", "apikey create nobody",
				"apikey list nobody", "session list nobody", "token issue nobody",
			}},
			{`no user has the login, e-mail address or subject "nobody": 'cardea user list' shows all`, []string{"session revoke --user nobody"}},
			{`nothing was revoked: the token is not accepted here`, []string{"token revoke garbage"}},
			{`no external issuer is called "none"`, []string{"token revoke --id some --issuer none"}},
			{`--issuer has no effect without --id`, []string{"token revoke --client some --issuer none"}},
			{`--spare-api-keys has no effect without --everything`, []string{"token revoke --client some --spare-api-keys"}},
			{`nothing was changed: "ben" is disabled already`, []string{"user disable ben"}},
			{`nothing was changed: "admin" is enabled already`, []string{"user disable --undo admin"}},
			{`the user does not have the role "edtor", and a key cannot give it: choose from ["administrator"]`, []string{"apikey create admin --role edtor", "apikey create admin --role administrator --role edtor"}},
			{`the user does not have the role ""`, []string{"apikey create admin --role="}},
			{`this account is disabled`, []string{"apikey create ben", "token issue ben"}},
			{`no API key has the id "none": 'cardea apikey list' shows all`, []string{"apikey rotate none", "apikey revoke none"}},
			{`API key "` + gone + `" is revoked`, []string{"apikey rotate " + gone}},
			{`no session has the id "none": 'cardea session list --all' shows all`, []string{"session revoke none"}},
			{`no signing key has the id "none": 'cardea keys list' shows all`, []string{"keys revoke none", "keys export --kid none"}},
			{`no assertion key has the id "none": 'cardea keys list --for assertion' shows all`, []string{"keys revoke none --for assertion"}},
			{`no token format is called "none"`, []string{"token issue admin --token-format none"}},
			{`login "ben" is taken`, []string{"user add ben"}},
			{`login "BEN" is taken`, []string{"user add BEN"}},
			{`email "ben@example.com" is taken`, []string{"user add new --email ben@example.com"}},
			{`number "40" is taken`, []string{"user add new --number 40"}},
			{`is not a duration`, []string{"apikey create admin --expires soon", "apikey rotate none --overlap soon"}},
		} {
			for _, args := range c.commands {
				p.run(args)
				errs := actLine.ReplaceAllString(p.errs, "") // a running server logs it instead
				if p.status == 0 || p.out != "" || !strings.HasPrefix(errs, "cardea: ") || strings.Count(errs, c.says) != 1 || strings.Count(errs, "\n") > 1 {
					t.Errorf("served %t, %s: exit %d, %q, %q; want one line with %q", served, args, p.status, p.out, p.errs, c.says)
				}
			}
		}
	}
}

// TestManage_strangeServer: if a server dies or is of another version, the error says
// whether the change was made; the server is asked once, and nothing is done locally.
func TestManage_strangeServer(t *testing.T) {
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		says   string
	}{
		"dies":            {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "it is not known whether the change was made"},
		"another version": {http.NotFound, "another version"},
		"answers junk":    {func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("<html>")) }, "it is not known whether the change was made"},
		"fails":           {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, "500"},
	} {
		s := startDev(t, t.TempDir())
		s.stop()
		p := &place{t: t, dir: s.dir}
		before := p.state()
		p.run("keys list")
		l, err := control.Listen(filepath.Join(s.dir, "cardea-data"))
		if err != nil {
			t.Fatal(err)
		}
		changes := 0
		server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/status" {
				json.NewEncoder(w).Encode(app.Status{Version: "old"})
				return
			}
			changes++
			c.answer(w, r)
		})}
		go server.Serve(l)
		p.key, p.token = "none", "none"
		commands := managing()
		for _, m := range commands {
			p.run(m.args)
			if p.status == 0 || p.out != "" || !strings.Contains(p.errs, c.says) {
				t.Errorf("%s, %s: exit %d, %q, %q; want a failure that says %q", name, m.args, p.status, p.out, p.errs, c.says)
			}
		}
		server.Close()
		if changes != len(commands) {
			t.Errorf("%s: the server was asked %d times for %d changes", name, changes, len(commands))
		}
		if after := p.state(); after != before {
			t.Errorf("%s: it changed\n%s\ninto\n%s", name, before, after)
		}
	}
}

// TestManage_hungServer: a server that does not answer is reported as such, and nothing
// is done locally.
func TestManage_hungServer(t *testing.T) {
	s := startDev(t, t.TempDir())
	s.stop()
	l, err := control.Listen(filepath.Join(s.dir, "cardea-data"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, args := range []string{"user list", "keys revoke none", "config check"} {
		p := &place{t: t, dir: s.dir}
		if p.run(args); p.status == 0 || p.out != "" || !strings.Contains(p.errs, "did not answer within 5s: look at its log") || strings.Contains(p.errs, "stop what listens there") {
			t.Errorf("%s: exit %d, %q, %q; want that the server does not answer", args, p.status, p.out, p.errs)
		}
	}
}

// TestTokenRevoke_everything: the command asks first. The error about an argument that
// begins with a dash says how to write it.
func TestTokenRevoke_everything(t *testing.T) {
	s := startDev(t, t.TempDir())
	p := &place{t: t, dir: s.dir}
	for args, says := range map[string]string{
		"token revoke --everything":                       "nothing was revoked: --everything asks first",
		"token revoke --everything --spare-api-keys":      "nothing was revoked: --everything asks first",
		"keys revoke -lF1aSYY":                            "write an argument that begins with '-' after '--'",
		"token revoke --everything --client x --yes":      "are given: give one",
		"token revoke --everything --issuer some --yes":   "--issuer has no effect without --id",
		"token revoke --everything --id some --yes":       "are given: give one",
		"token revoke --everything --spare-api-keys --ye": "unknown flag",
	} {
		if p.run(args); p.status == 0 || !strings.Contains(p.errs, says) {
			t.Errorf("%s: exit %d, %q; want %q", args, p.status, p.errs, says)
		}
	}
	if p.run("apikey create admin --scope ingest"); p.status != 0 || !strings.Contains(p.errs, "these rules require no scope, so the scopes do not restrict the key there: ") {
		t.Errorf("a scope that no rule asks for: exit %d, %q", p.status, p.errs)
	}
	time.Sleep(10 * time.Millisecond) // the key must be older than its revocation
	if p.run("token revoke --everything --spare-api-keys --yes"); p.status != 0 || !strings.Contains(p.out, "API keys and passwords stay valid") {
		t.Errorf("exit %d, %q, %q", p.status, p.out, p.errs)
	}
	if p.run("apikey list"); !strings.Contains(p.out, "live") {
		t.Errorf("the key was to be spared: %s", p.out)
	}
	p.run("token revoke --everything --yes")
	if p.run("apikey list"); !strings.Contains(p.out, "revoked with everything") {
		t.Errorf("the key was not to be spared: %s", p.out)
	}
}
