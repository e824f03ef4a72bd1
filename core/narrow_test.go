package core_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/hooks"
)

// bound binds a handler that sets keys of a point's view: as a plugin or expression with
// ("wide") or without ("narrow") the right to widen, or as trusted Go code ("go").
func bound(t *testing.T, point hooks.Point, as string, keys map[string]hooks.Value) {
	t.Helper()
	var opts []hooks.Option
	if as != "go" {
		opts = append(opts, hooks.Narrow(func() bool { return as == "wide" }))
	}
	err := point.BindView("x", func(_ context.Context, v hooks.View) error {
		for key, value := range keys {
			if err := v.Set(key, value); err != nil {
				return err
			}
		}
		return nil
	}, opts...)
	if err != nil {
		t.Fatal(err)
	}
}

const (
	rolesUp    = `["administrator","subscriber"]`
	rolesDown  = `[]`
	rolesSame  = `["subscriber"]`
	rolesOther = `["administrator"]`
)

// TestNarrow: a handler without the right to widen can only remove what later decides.
func TestNarrow(t *testing.T) {
	for _, row := range []struct {
		point, key, value string
		gains             bool // gains an administrator's rights or the scope read, if accepted
	}{
		{"identity-resolved", "user.roles", rolesUp, true},
		{"identity-resolved", "user.roles", rolesOther, true},
		{"identity-resolved", "user.roles", rolesDown, false},
		{"identity-resolved", "user.roles", rolesSame, false},
		{"identity-resolved", "user.scopes", `["read"]`, true},
		{"login-after", "user.roles", rolesUp, true},
		{"login-after", "user.roles", rolesDown, false},
		{"login-after", "user.scopes", `["read"]`, true},
		{"token-claims", "claim.roles", rolesUp, true},
		{"token-claims", "claim.roles", rolesDown, false},
		{"token-claims", "claim.scope", "read", true},
		{"token-claims", "claim.scope", "write  read", true},
		{"token-claims", "claim.role", "administrator", false}, // no format reads this claim
		{"token-claims", "claim.plan", "gold", false},
	} {
		for _, as := range []string{"narrow", "wide", "go"} {
			t.Run(fmt.Sprintf("%s %s=%s %s", row.point, row.key, row.value, as), func(t *testing.T) {
				value := hooks.String(row.value)
				if strings.HasPrefix(row.value, "[") {
					value = hooks.JSON(row.value)
				}
				h := withHooks(t, func(hs *core.Hooks) {
					p, _ := hs.Point(row.point)
					bound(t, p, as, map[string]hooks.Value{row.key: value})
				})
				gained := h.gains("bob")
				if want := row.gains && as != "narrow"; gained != want {
					t.Errorf("more rights: %v, want %v", gained, want)
				}
			})
		}
	}
}

// gains logs the user in and reports whether a restricted path is allowed.
func (h *testEngine) gains(login string) bool {
	id, err := h.Tokens().Login(context.Background(), core.LoginRequest{Login: login, Password: password})
	if err != nil {
		return false
	}
	issued, err := h.Tokens().Issue(context.Background(), core.IssueRequest{Identity: id})
	if err != nil {
		return false
	}
	header := bearer(issued.Text.Reveal())
	return h.decide("/admin/x", header).Outcome == core.Allowed || h.decide("/scoped/x", header).Outcome == core.Allowed
}

// TestNarrow_steps: each handler is compared with the result of the previous one, so
// several together gain no more than one.
func TestNarrow_steps(t *testing.T) {
	h := withHooks(t, func(hs *core.Hooks) {
		for i, value := range []hooks.Value{hooks.String("no list"), hooks.JSON(rolesUp)} {
			err := hs.TokenClaims.BindView(fmt.Sprint(i), func(_ context.Context, v hooks.View) error {
				return v.Set("claim.roles", value)
			}, hooks.Narrow(func() bool { return false }))
			if err != nil {
				t.Fatal(err)
			}
		}
	})
	if h.gains("bob") {
		t.Error("two handlers together added what one must not")
	}
}

