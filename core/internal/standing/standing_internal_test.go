package standing

import (
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/compiled"
	"github.com/cardea-auth/cardea/core/internal/env"
	"github.com/cardea-auth/cardea/core/policy"
	"github.com/cardea-auth/cardea/core/session"
)

// TestInSession: a session's user is in the directory that its layout names now, and of
// the generation with which it was begun.
func TestInSession(t *testing.T) {
	e := &Standing{Env: &env.Env{Index: session.NewIndex()}}
	p := &compiled.Policy{Layouts: []compiled.Layout{
		{Layout: policy.Layout{Name: policy.NativeName}}, {Layout: policy.Layout{Name: "number", Directory: "shop"}}, {Layout: policy.Layout{Name: "keyed"}},
	}}
	e.Policy.Store(p)
	for name, c := range map[string]struct {
		session api.Session
		id      api.Identity
		good    bool
	}{
		"there":               {api.Session{Layout: "number"}, api.Identity{Directory: "shop"}, true},
		"elsewhere":           {api.Session{Layout: "number"}, api.Identity{Directory: "forum"}, false},
		"nowhere":             {api.Session{Layout: "number"}, api.Identity{}, false},
		"of any":              {api.Session{Layout: "keyed"}, api.Identity{Directory: "forum"}, true},
		"of a later time":     {api.Session{Layout: "number", Gen: 1}, api.Identity{Directory: "shop", Gen: 2}, false},
		"of an earlier one":   {api.Session{Layout: "number", Gen: 2}, api.Identity{Directory: "shop", Gen: 1}, false},
		"of the same":         {api.Session{Layout: "number", Gen: 2}, api.Identity{Directory: "shop", Gen: 2}, true},
		"of the same, native": {api.Session{Layout: policy.NativeName, Gen: 2}, api.Identity{Directory: "store", Gen: 2}, true},
	} {
		if _, err := e.inSession(c.session, c.id); (err == nil) != c.good {
			t.Errorf("%s: %v", name, err)
		}
	}
}
