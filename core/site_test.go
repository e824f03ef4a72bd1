package core_test

import (
	"context"
	"slices"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// TestSite_refusesLater: after a role becomes refused, its tokens are refused, also by
// Verify, and refreshes fail.
func TestSite_refusesLater(t *testing.T) {
	for name, c := range map[string]struct {
		change         func(*core.Policy)
		verify, access string // the reason of the refusal, "" is none
	}{
		"tokens":      {func(p *core.Policy) { p.Sites = []core.Site{{RefuseToken: []string{"subscriber"}}} }, api.ReasonRoleRefused, api.ReasonRoleRefused},
		"logins":      {func(p *core.Policy) { p.Sites = []core.Site{{RefuseLogin: []string{"subscriber"}}} }, "", ""},
		"every login": {func(p *core.Policy) { p.Tokens.RefuseRoles = []string{"subscriber"} }, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			ctx := context.Background()
			h := newTestEngine(t, nil)
			held := h.begin()
			p := h.config.Policy
			c.change(&p)
			h.must(h.Reload(ctx, p))
			if _, err := h.Verify(ctx, core.VerifyRequest{Token: held.Access.Text.Reveal()}); api.ReasonOf(err) != c.verify {
				t.Errorf("verify: %v, want %q", err, c.verify)
			}
			if d := h.decide("/api/x", bearer(held.Access.Text.Reveal())); (d.Outcome == core.Allowed) != (c.access == "") || c.access != "" && d.Err.Reason != c.access {
				t.Errorf("access: %v, want %q", d.Err, c.access)
			}
			if _, err := h.refresh(held.Refresh); api.ReasonOf(err) != api.ReasonRoleRefused {
				t.Errorf("refresh: got %v, want reason %q", err, api.ReasonRoleRefused)
			}
			if _, err := h.Tokens().StartSession(ctx, core.BeginRequest{Identity: held.Identity}); api.ReasonOf(err) != api.ReasonRoleRefused {
				t.Errorf("another session: got %v, want reason %q", err, api.ReasonRoleRefused)
			}
			if _, err := h.Tokens().Issue(ctx, core.IssueRequest{Identity: held.Identity}); api.ReasonOf(err) != api.ReasonRoleRefused {
				t.Errorf("another token: got %v, want reason %q", err, api.ReasonRoleRefused)
			}
		})
	}
}

// TestSite_narrowedLater: after a reload a credential is refused where it no longer counts,
// even if it is cached, and a session does not become one of a user in another directory.
func TestSite_narrowedLater(t *testing.T) {
	ctx := context.Background()
	elsewhere := []core.Place{{Host: "other.example"}}
	bob := func(w *testSites) api.Header { return bearer(w.token("bob")) }
	basic := func(*testSites) api.Header { return basicHeader("bob", password) }
	key := func(w *testSites) api.Header {
		text, _ := w.apiKey(core.NewAPIKey{Subject: w.bob.Subject})
		return keyHeader(text)
	}
	shop := shopToken("shop")
	session := func(w *testSites) api.Header {
		pair, err := w.Tokens().StartSession(ctx, core.BeginRequest{Identity: w.shopLogin(), TokenFormat: "shop", Dialect: "shop"})
		w.must(err)
		return bearer(pair.Access.Text.Reveal())
	}
	forum := func(w *testSites) api.Header {
		text, err := w.login("forum", "eve", "forum pass")
		w.must(err)
		return bearer(text)
	}
	for name, c := range map[string]struct {
		target string
		header func(*testSites) api.Header
		change func(*core.Policy)
		reason string
	}{
		"tokens elsewhere":               {"/any/x", bob, func(p *core.Policy) { p.Tokens.Places = elsewhere }, api.ReasonTokenSite},
		"passwords elsewhere":            {"/any/x", basic, func(p *core.Policy) { p.Methods[0].Places = elsewhere }, api.ReasonBadCredential},
		"API keys elsewhere":             {"/any/x", key, func(p *core.Policy) { p.Methods[1].Places = elsewhere }, api.ReasonBadCredential},
		"the method of tokens elsewhere": {"/any/x", bob, func(p *core.Policy) { p.Methods[2].Places = elsewhere }, api.ReasonBadCredential},
		"a role of passwords":            {"/any/x", basic, func(p *core.Policy) { p.Methods[0].RefuseRoles = []string{"subscriber"} }, api.ReasonRoleRefused},
		"a role of API keys":             {"/any/x", key, func(p *core.Policy) { p.Methods[1].RefuseRoles = []string{"subscriber"} }, api.ReasonRoleRefused},
		"a role of the site's passwords": {"/any/x", basic, func(p *core.Policy) {
			p.Sites = append(p.Sites, core.Site{Name: "any", Prefix: "/any", RefuseBasic: []string{"subscriber"}})
		}, api.ReasonRoleRefused},
		"a role of the site's tokens": {"/shop/x", shop, func(p *core.Policy) { p.Sites[1].RefuseToken = []string{"administrator"} }, api.ReasonRoleRefused},
		"the site's hosts":            {"/shop/x", shop, func(p *core.Policy) { p.Sites[1].Host = "shop.example" }, api.ReasonTokenSite},
		"the site's directory":        {"/shop/x", session, func(p *core.Policy) { p.Sites[1].Directory, p.Rules[1].Directory = "forum", "" }, api.ReasonTokenSubject},
		"the rule's directory":        {"/any/x", bob, func(p *core.Policy) { p.Rules[5].Directory = "forum" }, api.ReasonNotAUser},
		"what the site accepts":       {"/shop/window/x", forum, func(p *core.Policy) { p.Sites[1].AcceptsFrom = nil }, api.ReasonTokenSite},
		"what the rule accepts":       {"/any/x", forum, func(p *core.Policy) { p.Rules[5].AcceptsFrom = nil }, api.ReasonTokenSite},
	} {
		t.Run(name, func(t *testing.T) {
			w := newTestSites(t, func(c *core.Config) {
				c.Policy.Sites[1].AcceptsFrom, c.Policy.Rules[5].AcceptsFrom = []string{"forum"}, []string{"forum"}
				c.Policy.Rules[3].Directory, c.Policy.Rules[3].Access = "", route.Required
			})
			header := c.header(w)
			for range 2 {
				if d := w.decide(c.target, header); d.Outcome != core.Allowed {
					t.Fatalf("before: got %v, want allowed", d.Err)
				}
			}
			narrowed := w.config.Policy.Clone()
			c.change(&narrowed)
			w.must(w.Reload(ctx, narrowed))
			if d := w.decide(c.target, header); d.Outcome == core.Allowed || d.Err.Reason != c.reason {
				t.Errorf("got %v as %s, %v; want a refusal for %s", d.Outcome, d.Identity.Subject, d.Err, c.reason)
			}
			w.must(w.Reload(ctx, w.config.Policy))
			if d := w.decide(c.target, header); d.Outcome != core.Allowed {
				t.Errorf("afterwards: got %v, want allowed", d.Err)
			}
		})
	}
}

