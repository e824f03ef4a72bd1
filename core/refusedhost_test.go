package core_test

import (
	"context"
	"errors"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/core/store/memory"
	"github.com/cardea-auth/cardea/core/store/storetest"
)

// TestHost_unreadable: everything that depends on the host is refused if it is invalid, and
// no hook is called with an empty one.
func TestHost_unreadable(t *testing.T) {
	ctx := context.Background()
	const bad = "no host"
	h := withHooks(t, func(hs *core.Hooks) {
		hs.LoginBefore.Bind("x", func(_ context.Context, v core.LoginAttempt) (core.LoginAttempt, error) { return v, nil })
		hs.AuthIssuer.Bind("x", func(_ context.Context, v core.Issuer) (core.Issuer, error) { return v, nil })
	})
	g, err := h.Tokens().StartSession(ctx, core.BeginRequest{Identity: h.bob.Identity("store"), Host: "good.example"})
	h.must(err)
	for what, ask := range map[string]func(host string) error{
		"Login": func(host string) error {
			_, err := h.Tokens().Login(ctx, core.LoginRequest{Login: "bob", Password: password, Host: host})
			return err
		},
		"Issue": func(host string) error {
			_, err := h.Tokens().Issue(ctx, core.IssueRequest{Identity: h.bob.Identity("store"), Host: host})
			return err
		},
		"Presented": func(host string) error {
			_, _, err := h.Tokens().PeekRefresh(ctx, core.RefreshRequest{Token: g.Refresh, Host: host})
			return err
		},
		"Renew": func(host string) error {
			_, err := h.Tokens().ReissueAccess(ctx, core.RefreshRequest{Token: g.Refresh, Host: host})
			return err
		},
		"Decide": func(host string) error {
			a := get("/api/x", bearer(g.Access.Text.Reveal()))
			a.Host = host
			return errorOf(h.Decide(ctx, a))
		},
		"Verify": func(host string) error {
			a := at("/api/x", nil)
			a.Host = host
			_, err := h.Verify(ctx, core.VerifyRequest{Token: g.Access.Text.Reveal(), Attempt: a})
			return err
		},
	} {
		if err := ask("good.example"); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		if err := ask(bad); api.CodeOf(err) != api.Invalid {
			t.Errorf("%s at a host that is none: %v", what, err)
		}
	}
}

// TestHeader_twoReadings: a request is refused if two ways to read it take credentials from
// different headers; rules that take none do not matter.
func TestHeader_twoReadings(t *testing.T) {
	own := func(name string) route.HeaderSpec { return route.HeaderSpec{Name: name, RefuseStandard: true} }
	h := newTestEngine(t, func(c *core.Config) {
		c.Policy.Rules = []route.Rule{
			{Name: "a", Path: "/a", Header: own("X-A")}, {Name: "b", Path: "/b", Header: own("X-B")}, {Name: "a too", Path: "/a2", Header: own("X-A")},
			{Name: "standard", Path: "/standard"}, {Name: "open", Path: "/open", Access: route.Public, Header: own("X-C")},
		}
		c.Policy.Read = readsNames
	})
	text := h.token("bob")
	for query, want := range map[string]string{ // header that carries it; "": refused
		"a": "X-A", "a&a": "X-A", "a&a2": "X-A", "a&standard": "X-A", "standard&a": "X-A", "standard": "Authorization",
		"a&open": "X-A", "open&a": "X-A", "standard&open": "Authorization", "a&b": "", "b&a": "", "standard&a&b": "", "a&standard&b": "",
	} {
		for _, name := range []string{"X-A", "X-B", "X-C", "Authorization"} {
			value := text
			if name == "Authorization" {
				value = "Bearer " + text
			}
			d := h.decide("/x?"+query, api.Header{name: {value}})
			if (d.Outcome == core.Allowed) != (name == want) {
				t.Errorf("%s by %s: %v", query, name, errorOf(d))
			}
			if want == "" && errorOf(d) != nil && api.ReasonOf(errorOf(d)) != api.ReasonBadPath {
				t.Errorf("%s by %s: %v, want it refused for what it is", query, name, errorOf(d))
			}
		}
	}
}

// TestHeader_twoReadingsAlone tests the same with a custom header in every rule.
func TestHeader_twoReadingsAlone(t *testing.T) {
	h := newTestEngine(t, func(c *core.Config) {
		c.Policy.Rules, c.Policy.Read = nil, readsNames
		for _, name := range []string{"a", "b"} {
			own := route.HeaderSpec{Name: "X-" + name, RefuseStandard: true}
			c.Policy.Rules = append(c.Policy.Rules, route.Rule{Name: name, Path: "/" + name, Header: own})
		}
	})
	text := h.token("bob")
	for query, reason := range map[string]string{"a": "", "a&a": "", "a&b": api.ReasonBadPath} {
		if err := errorOf(h.decide("/x?"+query, api.Header{"X-A": {text}})); api.ReasonOf(err) != reason {
			t.Errorf("%s: got %v, want reason %q", query, err, reason)
		}
	}
}

