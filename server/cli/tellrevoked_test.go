package cli

import (
	"regexp"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/server/cli/internal/command"
	"github.com/cardea-auth/cardea/server/manage"
)

// TestTellRevoked_uncounted: tokens without a session are not counted, so every
// revocation of a credential says that they may still be valid.
func TestTellRevoked_uncounted(t *testing.T) {
	for _, c := range []struct {
		hit  manage.Revoked
		says bool
	}{
		{manage.Revoked{What: "access token", ID: "t", Login: "eve"}, true},
		{manage.Revoked{What: "access token", ID: "t", Login: "eve", LiveSessions: 1, LiveAPIKeys: 1}, true},
		{manage.Revoked{What: "access token", ID: "t", Login: "eve", LiveSession: "s", LiveSessions: 1}, true},
		{manage.Revoked{What: "refresh token", ID: "s", Subject: "eve"}, true},
		{manage.Revoked{What: "session", ID: "s", Login: "eve"}, true},
		{manage.Revoked{What: "API key", ID: "k", Login: "eve", LiveAPIKeys: 1}, true},
		{manage.Revoked{What: "access token", ID: "t", Subject: "issuer:x:eve", Issuer: "x"}, false}, // it has its own line
	} {
		var b strings.Builder
		c.hit.User = "eve"
		command.TellRevoked(&b, c.hit)
		if says := strings.Contains(b.String(), "belong to no session are not counted and may still be valid: 'cardea session revoke --user eve' ends them"); says != c.says {
			t.Errorf("%+v:\n%swant the note that other tokens may be valid: %t", c.hit, b.String(), c.says)
		}
	}
}

// TestTokenRevoke_withoutSession: the output mentions the user's other token, which is
// still valid, and the command in the output ends it.
func TestTokenRevoke_withoutSession(t *testing.T) {
	s := startDev(t, t.TempDir())
	p := &place{t: t, dir: s.dir}
	p.run("user add eve")
	p.run("token issue eve")
	other := p.token
	p.run("token issue eve")
	if p.run("token revoke TOKEN"); p.status != 0 || !strings.Contains(p.out, "may still be valid: 'cardea session revoke --user eve' ends them") {
		t.Errorf("token revoke: %d %s%s", p.status, p.out, p.errs)
	}
	for _, accepted := range []bool{true, false} {
		if p.run("token inspect " + other); (p.status == 0) != accepted {
			t.Errorf("the other token: %d %s%s; want it accepted: %t", p.status, p.out, p.errs, accepted)
		}
		if says := strings.Contains(p.out, "session    none that is live: 'cardea token revoke' revokes the token itself"); says != accepted {
			t.Errorf("the other token: %s; want the note that it has no session: %t", p.out, accepted)
		}
		sid := regexp.MustCompile(`"sid": "([^"]+)"`).FindStringSubmatch(p.out)
		if sid == nil {
			t.Fatalf("no sid in %s", p.out)
		}
		if p.run("session revoke -- " + sid[1]); p.status == 0 || !strings.Contains(p.errs, "a token that was issued without a session has a sid too: 'cardea token revoke' revokes it") {
			t.Errorf("session revoke of its sid: %d %s%s", p.status, p.out, p.errs)
		}
		p.run("session revoke --user eve")
	}
}
