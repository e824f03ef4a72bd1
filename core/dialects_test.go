package core_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// readsREST makes the engine read requests as a WordPress with a site in /shop does.
func readsREST(c *core.Config) {
	site := wordpress.Reader{REST: []string{"/wp-json", "/shop/wp-json"}}
	c.Policy.Read = func(_, method, path, query string) (route.Reading, error) {
		return site.Read(method, path, query)
	}
}

// TestLoginHooks_dialect tests that each way to log in, or to read the roles of a login
// again, calls login-before and login-after of the sites concerned.
func TestLoginHooks_dialect(t *testing.T) {
	ctx := context.Background()
	site := func(name, format, prefix string) core.Site {
		return core.Site{Name: name, TokenFormat: format, Prefix: prefix, Directory: "shop"}
	}
	decide := func(target string) func(*testSites) error {
		return func(w *testSites) error { return errorOf(w.decide(target, basicHeader("root", "shop pass"))) }
	}
	token := func(dialect, format string) func(*testSites) string {
		return func(w *testSites) string {
			id, err := w.Tokens().Login(ctx, core.LoginRequest{Login: "root", Password: "shop pass", Dialect: dialect})
			w.must(err)
			issued, err := w.Tokens().Issue(ctx, core.IssueRequest{Identity: id, TokenFormat: format})
			w.must(err)
			return issued.Text.Reveal()
		}
	}
	shown := func(token func(*testSites) string, target string) func(*testSites) error {
		return func(w *testSites) error { return errorOf(w.decide(target, bearer(token(w)))) }
	}
	session := func(dialect string, r core.RefreshRequest, use func(*testSites, core.RefreshRequest) error) func(*testSites) error {
		return func(w *testSites) error {
			id, err := w.Tokens().Login(ctx, core.LoginRequest{Login: "root", Password: "shop pass", Dialect: dialect})
			w.must(err)
			g, err := w.Tokens().StartSession(ctx, core.BeginRequest{Identity: id, TokenFormat: r.TokenFormat})
			w.must(err)
			r.Token = g.Refresh
			return use(w, r)
		}
	}
	refresh := func(w *testSites, r core.RefreshRequest) error { _, err := w.Tokens().Refresh(ctx, r); return err }
	renew := func(w *testSites, r core.RefreshRequest) error {
		_, err := w.Tokens().ReissueAccess(ctx, r)
		return err
	}
	shop, native := site("shop", "shop", "/shop"), site("auth", "", "/auth")
	forum := core.Site{Name: "forum", TokenFormat: "forum", Directory: "forum"}
	accepting := shop
	accepting.AcceptsFrom = []string{"forum"}
	for _, c := range []struct {
		name  string
		sites []core.Site
		use   func(*testSites) error
		want  []string // method@dialect
	}{
		{"a refresh at a mount, of a session that may have begun at none", []core.Site{native},
			session("auth", core.RefreshRequest{Dialect: "auth"}, refresh), []string{"password@auth", "refresh@", "refresh@auth"}},
		{"at no mount in particular", []core.Site{native},
			session("auth", core.RefreshRequest{}, refresh), []string{"password@auth", "refresh@", "refresh@auth"}},
		{"a native login without a mount", nil, session("", core.RefreshRequest{}, refresh), []string{"password@", "refresh@"}},
		{"a mount's refresh", []core.Site{shop},
			session("shop", core.RefreshRequest{TokenFormat: "shop"}, refresh), []string{"password@shop", "refresh@shop"}},
		{"a mount's renewal", []core.Site{shop},
			session("shop", core.RefreshRequest{TokenFormat: "shop"}, renew), []string{"password@shop", "refresh@shop"}},
		{"a site that is called otherwise than its token format", []core.Site{site("store", "shop", "/shop")},
			session("store", core.RefreshRequest{TokenFormat: "shop"}, refresh), []string{"password@store", "refresh@store"}},
		{"its tokens", []core.Site{site("store", "shop", "/shop")},
			shown(token("store", "shop"), "/shop/x"), []string{"password@store", "refresh@store"}},
		{"a token that the endpoint is asked about", []core.Site{shop}, func(w *testSites) error {
			_, err := w.Verify(ctx, core.VerifyRequest{Token: token("shop", "shop")(w)})
			return err
		}, []string{"password@shop", "refresh@shop"}},
		{"a token at a site that accepts it",
			[]core.Site{site("forum", "forum", "/forum"), accepting},
			shown(token("forum", "forum"), "/shop/x"), []string{"password@forum", "refresh@forum", "refresh@shop"}},
		{"the same below index.php", []core.Site{site("forum", "forum", ""), accepting},
			shown(token("forum", "forum"), "/index.php/shop/wp-json/wc/v3/orders"), []string{"password@forum", "refresh@forum", "refresh@shop"}},
		{"in a language", []core.Site{site("forum", "forum", ""), accepting},
			shown(token("forum", "forum"), "/en/shop/wp-json/wc/v3/orders"), []string{"password@forum", "refresh@forum", "refresh@shop"}},
		{"below a directory", []core.Site{site("forum", "forum", ""), accepting},
			shown(token("forum", "forum"), "/forum/shop/wp-json/wc/v3/orders"), []string{"password@forum", "refresh@forum", "refresh@shop"}},
		{"where two sites have one place", []core.Site{site("forum", "forum", "/forum"), accepting, {Name: "more", TokenFormat: "forum", Prefix: "/shop", Directory: "shop"}},
			shown(token("forum", "forum"), "/shop/x"), []string{"password@forum", "refresh@forum", "refresh@more", "refresh@shop"}},
		{"a password", []core.Site{shop, native}, decide("/shop/x"), []string{"basic@shop"}},
		{"a password where two mounts have one place", []core.Site{site("auth", "", "/shop"), shop},
			decide("/shop/x"), []string{"basic@auth", "basic@shop"}},
		{"and the other way round", []core.Site{shop, site("auth", "", "/shop")},
			decide("/shop/x"), []string{"basic@auth", "basic@shop"}},
		{"a password within", []core.Site{site("outer", "", ""), shop}, decide("/shop/x"), []string{"basic@shop"}},
		{"a password by the REST route", []core.Site{shop}, decide("/shop/wp-json/wc/v3/orders"), []string{"basic@shop"}},
		{"below index.php", []core.Site{shop}, decide("/index.php/shop/wp-json/wc/v3/orders"), []string{"basic@", "basic@shop"}},
		{"in a language", []core.Site{shop}, decide("/en/shop/wp-json/wc/v3/orders"), []string{"basic@", "basic@shop"}},
		{"in capitals", []core.Site{shop}, decide("/SHOP/x"), []string{"basic@shop"}},
		{"a password for one of two sites with two directories", []core.Site{forum, shop},
			func(w *testSites) error {
				if err := decide("/index.php/shop/wp-json/wc/v3/orders")(w); api.ReasonOf(err) != api.ReasonBadPath {
					return fmt.Errorf("not refused: %v", err)
				}
				return nil
			}, nil},
	} {
		var before, after []string
		w := newTestSites(t, func(cfg *core.Config) {
			readsREST(cfg)
			cfg.Policy.Sites, cfg.Policy.Rules = c.sites, []route.Rule{{Name: "all", Path: "/**"}}
			cfg.Policy.TokenFormats[1].Directory, cfg.Policy.TokenFormats[0].Directory = "shop", "shop"
			cfg.Policy.Hooks = core.NewHooks()
			cfg.Policy.Hooks.LoginBefore.Bind("see", func(_ context.Context, v core.LoginAttempt) (core.LoginAttempt, error) {
				before = append(before, v.Method+"@"+v.Dialect)
				return v, nil
			})
			cfg.Policy.Hooks.LoginAfter.Bind("see", func(_ context.Context, v core.LoginResult) (core.LoginResult, error) {
				after = append(after, v.Method+"@"+v.Dialect)
				return v, nil
			})
		})
		if err := c.use(w); err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		logins := slices.DeleteFunc(slices.Clone(c.want), func(s string) bool { return strings.HasPrefix(s, "refresh") })
		for _, got := range [][2][]string{{after, c.want}, {before, logins}} {
			slices.Sort(got[0])
			if !slices.Equal(got[0], got[1]) {
				t.Errorf("%s: asked as %q, want %q", c.name, got[0], got[1])
			}
		}
	}
}

