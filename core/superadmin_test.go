package core_test

import (
	"context"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// TestSuperAdmin: a list that refuses administrators also refuses super administrators,
// whatever their role.
func TestSuperAdmin(t *testing.T) {
	ctx := context.Background()
	login := func(w *testSites) error {
		_, err := w.Tokens().Login(ctx, core.LoginRequest{Login: "root", Password: "shop pass", Dialect: "shop"})
		return err
	}
	// begin and issue use an identity read from the directory.
	begin := func(w *testSites) error {
		id, err := w.Tokens().User(ctx, "shop:1")
		w.must(err)
		_, err = w.Tokens().StartSession(ctx, core.BeginRequest{Identity: id, TokenFormat: "shop"})
		return err
	}
	// exchanged uses the identity of a request with a token.
	exchanged := func(target, format string, get func(*testSites, api.Identity) error) func(*testSites) error {
		return func(w *testSites) error {
			d := w.decide(target, issuedTo(w, format))
			w.must(errorOf(d))
			return get(w, d.Identity)
		}
	}
	session := func(w *testSites, id api.Identity) error {
		_, err := w.Tokens().StartSession(ctx, core.BeginRequest{Identity: id, TokenFormat: "shop"})
		return err
	}
	token := func(w *testSites, id api.Identity) error {
		_, err := w.Tokens().Issue(ctx, core.IssueRequest{Identity: id, TokenFormat: "shop"})
		return err
	}
	shown := func(target string, header func(*testSites) api.Header) func(*testSites) error {
		return func(w *testSites) error { return errorOf(w.decide(target, header(w))) }
	}
	issued := func(format string) func(*testSites) api.Header {
		return func(w *testSites) api.Header { return issuedTo(w, format) }
	}
	basic := func(*testSites) api.Header { return basicHeader("root", "shop pass") }
	none := func(*core.Config) {}
	list := []string{"administrator"}
	site := func(set func(*core.Site)) func(*core.Config) {
		return func(c *core.Config) { set(&c.Policy.Sites[1]) }
	}
	logins, basics := site(func(s *core.Site) { s.RefuseLogin = list }), site(func(s *core.Site) { s.RefuseBasic = list })
	tokens := site(func(s *core.Site) { s.RefuseToken = list })
	everywhere := func(c *core.Config) { c.Policy.Tokens.RefuseRoles = list }
	for name, c := range map[string]struct {
		refuse  func(*core.Config)
		use     func(*testSites) error
		refused bool
	}{
		"nothing, login":                   {none, login, false},
		"nothing, token":                   {none, shown("/shop/x", issued("shop")), false},
		"nothing, password":                {none, shown("/shop/x", basic), false},
		"the role gives nothing":           {none, shown("/shop/admin/x", basic), true},
		"logins, login":                    {logins, login, true},
		"logins, session":                  {logins, begin, true},
		"nothing, exchange":                {none, exchanged("/any/x", "", session), false},
		"logins, native token, session":    {logins, exchanged("/any/x", "", session), true},
		"logins, native token, token":      {logins, exchanged("/any/x", "", token), true},
		"logins, own token, session":       {logins, exchanged("/shop/x", "shop", session), true},
		"logins, own token, token":         {logins, exchanged("/shop/x", "shop", token), true},
		"logins, password":                 {logins, shown("/shop/x", basic), false},
		"passwords, password":              {basics, shown("/shop/x", basic), true},
		"passwords, elsewhere":             {basics, shown("/any/x", basic), false},
		"passwords, token":                 {basics, shown("/shop/x", issued("shop")), false},
		"tokens, login":                    {tokens, login, true},
		"tokens, the mount's":              {tokens, shown("/shop/x", issued("shop")), true},
		"tokens, native":                   {tokens, shown("/shop/x", issued("")), true},
		"tokens, native elsewhere":         {tokens, shown("/any/x", issued("")), false},
		"every token, login":               {everywhere, login, true},
		"every token, session":             {everywhere, begin, true},
		"every token, read anew":           {everywhere, shown("/shop/x", issued("shop")), true},
		"a method, password":               {func(c *core.Config) { c.Policy.Methods[0].RefuseRoles = list }, shown("/shop/x", basic), true},
		"a method, native token":           {func(c *core.Config) { c.Policy.Methods[2].RefuseRoles = list }, shown("/any/x", issued("")), true},
		"at a sister site, a mount's":      {site(func(s *core.Site) { s.AcceptsFrom, s.RefuseToken = []string{"forum"}, list }), shown("/shop/x", issued("shop")), true},
		"other roles are no administrator": {func(c *core.Config) { c.Policy.Tokens.RefuseRoles = []string{"editor"} }, login, false},
	} {
		w := newTestSites(t, func(cfg *core.Config) {
			network(cfg)
			cfg.Policy.Rules = []route.Rule{
				{Name: "all", Path: "/**"}, {Name: "office", Path: "/shop/admin/**", Roles: list},
				{Name: "shop", Path: "/shop/**", Directory: "shop"},
			}
			c.refuse(cfg)
		})
		w.shop.users[0].Roles, w.shop.users[0].SuperAdmin = []string{"subscriber"}, true
		if err := c.use(w); (err != nil) != c.refused || err != nil && api.CodeOf(err) != api.Denied {
			t.Errorf("%s: %v, refused must be %v", name, err, c.refused)
		}
	}
}

// issuedTo returns a token issued to root before root became a super administrator.
func issuedTo(w *testSites, format string) api.Header {
	w.shop.users[0].SuperAdmin = false
	h := shopToken(format)(w)
	w.shop.users[0].SuperAdmin = true
	return h
}