// TestSite_hookedRoles: the roles after the hooks decide.
func TestSite_hookedRoles(t *testing.T) {
	h := newTestEngine(t, func(c *core.Config) {
		c.Policy.Sites = []core.Site{{RefuseToken: []string{"banned"}, Prefix: "/api", TokenFormat: "other"}}
		c.Policy.Hooks = core.NewHooks()
		c.Policy.Hooks.IdentityResolved.Bind("ban", func(_ context.Context, r core.Resolved) (core.Resolved, error) {
			r.Identity.Roles = append(slices.Clone(r.Identity.Roles), "banned")
			return r, nil
		})
	})
	token := bearer(h.token("alice"))
	h.refused("/api/x", token, api.ReasonRoleRefused)
	if d := h.decide("/admin/x", token); d.Outcome != core.Allowed {
		t.Errorf("beside the site: got %v, want allowed", d.Err)
	}
}

// TestSite_apiKeys: the lists for logins, tokens and Basic do not apply to API keys.
func TestSite_apiKeys(t *testing.T) {
	all := []string{"administrator", "editor"}
	h := newTestEngine(t, func(c *core.Config) {
		c.Policy.Sites = []core.Site{{RefuseLogin: all, RefuseBasic: all, RefuseToken: all}}
	})
	key, _ := h.apiKey(core.NewAPIKey{Subject: h.alice.Subject})
	h.passes("/api/x", api.Header{"X-Api-Key": {key}}, "alice")
}

func TestReload_badSite(t *testing.T) {
	h := newTestEngine(t, nil)
	for _, s := range []core.Site{
		{Prefix: "blog"}, {Prefix: "/blog/"}, {Host: "a b"}, {Aliases: []string{"x"}}, {Host: "x", Aliases: []string{""}},
		{Host: "x", Aliases: []string{"a b"}},
		{Header: route.HeaderSpec{Name: "Cookie"}}, {Header: route.HeaderSpec{RefuseStandard: true}},
	} {
		p := h.config.Policy
		p.Sites = []core.Site{s}
		if err := h.Reload(context.Background(), p); err == nil {
			t.Errorf("%+v is accepted", s)
		}
	}
}

// TestSite_anyCase: a site's refused roles apply in whatever case its path is written,
// since the upstream may ignore case.
func TestSite_anyCase(t *testing.T) {
	h := newTestEngine(t, func(c *core.Config) {
		c.Policy.Sites = []core.Site{{Name: "blog", Prefix: "/api", RefuseBasic: []string{"subscriber"}}}
		c.Policy.Rules = []route.Rule{{Name: "all", Path: "/**"}}
	})
	for _, path := range []string{"/api/x", "/API/x", "/Api"} {
		if d := h.decide(path, basicHeader("bob", password)); d.Outcome == core.Allowed || d.Err.Reason != api.ReasonRoleRefused {
			t.Errorf("%s: got %v (%v), want reason %q", path, d.Outcome, d.Err, api.ReasonRoleRefused)
		}
	}
	p := h.config.Policy
	p.Sites = []core.Site{{Name: "blog", Prefix: "/api", Header: route.HeaderSpec{Name: "X-Blog", RefuseStandard: true}}}
	h.must(h.Reload(context.Background(), p))
	for _, path := range []string{"/api/x", "/API/x"} {
		if d := h.decide(path, bearer(h.token("alice"))); d.Outcome == core.Allowed {
			t.Errorf("%s: the standard header is taken", path)
		}
	}
}

// TestMethod_places: outside its places a method is not called.
func TestMethod_places(t *testing.T) {
	h := newTestEngine(t, func(c *core.Config) { c.Policy.Methods[0].Places = []core.Place{{Host: "other.example"}} })
	for _, text := range []string{password, "wrong"} {
		d := h.decide("/api/x", basicHeader("alice", text))
		if d.Outcome == core.Allowed || d.Err.Public != "credentials of this kind are not accepted here" {
			t.Errorf("%q: got %v, want that the kind of credential is not accepted", text, d.Err)
		}
	}
}
