package cli

import (
	"net/http"
	"strings"
	"testing"
)

// session logs a user in at the server's own endpoint, and returns the session's id.
func (p *place) session(s *running, login, password string) string {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), "POST", "http://"+s.Listen+"/auth/login",
		strings.NewReader(`{"username":"`+login+`","password":"`+password+`"}`))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if a, err := send(r); err != nil || a.status != 200 {
		p.t.Fatalf("login: got %d %s %v, want status 200", a.status, a.body, err)
	}
	p.run("session list " + login)
	lines := strings.Split(strings.TrimSpace(p.out), "\n")
	return strings.Fields(lines[len(lines)-1])[0]
}

// TestManage_deadBefore: every command that revokes something fails and says so if it was
// already invalid for any reason, or says that this cannot be known.
func TestManage_deadBefore(t *testing.T) {
	s := startDev(t, t.TempDir())
	p := &place{t: t, dir: s.dir}
	p.run("keys list")
	kid := p.kid
	session := p.session(s, "admin", *s.Password)
	p.run("apikey create admin --name old")
	old := p.key
	p.run("token issue admin")
	token := p.token
	p.run("user add anna")
	p.run("apikey create anna")
	hers := p.key
	for _, c := range []struct {
		args string
		ok   bool
		says string
	}{
		{"token revoke --everything --yes", true, "is refused"},
		{"session revoke " + session, false, "was revoked with everything before"},
		{"apikey revoke " + old, false, "was revoked with everything before"},
		{"token revoke " + token, false, "was revoked with everything before"},
		{"session revoke --user admin", true, "had no live session and no live API key"},
		{"token revoke --id some", true, "cannot know whether one with this id was issued"},
		{"token revoke --id some", false, "was revoked before"},
		{"token revoke --client some", true, "cannot know whether there was anything"},
		{"keys revoke -- " + kid, true, "API keys stay valid."},
		{"keys revoke -- " + kid, false, "was revoked before"},
		{"user disable anna", true, "revoked permanently"},
		{"user disable anna", false, "disabled already"},
		{"apikey revoke " + hers, false, "was revoked with everything before"},
		{"apikey rotate " + hers, false, "disabled"},
		{"user delete anna", true, "have ended"},
		{"user delete anna", false, "no user has"},
		{"apikey revoke " + hers, false, "no API key has"},
	} {
		p.run(c.args)
		if (p.status == 0) != c.ok || !strings.Contains(p.out+p.errs, c.says) {
			t.Errorf("%s: exit %d, %q %q; want success %t and %q", c.args, p.status, p.out, p.errs, c.ok, c.says)
		}
	}
}
