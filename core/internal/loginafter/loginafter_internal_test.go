package loginafter

import (
	"slices"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/compiled"
)

// TestRestrictAtLogin: roles that a hook removes at a login are recorded with the dialects
// it was called for; those removed before the login are not.
func TestRestrictAtLogin(t *testing.T) {
	with := func(narrowed, atLogin bool, dialects string) api.Identity {
		return api.Identity{Roles: []string{"a", "b"}, Proof: api.Proof{Narrowed: narrowed, LoginNarrowed: atLogin, LoginDialects: dialects}}
	}
	less := func(id api.Identity) api.Identity { id.Roles = id.Roles[:1]; return id }
	for name, c := range map[string]struct {
		before, after     api.Identity
		narrowed, atLogin bool
		dialects          string
	}{
		"nothing":                        {with(false, false, ""), with(false, false, ""), false, false, ""},
		"a role":                         {with(false, false, ""), less(with(false, false, "")), true, true, "new"},
		"a role, and one before":         {with(true, true, "old"), less(with(true, true, "old")), true, true, "new old"},
		"nothing, one before":            {with(true, true, "old"), with(true, true, "old"), true, true, "new old"},
		"a role, narrow before":          {with(true, false, ""), less(with(true, false, "")), true, false, ""},
		"nothing, narrow before a login": {with(true, false, ""), with(true, false, ""), true, false, ""},
	} {
		got := restrictAtLogin(c.before, c.after, "new").Proof
		said := strings.Split(got.LoginDialects, compiled.DialectSeparator)
		slices.Sort(said)
		if got.Narrowed != c.narrowed || got.LoginNarrowed != c.atLogin || strings.Join(said, " ") != c.dialects {
			t.Errorf("%s: %v, at a login %v, as %q", name, got.Narrowed, got.LoginNarrowed, said)
		}
	}
}
