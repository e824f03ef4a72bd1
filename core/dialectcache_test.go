package core_test

import (
	"context"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// TestLoginHooks_rememberedWhere uses each credential at two sites, at one of which a hook
// removes a role. The cached result of one site must not apply at the other, in either
// order.
func TestLoginHooks_rememberedWhere(t *testing.T) {
	site := func(name, prefix string, accepts ...string) core.Site {
		return core.Site{Name: name, TokenFormat: name, Directory: "shop", Prefix: prefix, AcceptsFrom: accepts}
	}
	forum, shop := site("forum", "/forum"), site("shop", "/shop", "forum")
	native := core.Site{Name: "auth", Host: "example.org"} // innermost on its host
	password := func(*testSites) api.Header { return basicHeader("root", "shop pass") }
	atForum := func(w *testSites) api.Header {
		text, err := w.login("forum", "root", "shop pass")
		w.must(err)
		return bearer(text)
	}
	sister := func(name string) core.Site {
		return core.Site{Name: name, TokenFormat: name, Directory: "shop", Prefix: "/" + name}
	}
	ticket := func(w *testSites) api.Header {
		w.forum.users[0] = api.User{Number: 1, Login: "root", Roles: []string{"administrator"}, Hash: w.shop.users[0].Hash}
		return api.Header{"X-Api-Key": {"forum:1"}}
	}
	for _, c := range []struct {
		name          string
		sites         []core.Site
		shown         func(*testSites) api.Header
		whole, narrow string // targets
	}{
		{"a token", []core.Site{forum, shop}, atForum, "/forum/x", "/shop/x"},
		{"within a native site", []core.Site{native, forum, shop}, atForum, "/forum/x", "/shop/x"},
		{"by the forum's REST route", []core.Site{native, site("forum", ""), shop}, atForum, "/x", "/en/shop/wp-json/x"},
		{"a password", []core.Site{site("forum", ""), shop}, password, "/x", "/shop/x"},
		{"a password read as another site's", []core.Site{site("forum", ""), shop}, password, "/x", "/en/shop/wp-json/x"},
		{"a ticket of a network's user", []core.Site{sister("shop"), sister("forum")}, ticket, "/forum/x", "/shop/x"},
	} {
		for _, targets := range [][]string{{c.whole, c.narrow}, {c.narrow, c.whole}} {
			w := newTestSites(t, func(cfg *core.Config) {
				readsREST(cfg)
				network(cfg)
				cfg.Policy.Methods = append([]core.NamedMethod{{Name: "ticket", Opener: opener(openTicket)}}, cfg.Policy.Methods...)
				cfg.Policy.Sites, cfg.Policy.Rules = c.sites, []route.Rule{{Name: "all", Path: "/**", Roles: []string{"administrator"}}}
				cfg.Policy.Hooks = core.NewHooks()
				cfg.Policy.Hooks.LoginAfter.Bind("drop", func(_ context.Context, r core.LoginResult) (core.LoginResult, error) {
					if r.Dialect == "shop" {
						r.Identity = r.Identity.WithRoles(without("administrator", r.Identity.Roles)...)
					}
					return r, nil
				})
			})
			header := c.shown(w)
			for _, target := range append(targets, targets...) {
				if d := w.decide(target, header); (d.Outcome == core.Allowed) != (target == c.whole) ||
					target == c.narrow && api.ReasonOf(errorOf(d)) != api.ReasonRole {
					t.Errorf("%s: %q of %q: %v %v (%v)", c.name, target, targets, d.Outcome, d.Identity.Roles, errorOf(d))
				}
			}
		}
	}
}

// ticket is a method whose credential is the subject of a user.
type ticket struct {
	user func(context.Context, string) (api.Identity, error)
}

func openTicket(_ string, d core.Deps) (core.Method, error) { return ticket{d.User}, nil }

func (ticket) Name() string            { return "ticket" }
func (ticket) Kinds() []api.Kind       { return []api.Kind{api.APIKeyKind} }
func (ticket) CacheFor() time.Duration { return time.Minute }

func (m ticket) Authenticate(ctx context.Context, a api.Attempt) (api.Identity, error) {
	return m.user(ctx, a.Credential.Text)
}
