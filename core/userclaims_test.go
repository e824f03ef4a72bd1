package core_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/policy"
)

// TestUserClaims_Check tests which claims tokens may have.
func TestUserClaims_Check(t *testing.T) {
	native := core.NativeTokenFormat("https://gate.example")
	reader := core.TokenFormat{Name: "reader", Issuer: "x", Read: func(c api.Claims) (api.Identity, bool, error) {
		return api.Identity{Subject: c.String("sub"), Roles: []string{c.String("rank")}}, true, nil
	}}
	panics := core.TokenFormat{Name: "panics", Issuer: "x", Read: func(c api.Claims) (api.Identity, bool, error) {
		if c.String("odd") != "" {
			panic("odd")
		}
		return api.Identity{Subject: c.String("sub")}, true, nil
	}}
	for _, c := range []struct {
		format      core.TokenFormat
		claim, from string
		ok          bool
	}{
		{native, "email", "user.email", true},
		{native, "name", "user.display", true},
		{native, "given_name", "user.first_name", true},
		{native, "family_name", "user.last_name", true},
		{native, "https://shop.example/id", "user.id", true},
		{native, "member", "user.subject", true},
		{native, "groups", "user.roles", true},

		// Claims that the engine or the format sets, in every spelling.
		{native, "iss", "user.login", false}, {native, "sub", "user.login", false}, {native, "aud", "user.login", false},
		{native, "exp", "user.id", false}, {native, "nbf", "user.id", false}, {native, "iat", "user.id", false},
		{native, "jti", "user.login", false}, {native, "sid", "user.login", false}, {native, "gen", "user.id", false}, {native, "cnf", "user.login", false},
		{native, "Sub", "user.login", false}, {native, "EXP", "user.id", false},
		{native, "preferred_username", "user.login", false}, {native, "uid", "user.id", false}, {native, "client_id", "user.login", false},

		// Claims that are read for a decision, here or elsewhere.
		{native, "roles", "user.roles", false}, {native, "Roles", "user.roles", false}, {native, "scope", "user.roles", false},
		{reader, "roles", "user.roles", true}, {reader, "rank", "user.login", false}, {panics, "odd", "user.login", false}, {panics, "even", "user.login", true},
		{reader, "roles", "user.display", false}, {reader, "groups", "user.first_name", false}, {reader, "scope", "user.roles", false}, {reader, "permissions", "user.roles", false},
		{reader, "email", "user.display", false}, {reader, "preferred_username", "user.display", false}, {reader, "email_verified", "user.email", false},
		{reader, "role", "user.display", false}, {reader, "role", "user.roles", true}, {reader, "group", "user.nicename", false}, {reader, "upn", "user.display", false},
		{reader, "unique_name", "user.display", false}, {reader, "user_name", "user.display", false}, {reader, "user_name", "user.login", true},
		{reader, "user_id", "user.display", false}, {reader, "oid", "user.login", false}, {reader, "tid", "user.login", false}, {reader, "is_admin", "user.display", false},
		{reader, "https://hasura.io/jwt/claims", "user.display", false}, {reader, "cognito:groups", "user.roles", false}, {reader, "realm_access", "user.display", false},
		{reader, "acr", "user.login", false}, {reader, "act", "user.login", false}, {reader, "data", "user.login", false},

		// Fields and names.
		{native, "x", "user.hash", false}, {native, "x", "user.password", false}, {native, "x", "email", false}, {native, "x", "", false}, {native, "x", "user.gen", false},
		{native, "", "user.email", false}, {native, "a b", "user.email", false}, {native, "é", "user.email", false}, {native, `a"`, "user.email", false},
		{native, strings.Repeat("x", 129), "user.email", false},
	} {
		err := policy.UserClaims{c.claim: c.from}.Check(c.format)
		if (err == nil) != c.ok {
			t.Errorf("%s: {%s: %s}: got %v, want an error: %v", c.format.Name, c.claim, c.from, err, !c.ok)
		}
	}
	if err := (policy.UserClaims{"mail": "user.email", "Mail": "user.email"}).Check(native); err == nil {
		t.Error("two claims that differ in capitals alone are accepted")
	}
	many := policy.UserClaims{}
	for i := range policy.MaxUserClaims + 1 {
		many[fmt.Sprint("c", i)] = "user.email"
	}
	if err := many.Check(native); err == nil {
		t.Errorf("%d claims are accepted", len(many))
	}
}

// TestUserClaims_Of: values are complete or left out, and their total size is bounded.
func TestUserClaims_Of(t *testing.T) {
	claims := policy.UserClaims{"a": "user.display", "b": "user.first_name", "c": "user.id", "d": "user.roles", "e": "user.email", "f": "user.unknown"}
	long := strings.Repeat("x", policy.MaxUserClaimsSize-40)
	for _, c := range []struct {
		name string
		id   api.Identity
		want string
	}{
		{"all", api.Identity{Display: "Anna", FirstName: "A", Number: 7, Roles: []string{"x"}, Email: "a@b.c"}, "[{a Anna} {b A} {c 7} {d [x]} {e a@b.c}]"},
		{"nothing known", api.Identity{}, "[{d []}]"},
		{"not UTF-8", api.Identity{Display: "\xff", Number: 7}, "[{c 7} {d []}]"},
		{"the second is too much", api.Identity{Display: long, FirstName: long, Number: 7}, "[{a " + long + "} {c 7} {d []}]"},
		{"the first is too much", api.Identity{Display: long + long, Number: 7}, "[{c 7} {d []}]"},
	} {
		if got := fmt.Sprint(claims.Of(&c.id)); got != c.want {
			t.Errorf("%s: got %.200s, want %v", c.name, got, c.want)
		}
	}
}

// TestUserClaims_site: a site's tokens have the claims at login and, updated, at a refresh;
// other sites' tokens do not. A policy with a claim that decides is refused.
func TestUserClaims_site(t *testing.T) {
	h := newTestEngine(t, func(c *core.Config) {
		c.Policy.Sites = []core.Site{{Name: "app", Host: "app.example", UserClaims: core.UserClaims{"email": "user.email"}}, {Name: "plain", Host: "plain.example"}}
	})
	for dialect, want := range map[string]string{"app": "alice@example.org", "plain": "", "": ""} {
		g, err := h.Tokens().StartSession(t.Context(), core.BeginRequest{Identity: h.alice.Identity("store"), Dialect: dialect})
		h.must(err)
		if got := g.Access.Claims.String("email"); got != want {
			t.Errorf("at %q: email is %q, want %q", dialect, got, want)
		}
		next, err := h.Tokens().Refresh(t.Context(), core.RefreshRequest{Token: g.Refresh, Dialect: dialect})
		h.must(err)
		if got := next.Access.Claims.String("email"); got != want {
			t.Errorf("refreshed at %q: email is %q, want %q", dialect, got, want)
		}
	}
	bad := h.config.Policy
	bad.Sites = []core.Site{{Name: "app", UserClaims: core.UserClaims{"roles": "user.roles"}}}
	if err := h.Reload(t.Context(), bad); err == nil {
		t.Error("a claim that native tokens are judged by was accepted")
	}
}