// TestLoginHooks_all: if one site's hook refuses or removes a role, all sites do.
func TestLoginHooks_all(t *testing.T) {
	for _, order := range [][]string{{"", "shop"}, {"shop", ""}} {
		for what, bind := range map[string]func(*core.Hooks){
			"challenge": func(h *core.Hooks) {
				h.LoginBefore.Bind("2fa", func(_ context.Context, v core.LoginAttempt) (core.LoginAttempt, error) {
					if v.Dialect == "shop" {
						v.Challenge = &core.Challenge{Kind: "otp"}
					}
					return v, nil
				})
			},
			"role": func(h *core.Hooks) {
				h.LoginAfter.Bind("drop", func(_ context.Context, v core.LoginResult) (core.LoginResult, error) {
					if v.Dialect == "shop" {
						v.Identity.Roles = without("administrator", v.Identity.Roles)
					}
					return v, nil
				})
			},
		} {
			w := newTestSites(t, func(c *core.Config) {
				c.Policy.Sites = nil
				for _, format := range order {
					c.Policy.Sites = append(c.Policy.Sites, core.Site{Name: "site" + format, TokenFormat: format, Directory: "shop"})
				}
				c.Policy.Sites[slices.Index(order, "shop")].Name = "shop"
				c.Policy.Hooks = core.NewHooks()
				bind(c.Policy.Hooks)
			})
			for range 2 {
				d := w.decide("/shop/admin/x", basicHeader("root", "shop pass"))
				if api.ReasonOf(errorOf(d)) != map[string]string{"challenge": api.ReasonChallenge, "role": api.ReasonRole}[what] {
					t.Errorf("%q, %s: got %v, roles %v (%v), want a refusal by that hook", order, what, d.Outcome, d.Identity.Roles, errorOf(d))
				}
			}
		}
	}
}
