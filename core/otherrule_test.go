package core_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// TestCheckTrimmed_otherRule: a path that a server could take for another one is decided by
// the rule, the site and the hooks of that one. Each row is something by which a request
// to /team is decided in another way, although both rules require the same of a user.
func TestCheckTrimmed_otherRule(t *testing.T) {
	type rules struct{ team, rest route.Rule }
	hook := func(bind func(*core.Hooks)) func(*core.Config, *rules) {
		return func(c *core.Config, _ *rules) { bind(c.Policy.Hooks) }
	}
	basic := func(*testSites) api.Header { return basicHeader("root", "shop pass") }
	token := func(w *testSites) api.Header {
		text, err := w.login("shop", "root", "shop pass")
		if err != nil {
			t.Fatal(err)
		}
		return bearer(text)
	}
	nobody := func(*testSites) api.Header { return nil }
	for _, row := range []struct {
		name   string
		as     func(*testSites) api.Header
		change func(*core.Config, *rules)
	}{
		{"route-access that goes by the rule", token, hook(func(h *core.Hooks) {
			h.RouteAccess.Bind("x", func(_ context.Context, v core.Access) (core.Access, error) {
				if v.Rule == "team" {
					return v, core.Deny("", "no")
				}
				return v, nil
			})
		})},
		{"route-exclusion that goes by the rule", nobody, func(c *core.Config, r *rules) {
			r.team.Access, r.rest.Access = route.Public, route.Public
			c.Policy.Hooks.RouteExclusion.Bind("x", func(_ context.Context, v core.Exclusion) (core.Exclusion, error) {
				v.Public = v.Public && v.Rule != "team"
				return v, nil
			})
		}},
		{"custom-header that goes by the rule", token, hook(func(h *core.Hooks) {
			h.CustomHeader.Bind("x", func(_ context.Context, v core.CredentialHeader) (core.CredentialHeader, error) {
				if v.Rule == "team" {
					v.Name, v.RefuseStandard = "X-Team", true
				}
				return v, nil
			})
		})},
		{"the header of the rule", token, func(_ *core.Config, r *rules) {
			r.team.Access, r.rest.Access = route.Optional, route.Optional
			r.team.Header = route.HeaderSpec{Name: "X-Team", RefuseStandard: true}
		}},
		{"a header that the application gets", token, func(_ *core.Config, r *rules) {
			r.team.Access, r.rest.Access = route.Optional, route.Optional
			r.team.PassAuthorization = true
		}},
		{"a credential that the application does not get", token, func(_ *core.Config, r *rules) { r.rest.ForwardCredential = true }},
		{"tokens of another site", token, func(c *core.Config, r *rules) {
			r.team.Access, r.rest.Access = route.Optional, route.Optional
			r.rest.AcceptsFrom = []string{"shop"}
			c.Policy.Sites = []core.Site{
				{Name: "shop", TokenFormat: "shop", Directory: "shop", Host: "shop.test"}, {Name: "forum", TokenFormat: "forum", Directory: "shop"},
			}
		}},
		{"a second factor at the site", basic, hook(func(h *core.Hooks) {
			h.LoginBefore.Bind("2fa", func(_ context.Context, v core.LoginAttempt) (core.LoginAttempt, error) {
				if v.Dialect == "team" {
					v.Challenge = &core.Challenge{Kind: "otp"}
				}
				return v, nil
			})
		})},
		{"a role less at the site", basic, hook(func(h *core.Hooks) {
			h.LoginAfter.Bind("drop", func(_ context.Context, v core.LoginResult) (core.LoginResult, error) {
				if v.Dialect == "team" {
					v.Identity.Roles = without("administrator", v.Identity.Roles)
				}
				return v, nil
			})
		})},
		{"a role less at the site, by token", token, hook(func(h *core.Hooks) {
			h.LoginAfter.Bind("drop", func(_ context.Context, v core.LoginResult) (core.LoginResult, error) {
				if v.Dialect == "team" {
					v.Identity.Roles = without("administrator", v.Identity.Roles)
				}
				return v, nil
			})
		})},
	} {
		w := newTestSites(t, func(c *core.Config) {
			r := rules{route.Rule{Name: "team", Path: "/team/**"}, route.Rule{Name: "rest", Path: "/**"}}
			c.Policy.Hooks, c.Policy.Scripts = core.NewHooks(), []string{"php"}
			c.Policy.Sites = []core.Site{
				{Name: "shop", TokenFormat: "shop", Directory: "shop"}, {Name: "team", Directory: "shop", Prefix: "/team", AcceptsFrom: []string{"shop"}},
			}
			row.change(c, &r)
			c.Policy.Rules = []route.Rule{r.team, r.rest}
		})
		header := row.as(w)
		for target, want := range map[string]bool{
			"/mine/x": true, "/mine./x": true, "/mine%20/x": true, "/index.php/mine/x": true, "/team.": false,
			"/team./x": false, "/team%20/x": false, "/index.php/team/x": false, "/a/x.php/team/x": false, "/team./": false,
		} {
			a := get(target, header)
			d := w.Decide(t.Context(), a)
			err := errorOf(d)
			if err == nil {
				err = w.CheckTrimmed(t.Context(), a, d)
			}
			if (err == nil) != want {
				t.Errorf("%s: GET %s as %q: %v; want it to pass: %v", row.name, target, d.Identity.Login, err, want)
			}
		}
	}
}

