package point

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
)

// TestTokenClaimsNarrower: a handler without the right may drop roles and scopes, and
// neither add any nor make what was readable unreadable.
func TestTokenClaimsNarrower(t *testing.T) {
	read := ClaimsReader(func(c api.Claims) (id api.Identity, complete bool, err error) {
		for name, value := range c.All {
			switch name {
			case "bad":
				return api.Identity{}, false, errors.New("unreadable")
			case "role":
				id.Roles = append(id.Roles, value.(string))
			case "scope":
				id.Scopes = append(id.Scopes, value.(string))
			}
		}
		return id, true, nil
	})
	claims := func(names ...string) *TokenClaims {
		var list []api.Claim
		for _, name := range names {
			list = append(list, api.Claim{Name: name, Value: "x"})
		}
		return &TokenClaims{Claims: api.NewClaims(list...)}
	}
	for _, tc := range []struct {
		before, after []string
		allowed       bool
	}{
		{[]string{"role"}, []string{"role"}, true}, {[]string{"role", "scope"}, nil, true}, {nil, []string{"plan"}, true},
		{nil, []string{"role"}, false}, {nil, []string{"scope"}, false}, {[]string{"role"}, []string{"scope"}, false},
		{[]string{"role"}, []string{"bad"}, false}, {nil, []string{"bad"}, false},
		{[]string{"bad"}, []string{"bad"}, true}, {[]string{"bad"}, []string{"plan"}, true}, {[]string{"bad"}, []string{"role"}, false}, {[]string{"bad"}, []string{"scope"}, false},
	} {
		err := tokenClaimsNarrower(WithClaimsReader(context.Background(), read), claims(tc.before...), claims(tc.after...))
		if (err == nil) != tc.allowed {
			t.Errorf("from %v to %v: %v, want it allowed: %v", tc.before, tc.after, err, tc.allowed)
		}
		if err := tokenClaimsNarrower(context.Background(), claims(tc.before...), claims(tc.after...)); err != nil {
			t.Errorf("where no format reads claims: %v", err)
		}
	}
}

// TestNarrowers: the same holds for what logins and directories give.
func TestNarrowers(t *testing.T) {
	few, many := api.Identity{Roles: []string{"a"}, Scopes: []string{"s"}}, api.Identity{Roles: []string{"a", "b"}, Scopes: []string{"s"}}
	scoped := api.Identity{Roles: []string{"a"}, Scopes: []string{"s", "t"}}
	for name, narrower := range map[string]func(before, after api.Identity) error{
		"login": func(before, after api.Identity) error {
			return loginResultNarrower(context.Background(), &LoginResult{Identity: before}, &LoginResult{Identity: after})
		},
		"resolved": func(before, after api.Identity) error {
			return resolvedNarrower(context.Background(), &Resolved{Identity: before}, &Resolved{Identity: after})
		},
	} {
		if narrower(many, few) != nil || narrower(scoped, few) != nil || narrower(few, few) != nil || narrower(few, many) == nil || narrower(few, scoped) == nil {
			t.Errorf("%s: roles or scopes are not compared", name)
		}
	}
}

// TestCopied: a hook that changes the lists of its value changes no other's.
func TestCopied(t *testing.T) {
	id := api.Identity{Roles: []string{"a"}, Scopes: []string{"s"}}
	limit := SessionLimit{Live: []string{"l"}, End: []string{"e"}}
	c := limit.copied()
	c.Live[0], c.End[0] = "x", "x"
	if limit.Live[0] != "l" || limit.End[0] != "e" {
		t.Errorf("session-limit: the lists are shared: %v", limit)
	}
	for name, of := range map[string]func(api.Identity) api.Identity{
		"login-after":    func(id api.Identity) api.Identity { return LoginResult{Identity: id}.copied().Identity },
		"auth-expire":    func(id api.Identity) api.Identity { return Lifetime{Identity: id}.copied().Identity },
		"auth-nbf":       func(id api.Identity) api.Identity { return NotBefore{Identity: id}.copied().Identity },
		"auth-iss":       func(id api.Identity) api.Identity { return Issuer{Identity: id}.copied().Identity },
		"auth-algorithm": func(id api.Identity) api.Identity { return Algorithm{Identity: id}.copied().Identity },
		"token-claims":   func(id api.Identity) api.Identity { return TokenClaims{Identity: id}.copied().Identity },
		"token-response": func(id api.Identity) api.Identity { return TokenResponse{Identity: id}.copied().Identity },
		"token-check":    func(id api.Identity) api.Identity { return TokenCheck{Identity: id}.copied().Identity },
		"route-access":   func(id api.Identity) api.Identity { return Access{Identity: id}.copied().Identity },
		"upstream":       func(id api.Identity) api.Identity { return UpstreamHeaders{Identity: id}.copied().Identity },
		"resolve-user":   func(id api.Identity) api.Identity { return Resolved{Identity: id}.copied().Identity },
		"refresh-before": func(id api.Identity) api.Identity { return RefreshAttempt{Identity: id}.copied().Identity },
		"session-limit":  func(id api.Identity) api.Identity { return SessionLimit{Identity: id}.copied().Identity },
	} {
		got := of(id)
		if !slices.Equal(got.Roles, id.Roles) || !slices.Equal(got.Scopes, id.Scopes) {
			t.Errorf("%s: the copy has %v and %v", name, got.Roles, got.Scopes)
			continue
		}
		if &got.Roles[0] == &id.Roles[0] || &got.Scopes[0] == &id.Scopes[0] {
			t.Errorf("%s: roles or scopes are shared", name)
		}
	}
}
