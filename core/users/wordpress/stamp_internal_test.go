package wordpress

import (
	"testing"

	"github.com/cardea-auth/cardea/core/users"
)

// TestStamp_changed tests each change alone, and whether it revokes the user's credentials.
func TestStamp_changed(t *testing.T) {
	base := stamp{1, 2, 3, 4, 5}
	off := users.RevokeOn{Password: users.Off, Email: users.Off, Role: users.Off, Disable: users.Off, Delete: users.Off}
	for _, tc := range []struct {
		s, before        stamp
		what             string
		revokes, despite bool // with all on, with all off
	}{
		{base, base, "", false, false},
		{stamp{9, 2, 3, 4, 5}, base, "password changed", true, false}, {stamp{1, 9, 3, 4, 5}, base, "email changed", true, false}, {stamp{1, 2, 9, 4, 5}, base, "roles changed", true, false},
		{stamp{1, 2, 3, 9, 5}, base, "status changed", true, false}, {stamp{1, 2, 3, 4, 9}, base, "login changed", true, true}, {base, stamp{1, 2, 3, 4, 0}, "", false, false},
		{stamp{}, base, "user deleted", true, false}, {base, stamp{}, "user back", true, true}, {stamp{9, 9, 3, 4, 5}, base, "password changed, email changed", true, false},
	} {
		for on, want := range map[users.RevokeOn]bool{{}: tc.revokes, off: tc.despite} {
			if what, revokes := tc.s.changed(tc.before, on); what != tc.what || revokes != want {
				t.Errorf("%v after %v: got %q, %v, want %q, %v", tc.s, tc.before, what, revokes, tc.what, want)
			}
		}
	}
	// An event that is switched off must not hide one that is on.
	if _, revokes := (stamp{9, 9, 3, 4, 5}).changed(base, users.RevokeOn{Email: users.Off}); !revokes {
		t.Error("an event that is off hides one that is on")
	}
}

// TestLedger_number: only what subject returns is parsed.
func TestLedger_number(t *testing.T) {
	l := newLedger(Config{Subject: "wp"})
	for subject, want := range map[string]int64{"wp:1": 1, "wp:5": 5, "wp:9223372036854775807": 9223372036854775807, "wp:0": 0, "wp:-1": 0, "wp:05": 0, "wp:+5": 0, "wp:": 0, "wp": 0, "5": 0, "w:5": 0, "wp:5x": 0, "wp:9223372036854775808": 0, "WP:5": 0, " wp:5": 0} {
		if id, ok := l.number(subject); ok != (want > 0) || ok && id != want {
			t.Errorf("number(%q) = %d, %v; want %d", subject, id, ok, want)
		}
	}
}
