package cli

import (
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/server/manage"
)

// TestUserPasswd_tells: the output counts the credentials that stay valid, and says if
// the user is still disabled.
func TestUserPasswd_tells(t *testing.T) {
	s := startDev(t, t.TempDir())
	p := &place{t: t, dir: s.dir}
	const keys, disabled = "still accepted: ", "carl is disabled and cannot log in: 'cardea user disable carl --undo'"
	passwd := func(says, not string) {
		t.Helper()
		p.run("user passwd carl")
		if p.status != 0 || !strings.Contains(p.out, says) || not != "" && strings.Contains(p.out, not) {
			t.Errorf("user passwd: %d %s%s; want %q and not %q", p.status, p.out, p.errs, says, not)
		}
	}
	p.run("user add carl")
	passwd("set the password of carl; their sessions and tokens have ended\n", keys)
	p.run("apikey create carl")
	passwd(keys+"1 API key;", "disabled")
	p.run("apikey create carl")
	passwd(keys+"2 API keys;", "")
	p.run("apikey revoke KEY")
	passwd(keys+"1 API key;", "")
	p.run("user disable carl")
	passwd(disabled, keys)
	s.stop()
	passwd(disabled, keys)
	p.run("user disable carl --undo")
	passwd("set the password of carl", keys)
	passwd("set the password of carl", "disabled")
}

// TestUserPasswd_blocked: the output says until when failed passwords delay the user's
// logins, and what helps, or nothing of it.
func TestUserPasswd_blocked(t *testing.T) {
	for _, tc := range []struct {
		until time.Time
		says  string
	}{
		{time.Time{}, ""},
		{time.Date(2026, 11, 30, 12, 50, 0, 0, time.UTC), "logins of carl can be refused with 429 until 2026-11-30T12:50:00Z"},
	} {
		var b strings.Builder
		tellPasswordSet(&b, manage.PasswordSet{User: manage.User{Login: "carl", TokensEnded: true, BlockedUntil: tc.until}})
		if !strings.Contains(b.String(), tc.says) || strings.Contains(b.String(), "429") != (tc.says != "") {
			t.Errorf("says %q, want %q", &b, tc.says)
		}
	}
}
