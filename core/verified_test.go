package core_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/hooks"
)

// TestVerify_named: if a site's token has several claims for its user, they must agree.
func TestVerify_named(t *testing.T) {
	for name, c := range map[string]struct {
		read   api.Identity
		passes bool
	}{
		"number":                  {api.Identity{Number: 2}, true},
		"number and login":        {api.Identity{Number: 2, Login: "BOB"}, true},
		"number, another's login": {api.Identity{Number: 2, Login: "alice"}, false},
		"subject":                 {api.Identity{Subject: "u_bob"}, true},
		"subject, another login":  {api.Identity{Subject: "u_bob", Login: "alice"}, false},
		"unknown number":          {api.Identity{Number: 99}, false},
		"no number":               {api.Identity{}, false},
		"negative number":         {api.Identity{Number: -2}, false},
		"unknown subject":         {api.Identity{Subject: "u_nobody"}, false},
	} {
		h := laid(t, func(l *core.TokenFormat) {
			l.Read = func(api.Claims) (api.Identity, bool, error) { return c.read, false, nil }
		})
		if c.read.Number == 2 && h.bob.Number != 2 {
			t.Fatalf("bob has number %d", h.bob.Number)
		}
		d := h.decide("/api/x", bearer(h.siteToken("bob")))
		if (d.Outcome == core.Allowed) != c.passes || c.passes && d.Identity.Subject != "u_bob" {
			t.Errorf("%s: %v as %q (%v)", name, d.Outcome, d.Identity.Subject, d.Err)
		}
		if d.Err != nil && d.Err.Code != api.Unauthenticated {
			t.Errorf("%s: got %v, want code %s", name, d.Err, api.Unauthenticated)
		}
	}
}

// TestVerify_withoutID: a token without jti is identified by its digest and can be revoked.
func TestVerify_withoutID(t *testing.T) {
	h := newSite(t, nil)
	first, second := h.siteToken("bob"), h.siteToken("alice")
	id, err := h.Verify(t.Context(), core.VerifyRequest{Token: first})
	if h.must(err); len(id.Proof.TokenID) != 64 {
		t.Errorf("it is named %q", id.Proof.TokenID)
	}
	h.must(h.Tokens().RevokeToken(t.Context(), api.Secret(first)))
	h.refused("the revoked one", bearer(first), api.ReasonTokenRevoked)
	h.passes("the other", bearer(second), "alice")
	if _, err := h.Verify(t.Context(), core.VerifyRequest{Token: first, TokenFormat: "none"}); api.CodeOf(err) != api.Internal {
		t.Errorf("of an unknown token format: got %v, want code %s", err, api.Internal)
	}
}

// TestRead_upstream: Policy.Read gets the upstream of the rule for the request line, in
// Decide and in Authenticate, or "" if there is none.
func TestRead_upstream(t *testing.T) {
	var seen []string
	h := newTestEngine(t, func(c *core.Config) {
		c.Policy.Rules = []route.Rule{{Name: "a", Path: "/a/**", Upstream: "main"}, {Name: "b", Path: "/b/**", Upstream: "other"}}
		c.Policy.Read = func(upstream, _, _, _ string) (route.Reading, error) {
			seen = append(seen, upstream)
			return route.Reading{}, nil
		}
	})
	header := bearer(h.token("bob"))
	for target, want := range map[string]string{"/a/x": "main", "/b/x": "other", "/c": ""} {
		for what, ask := range map[string]func(){
			"decide":   func() { h.decide(target, header) },
			"endpoint": func() { h.Authenticate(context.Background(), at(target, header)) },
			"verify": func() {
				h.Verify(context.Background(), core.VerifyRequest{Token: header.Get("Authorization")[7:], Attempt: at(target, nil)})
			},
		} {
			seen = nil
			if ask(); len(seen) == 0 || slices.ContainsFunc(seen, func(s string) bool { return s != want }) {
				t.Errorf("%s at %s: asked about %q, want %q", what, target, seen, want)
			}
		}
	}
}