// TestNarrow_refresh: a refresh reads the roles again and calls login-after again.
func TestNarrow_refresh(t *testing.T) {
	up := false
	h := withHooks(t, func(hs *core.Hooks) {
		err := hs.LoginAfter.BindView("x", func(_ context.Context, v hooks.View) error {
			if up {
				return v.Set("user.roles", hooks.JSON(rolesUp))
			}
			return nil
		}, hooks.Narrow(func() bool { return false }))
		if err != nil {
			t.Fatal(err)
		}
	})
	id, err := h.Tokens().Login(context.Background(), core.LoginRequest{Login: "bob", Password: password})
	h.must(err)
	g, err := h.Tokens().StartSession(context.Background(), core.BeginRequest{Identity: id})
	h.must(err)
	up = true
	if g, err = h.Tokens().Refresh(context.Background(), core.RefreshRequest{Token: g.Refresh}); err == nil {
		t.Errorf("a refresh gives the roles %v", g.Identity.Roles)
	}
}

// TestRestriction: the restrictions of an API key apply after all hooks, even trusted Go
// code.
func TestRestriction(t *testing.T) {
	for _, as := range []string{"narrow", "wide", "go"} {
		for name, row := range map[string]struct {
			key           core.NewAPIKey
			roles, scopes string
			admin, scoped bool // for a handler that may widen
		}{
			"roles":             {core.NewAPIKey{Roles: []string{"editor"}}, `["administrator","editor"]`, `[]`, false, false},
			"scopes":            {core.NewAPIKey{Scopes: []string{"write"}}, `["editor"]`, `["read","write"]`, false, false},
			"not restricted":    {core.NewAPIKey{}, `["administrator"]`, `["read"]`, true, true},
			"roles, not scopes": {core.NewAPIKey{Roles: []string{"editor"}}, `["administrator"]`, `["read"]`, false, true},
		} {
			h := withHooks(t, func(hs *core.Hooks) {
				bound(t, hs.IdentityResolved, as, map[string]hooks.Value{"user.roles": hooks.JSON(row.roles), "user.scopes": hooks.JSON(row.scopes)})
			})
			row.key.Subject = h.newUser("eve", "editor").Subject
			text, _ := h.apiKey(row.key)
			for target, want := range map[string]bool{"/admin/x": row.admin, "/scoped/x": row.scoped} {
				if got := h.decide(target, keyHeader(text)).Outcome == core.Allowed; got != (want && as != "narrow") {
					t.Errorf("%s, %s: %s passes: %v, want %v", name, as, target, got, want && as != "narrow")
				}
			}
		}
	}
}

// TestIssue_hooksChangeNoClient: hooks cannot change the client, which revocation uses.
func TestIssue_hooksChangeNoClient(t *testing.T) {
	for name, change := range map[string]func(api.Claims) api.Claims{
		"another": func(c api.Claims) api.Claims { return c.With("client_id", "other") },
		"none":    func(c api.Claims) api.Claims { return c.Without("client_id") },
	} {
		h := withHooks(t, claimsHook(change))
		id := h.alice.Identity("")
		id.Client = "app"
		if _, err := h.Tokens().Issue(context.Background(), core.IssueRequest{Identity: id}); err == nil {
			t.Errorf("%s: a token was issued", name)
		}
	}
}

// TestRefusedRoles_dropped: a user with a refused role stays refused if a hook removes it.
func TestRefusedRoles_dropped(t *testing.T) {
	h := newTestEngine(t, func(c *core.Config) {
		c.Policy.Hooks = core.NewHooks()
		bound(t, c.Policy.Hooks.LoginAfter, "narrow", map[string]hooks.Value{"user.roles": hooks.JSON(rolesDown)})
		bound(t, c.Policy.Hooks.IdentityResolved, "narrow", map[string]hooks.Value{"user.roles": hooks.JSON(rolesDown)})
		c.Policy.Tokens.RefuseRoles = []string{"subscriber"}
		c.Policy.Methods[0].RefuseRoles = []string{"subscriber"}
	})
	if _, err := h.Tokens().Login(context.Background(), core.LoginRequest{Login: "bob", Password: password}); api.ReasonOf(err) != api.ReasonRoleRefused {
		t.Errorf("login: got %v, want reason %q", err, api.ReasonRoleRefused)
	}
	h.refused("basic", basicHeader("bob", password), api.ReasonRoleRefused)
}