// TestForbids_decides draws pairs of rules: if a request with a good credential, or none,
// is allowed by one rule and refused by the other, the other forbids it. The gateway looks
// for a second path or method in a request only where a rule forbids it.
func TestForbids_decides(t *testing.T) {
	random := rand.New(rand.NewPCG(10, 13))
	some := func(list ...string) (out []string) {
		for _, s := range list {
			if random.IntN(2) == 0 {
				out = append(out, s)
			}
		}
		return out
	}
	draw := func(name string) route.Rule {
		r := route.Rule{Name: name, Path: "/" + name, Access: []route.Access{route.Public, route.Optional, route.Required}[random.IntN(3)]}
		r.AcceptsFrom = some("shop", "forum")
		if random.IntN(3) == 0 {
			r.Directory = []string{"shop", "forum"}[random.IntN(2)]
		}
		if random.IntN(3) == 0 {
			r.Header = route.HeaderSpec{Name: "X-Team", RefuseStandard: random.IntN(2) == 0}
		}
		if r.Access == route.Required {
			r.Roles, r.Scopes = some("administrator", "subscriber"), some("orders")
		}
		return r
	}
	var rules []route.Rule
	for i := range 60 {
		rules = append(rules, draw(fmt.Sprint("r", i)))
	}
	w := newTestSites(t, func(c *core.Config) {
		c.Policy.Sites = []core.Site{
			{Name: "shop", TokenFormat: "shop", Directory: "shop", Host: "shop.test"}, {Name: "forum", TokenFormat: "forum", Directory: "forum", Host: "forum.test"},
		}
		c.Policy.Rules = rules
	})
	shop, err := w.login("shop", "root", "shop pass")
	if err != nil {
		t.Fatal(err)
	}
	key, _ := w.apiKey(core.NewAPIKey{Subject: "forum:1", Scopes: []string{"orders"}})
	passes := func(r route.Rule, header api.Header) (allowed, anonymous bool) {
		d := w.decide(r.Path, header)
		return d.Outcome == core.Allowed, d.Anonymous()
	}
	refused := 0
	for what, header := range map[string]api.Header{
		"nothing": nil, "a token": bearer(shop), "a password": basicHeader("eve", "forum pass"), "a key": keyHeader(key),
		"a token in another header": {"X-Team": {"Bearer " + shop}},
	} {
		for _, one := range rules {
			allowed, anonymous := passes(one, header)
			for _, other := range rules {
				if passed, _ := passes(other, header); !allowed || passed {
					continue
				}
				if without, _ := passes(other, nil); anonymous && without {
					continue // a client can leave its credential out
				}
				refused++
				if !other.Forbids(&one) {
					t.Errorf("%s: allowed by %+v, refused by %+v, which does not forbid that", what, one, other)
				}
			}
		}
	}
	if refused < 1000 {
		t.Errorf("%d requests were allowed by one rule and refused by the other; want many", refused)
	}
}
