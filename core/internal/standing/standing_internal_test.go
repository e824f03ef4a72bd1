package standing

import (
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/compiled"
	"github.com/cardea-auth/cardea/core/internal/env"
	"github.com/cardea-auth/cardea/core/policy"
	"github.com/cardea-auth/cardea/core/session"
)

// TestInSession: a session's user must belong to the directory that its token format has
// now, and have the generation that it started with.
func TestInSession(t *testing.T) {
	e := &Standing{Env: &env.Env{Index: session.NewIndex()}}
	p := &compiled.Policy{TokenFormats: []compiled.TokenFormat{
		{TokenFormat: policy.TokenFormat{Name: policy.NativeName}}, {TokenFormat: policy.TokenFormat{Name: "number", Directory: "shop"}}, {TokenFormat: policy.TokenFormat{Name: "keyed"}},
	}}
	e.Policy.Store(p)
	for name, c := range map[string]struct {
		session api.Session
		id      api.Identity
		good    bool
	}{
		"there":               {api.Session{TokenFormat: "number"}, api.Identity{Directory: "shop"}, true},
		"elsewhere":           {api.Session{TokenFormat: "number"}, api.Identity{Directory: "forum"}, false},
		"nowhere":             {api.Session{TokenFormat: "number"}, api.Identity{}, false},
		"of any":              {api.Session{TokenFormat: "keyed"}, api.Identity{Directory: "forum"}, true},
		"of a later time":     {api.Session{TokenFormat: "number", Gen: 1}, api.Identity{Directory: "shop", Gen: 2}, false},
		"of an earlier one":   {api.Session{TokenFormat: "number", Gen: 2}, api.Identity{Directory: "shop", Gen: 1}, false},
		"of the same":         {api.Session{TokenFormat: "number", Gen: 2}, api.Identity{Directory: "shop", Gen: 2}, true},
		"of the same, native": {api.Session{TokenFormat: policy.NativeName, Gen: 2}, api.Identity{Directory: "store", Gen: 2}, true},
	} {
		if _, err := e.inSession(c.session, c.id); (err == nil) != c.good {
			t.Errorf("%s: inSession: got %v, want an error: %v", name, err, !c.good)
		}
	}
}
