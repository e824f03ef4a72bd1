package core_test

import (
	"context"
	"slices"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// rolesAt binds a hook that sets the roles at a point.
func rolesAt(point string, roles ...string) func(*core.Hooks) {
	return func(hs *core.Hooks) {
		switch point {
		case "login-after":
			hs.LoginAfter.Bind("roles", func(_ context.Context, r core.LoginResult) (core.LoginResult, error) {
				r.Identity = r.Identity.WithRoles(roles...)
				return r, nil
			})
		case "identity-resolved":
			hs.IdentityResolved.Bind("roles", func(_ context.Context, r core.Resolved) (core.Resolved, error) {
				r.Identity = r.Identity.WithRoles(roles...)
				return r, nil
			})
		case "token-claims":
			hs.TokenClaims.Bind("roles", func(_ context.Context, c core.TokenClaims) (core.TokenClaims, error) {
				list := make([]any, len(roles))
				for i, role := range roles {
					list[i] = role
				}
				c.Claims = c.Claims.With("roles", list)
				return c, nil
			})
		}
	}
}

// TestDecide_narrowed: whatever removes roles or scopes from a credential, the identity and
// every token issued from it are marked as narrowed.
func TestDecide_narrowed(t *testing.T) {
	none := func(*core.Hooks) {}
	loses := func(point string) func(*core.Hooks) { return rolesAt(point, "editor") }
	adds := func(hs *core.Hooks) {
		hs.IdentityResolved.Bind("x", func(_ context.Context, r core.Resolved) (core.Resolved, error) {
			r.Identity = r.Identity.WithRoles("administrator", "editor", "more")
			return r, nil
		})
	}
	basic := func(h *testEngine) api.Header { return basicHeader("alice", password) }
	token := func(h *testEngine) api.Header { return bearer(h.token("alice")) }
	refreshed := func(h *testEngine) api.Header {
		id, err := h.Tokens().Login(context.Background(), core.LoginRequest{Login: "alice", Password: password})
		h.must(err)
		first, err := h.Tokens().StartSession(context.Background(), core.BeginRequest{Identity: id})
		h.must(err)
		next, err := h.refresh(first.Refresh)
		h.must(err)
		return bearer(next.Access.Text.Reveal())
	}
	key := func(n core.NewAPIKey) func(*testEngine) api.Header {
		return func(h *testEngine) api.Header {
			n.Subject = h.alice.Subject
			text, _ := h.apiKey(n)
			return keyHeader(text)
		}
	}
	for name, tc := range map[string]struct {
		bind   func(*core.Hooks)
		shown  func(*testEngine) api.Header
		narrow bool
	}{
		"basic":                    {none, basic, false},
		"token":                    {none, token, false},
		"refreshed":                {none, refreshed, false},
		"key":                      {none, key(core.NewAPIKey{}), false},
		"key of a role":            {none, key(core.NewAPIKey{Roles: []string{"editor"}}), true},
		"key of all roles":         {none, key(core.NewAPIKey{Roles: []string{"editor", "administrator"}}), true},
		"key of a scope":           {none, key(core.NewAPIKey{Scopes: []string{"read"}}), true},
		"basic, login-after":       {loses("login-after"), basic, true},
		"token, login-after":       {loses("login-after"), token, true},
		"refreshed, login-after":   {loses("login-after"), refreshed, true},
		"basic, identity-resolved": {loses("identity-resolved"), basic, true},
		"token, identity-resolved": {loses("identity-resolved"), token, true},
		"key, identity-resolved":   {loses("identity-resolved"), key(core.NewAPIKey{}), true},
		"token, token-claims":      {loses("token-claims"), token, true},
		"refreshed, token-claims":  {loses("token-claims"), refreshed, true},
		"a role more":              {adds, basic, false},
	} {
		t.Run(name, func(t *testing.T) {
			h := withHooks(t, tc.bind)
			shown := tc.shown(h)
			for range 2 { // the second time out of the cache
				d := h.decide("/api/x", shown)
				if d.Outcome != core.Allowed || d.Identity.IsNarrowed() != tc.narrow {
					t.Errorf("got %v, narrowed %v (%v), want %v", d.Outcome, d.Identity.IsNarrowed(), d.Err, tc.narrow)
				}
				if slices.Contains(d.Identity.Roles, "administrator") && tc.narrow && name != "key of all roles" && name != "key of a scope" {
					t.Errorf("roles %v", d.Identity.Roles)
				}
			}
		})
	}
}