// TestCheckMethods_again: a method named several times counts once.
func TestCheckMethods_again(t *testing.T) {
	h := newTestEngine(t, nil)
	a := get("/api/x", bearer(h.token("bob")))
	d := h.Decide(t.Context(), a)
	for _, methods := range [][]string{nil, {"GET", "GET", "GET", "GET", "GET", "GET"}, {"PUT", "GET", "PUT", "GET", "PUT", "GET"}, {"A", "B", "C", "D"}} {
		if err := h.CheckMethods(t.Context(), a, d, methods); err != nil {
			t.Errorf("%v: CheckMethods: %v", methods, err)
		}
	}
	if err := h.CheckMethods(t.Context(), a, d, []string{"A", "B", "C", "D", "E"}); api.ReasonOf(err) != api.ReasonMethodOverride {
		t.Errorf("five: got %v, want reason %q", err, api.ReasonMethodOverride)
	}
}

// TestFaults_logged: the cause of a refusal, or of a change that takes effect late, is
// logged.
func TestFaults_logged(t *testing.T) {
	h := withMethod(t, &plain{"mine", answers(api.Identity{}, errors.New("disk on fire"))})
	if d := h.Authenticate(t.Context(), at("/api/x", bearer("x"))); d.Outcome == core.Allowed {
		t.Error("it passes")
	}
	h.logged("disk on fire")
	s := &storetest.Failing{Store: memory.New()}
	h = newTestEngine(t, func(c *core.Config) { c.Store = s })
	s.Before = func(method string) error {
		if method == "RevocationsSince" {
			return errors.New("disk full")
		}
		return nil
	}
	h.must(h.accounts.SetPassword(t.Context(), h.bob.Subject, "another horse", "op"))
	h.logged("takes effect at the next poll")
	s.Before = nil
}

// TestCustomHeader_twoReadings: a custom-header hook must choose the same header for each
// way to read a request.
func TestCustomHeader_twoReadings(t *testing.T) {
	h := newTestEngine(t, func(c *core.Config) {
		c.Policy.Rules, c.Policy.Read = []route.Rule{{Name: "all", Path: "/**"}}, readsNames
		c.Policy.Hooks = core.NewHooks()
		c.Policy.Hooks.CustomHeader.Bind("by path", func(_ context.Context, v core.CredentialHeader) (core.CredentialHeader, error) {
			if v.Attempt.Path == "/a" {
				v.Name = "X-A"
			}
			return v, nil
		})
	})
	text := h.token("bob")
	for query, want := range map[string]bool{"a": true, "a&a": true, "a&b": false, "b&a": false} {
		if d := h.decide("/x?"+query, api.Header{"X-A": {text}}); (d.Outcome == core.Allowed) != want {
			t.Errorf("%s: decide: got %v, want allowed: %v", query, errorOf(d), want)
		} else if !want && api.ReasonOf(errorOf(d)) != api.ReasonBadPath {
			t.Errorf("%s: got %v, want reason %q", query, errorOf(d), api.ReasonBadPath)
		}
	}
}

// TestKeys_ofOurs tests which formats have their own secret and which keys are revoked.
func TestKeys_ofOurs(t *testing.T) {
	h := newSite(t, func(c *core.Config) {
		external := siteFormat(t)
		external.Name = "issuer:x"
		external.Verifying = func(context.Context, string, string) ([]api.Key, error) { return nil, nil }
		bare := siteFormat(t)
		bare.Name, bare.Keys = "bare", nil
		c.Policy.TokenFormats = append(c.Policy.TokenFormats, external, bare)
	})
	if got := h.Admin().OwnSecrets(); len(got) != 1 || got[0] != (core.OwnSecret{TokenFormat: "site", Algorithm: siteKey(t).Algorithm}) {
		t.Errorf("OwnSecrets() = %+v, want that of site alone", got)
	}
	if got := h.Admin().RevokedKeys(); len(got) != 0 {
		t.Errorf("revoked: RevokedKeys() = %v, want 0 entries", got)
	}
	active := h.Keys().Active().ID
	h.must(h.Tokens().Revoke(t.Context(), api.Revocation{Kind: api.RevokeKey, Key: "another"}))
	h.must(h.Tokens().Revoke(t.Context(), api.Revocation{Kind: api.RevokeKey, Key: active}))
	if got := h.Admin().RevokedKeys(); len(got) != 1 || got[0] != active {
		t.Errorf("revoked: %v, want %s", got, active)
	}
}