// TestWidens: a change that would add a role or scope is reported before it is set, at the
// points where handlers may be narrow.
func TestWidens(t *testing.T) {
	for _, c := range []struct {
		point, key string
		value      hooks.Value
		widens     bool
	}{
		{"identity-resolved", "user.roles", hooks.JSON(rolesUp), true},
		{"identity-resolved", "user.roles", hooks.JSON(rolesDown), false},
		{"identity-resolved", "user.scopes", hooks.JSON(`["read"]`), true},
		{"identity-resolved", "user.roles", hooks.JSON("no list"), false}, // refused when it is set
		{"identity-resolved", "user.login", hooks.String("root"), false},
		{"login-after", "user.roles", hooks.JSON(rolesUp), true},
		{"session-limit", "end", hooks.JSON(rolesUp), false},
	} {
		p, _ := core.NewHooks().Point(c.point)
		asked := false
		err := p.BindView("x", func(ctx context.Context, v hooks.View) error {
			w, ok := v.(hooks.Widener)
			if asked = ok; ok && w.Widens(ctx, c.key, c.value) != c.widens {
				t.Errorf("%+v: widens %v", c, !c.widens)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, run := sample(p); run() != nil || !asked {
			t.Errorf("%+v was not asked", c)
		}
	}
}

// TestTokenResponse_protected: a Go function cannot change, remove or add protected members
// of a response.
func TestTokenResponse_protected(t *testing.T) {
	h := withHooks(t, func(hs *core.Hooks) {
		hs.TokenResponse.Bind("x", func(_ context.Context, r core.TokenResponse) (core.TokenResponse, error) {
			r.Fields = r.Fields.Without("token").With("refresh", "forged").With("extra", "yes")
			return r, nil
		})
	})
	r, err := h.Tokens().TokenResponse(t.Context(), core.TokenResponse{Fields: api.NewClaims(api.Claim{Name: "token", Value: "real"})}, "token", "refresh")
	if got := fmt.Sprint(r.Fields.String("token"), r.Fields.String("refresh"), r.Fields.String("extra")); err != nil || got != "realyes" {
		t.Errorf("got %q, %v; want \"realyes\"", got, err)
	}
	for name, c := range map[string]change{
		"set": set("response.token", hooks.String("forged")), "set another": set("response.refresh", hooks.String("forged")), "delete": remove("response.token"),
	} {
		h := withHooks(t, func(hs *core.Hooks) {
			err := hs.TokenResponse.BindView("x", func(_ context.Context, v hooks.View) error { return c(v) })
			if err != nil {
				t.Fatal(err)
			}
		})
		_, err := h.Tokens().TokenResponse(t.Context(), core.TokenResponse{Fields: api.NewClaims(api.Claim{Name: "token", Value: "real"})}, "token", "refresh")
		if api.ReasonOf(err) != api.ReasonHookFailed {
			t.Errorf("%s by a keyed handler: got %v, want reason %q", name, err, api.ReasonHookFailed)
		}
	}
}

// TestLogoutAll_pages: all API keys of a user are revoked, however many there are.
func TestLogoutAll_pages(t *testing.T) {
	f := newFaulty(t)
	const many = 1001
	for i := range many {
		f.must(f.store.CreateAPIKey(t.Context(), api.APIKey{ID: fmt.Sprintf("k%05d", i), Subject: "u_bob", Created: f.clock.Now(), Digest: [32]byte{byte(i), byte(i >> 8)}}))
	}
	f.must(f.Tokens().LogoutAll(t.Context(), "u_bob", "x", "op"))
	for _, id := range []string{"k00000", "k00999", "k01000"} {
		if key, err := f.store.APIKey(t.Context(), id); err != nil || key.Revoked.IsZero() {
			t.Errorf("%s is still valid: %v", id, err)
		}
	}
}

// TestVerify_place: a token is refused if the place of its use is unknown or it does not
// count there.
func TestVerify_place(t *testing.T) {
	w := newTestSites(t, nil)
	text, err := w.login("shop", "root", "shop pass")
	w.must(err)
	for _, c := range []struct {
		host, path string
		passes     bool
	}{
		{"example.org", "/shop/x", true}, {"example.org", "/SHOP/x", false}, {"example.org", "/shopping", false}, {"example.org", "/forum/x", false},
		{"a b", "/shop/x", false}, {"", "/shop/x", true},
	} {
		a := at(c.path, bearer(text))
		a.Host = c.host
		if _, err := w.Verify(t.Context(), core.VerifyRequest{Token: text, Attempt: a}); (err == nil) != c.passes {
			t.Errorf("asked about at %q %s: %v", c.host, c.path, err)
		}
		if d := w.Authenticate(t.Context(), a); (d.Outcome == core.Allowed) != c.passes {
			t.Errorf("shown at %q %s: %v", c.host, c.path, d.Err)
		}
		if _, err := w.CredentialHeader(t.Context(), route.HeaderSpec{Name: "X-Token"}, a); (err == nil) != (c.host != "a b") {
			t.Errorf("the header at %q: %v", c.host, err)
		}
	}
}
