package core_test

import (
	"context"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// TestIssue_listedRoles: a list of roles that a hook has written is all that its token is
// for, also if the user had just these when it was written.
func TestIssue_listedRoles(t *testing.T) {
	none := func(*core.Hooks) {}
	other := func(h *core.Hooks) {
		h.TokenClaims.Bind("x", func(_ context.Context, v core.TokenClaims) (core.TokenClaims, error) {
			v.Claims = v.Claims.With("tier", []any{"gold"}).With("team", "blue")
			return v, nil
		})
	}
	for _, c := range []struct {
		name   string
		roles  []string
		bind   func(*core.Hooks)
		narrow bool
	}{
		{"no hook", []string{"author"}, none, false},
		{"a hook of another claim", []string{"author"}, other, false},
		{"a hook of another claim, no roles", nil, other, false},
		{"the user's own", []string{"author"}, rolesAt("token-claims", "author"), true},
		{"fewer", []string{"author", "editor"}, rolesAt("token-claims", "author"), true},
		{"in another order", []string{"author", "editor"}, rolesAt("token-claims", "editor", "author"), true},
		{"none, where there are none", nil, rolesAt("token-claims"), true},
	} {
		w := newTown(t, func(cfg *core.Config) {
			network(cfg)
			cfg.Policy.Rules = []route.Rule{{Name: "all", Path: "/**"}}
			cfg.Policy.Hooks = core.NewHooks()
			c.bind(cfg.Policy.Hooks)
		})
		w.shop.users[0].Roles = c.roles
		w.forum.users[0] = api.User{Number: 1, Login: "root", Roles: []string{"author"}, Hash: w.shop.users[0].Hash}
		header := shopToken("")(w)
		for i := range w.forum.users { // promoted there, which ends nothing here
			w.forum.users[i].Roles = []string{"author", "administrator"}
		}
		d := w.decide("/shop/x", header)
		w.must(errorOf(d))
		if d.Identity.IsNarrowed() != c.narrow {
			t.Errorf("%s: narrowed is %v", c.name, !c.narrow)
		}
		d = w.decide("/forum/x", header)
		w.must(errorOf(d))
		if d.Identity.HasRole("administrator") == c.narrow {
			t.Errorf("%s: at the sister site %v", c.name, d.Identity.Roles)
		}
		_, err := w.Begin(context.Background(), core.BeginRequest{Identity: w.decide("/shop/x", header).Identity})
		if (api.ReasonOf(err) == api.ReasonNarrowed) != c.narrow {
			t.Errorf("%s: begin: %v", c.name, err)
		}
	}
}
