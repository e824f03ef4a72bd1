package core_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/core/store/memory"
	"github.com/cardea-auth/cardea/core/throttle"
	"github.com/cardea-auth/cardea/core/users"
)

// foreignTable is a directory like that of a WordPress: a subject is the directory's name
// followed by the user's number.
type foreignTable struct {
	name, network string
	subject       string // replaces the usual subject if not ""
	users         []api.User
	before        func() error // runs before each lookup, which fails with its error; nil: nothing runs
}

func (d *foreignTable) Name() string             { return d.name }
func (d *foreignTable) Network() string          { return d.network }
func (d *foreignTable) Owns(subject string) bool { return strings.HasPrefix(subject, d.name+":") }

func (d *foreignTable) find(same func(api.User) bool) (api.User, error) {
	if d.before != nil {
		if err := d.before(); err != nil {
			return api.User{}, err
		}
	}
	for _, u := range d.users {
		u.Subject, u.Gen = fmt.Sprint(d.name, ":", u.Number), 1
		if d.subject != "" {
			u.Subject = d.subject
		}
		if same(u) {
			return u, nil
		}
	}
	return api.User{}, fmt.Errorf("nobody: %w", api.ErrNotFound)
}

func (d *foreignTable) BySubject(_ context.Context, s string) (api.User, error) {
	return d.find(func(u api.User) bool { return u.Subject == s })
}

func (d *foreignTable) ByNumber(_ context.Context, n int64) (api.User, error) {
	return d.find(func(u api.User) bool { return u.Number == n })
}

func (d *foreignTable) ByLogin(_ context.Context, s string) (api.User, error) {
	return d.find(func(u api.User) bool { return u.Login == s })
}

func (d *foreignTable) ByEmail(context.Context, string) (api.User, error) {
	return api.User{}, api.ErrNotFound
}

// testSites is an engine with the directories store, forum and shop, in which the numbers 1 and
// 2 and the login alice belong to different users. The tokens of the mounts forum and shop
// identify users by number.
type testSites struct {
	*testEngine
	forum, shop *foreignTable
}

func newTestSites(t *testing.T, change func(*core.Config)) *testSites {
	t.Helper()
	pw := users.NewPasswords(users.PasswordConfig{Memory: 8, Passes: 1})
	hash := func(text api.Secret) api.Secret {
		h, err := pw.Hash(context.Background(), text)
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	w := &testSites{
		forum: &foreignTable{name: "forum", users: []api.User{
			{Number: 1, Login: "eve", Roles: []string{"subscriber"}, Hash: hash("forum pass")},
			{Number: 2, Login: "alice", Roles: []string{"subscriber"}, Hash: hash("forum pass")},
		}},
		shop: &foreignTable{name: "shop", users: []api.User{
			{Number: 1, Login: "root", Roles: []string{"administrator"}, Hash: hash("shop pass")},
			{Number: 2, Login: "alice", Roles: []string{"administrator"}, Hash: hash("shop pass")},
		}},
	}
	w.testEngine = newTestEngine(t, func(c *core.Config) {
		s := memory.New()
		t.Cleanup(func() { s.Close() })
		c.Store, c.Passwords = s, pw
		c.Directories = []users.Directory{users.NewStore(s, users.StoreConfig{Passwords: pw}), w.forum, w.shop}
		c.Policy.TokenFormats = []core.TokenFormat{w.format(t, "forum"), w.format(t, "shop")}
		c.Policy.Sites = []core.Site{
			{Name: "forum", TokenFormat: "forum", Directory: "forum", Prefix: "/forum"},
			{Name: "shop", TokenFormat: "shop", Directory: "shop", Prefix: "/shop"},
		}
		c.Policy.Rules = []route.Rule{
			{Name: "forum", Path: "/forum/**", Directory: "forum"},
			{Name: "shop", Path: "/shop/**", Directory: "shop"},
			{Name: "back office", Path: "/shop/admin/**", Directory: "shop", Roles: []string{"administrator"}},
			{Name: "window", Path: "/shop/window/**", Directory: "shop", Access: route.Optional},
			{Name: "store", Path: "/store/**", Directory: "store"},
			{Name: "any", Path: "/any/**"},
		}
		if change != nil {
			change(c)
		}
	})
	return w
}

// shopLogin returns the identity of root, logged in at the shop.
func (w *testSites) shopLogin() api.Identity {
	w.t.Helper()
	id, err := w.Tokens().Login(context.Background(), core.LoginRequest{Login: "root", Password: "shop pass", Dialect: "shop"})
	w.must(err)
	return id
}

// shopToken logs in at the shop and issues a token in the given format.
func shopToken(format string) func(*testSites) api.Header {
	return func(w *testSites) api.Header {
		w.t.Helper()
		issued, err := w.Tokens().Issue(context.Background(), core.IssueRequest{Identity: w.shopLogin(), TokenFormat: format})
		w.must(err)
		return bearer(issued.Text.Reveal())
	}
}

// shopKey creates an API key of the shop's administrator for these roles.
func shopKey(roles ...string) func(*testSites) api.Header {
	return func(w *testSites) api.Header {
		w.t.Helper()
		text, _ := w.apiKey(core.NewAPIKey{Subject: "shop:1", Roles: roles})
		return keyHeader(text)
	}
}

func siteSecret(name string) api.Secret {
	return api.Secret("0123456789abcdefghijklmnopqrstuvwxyz of " + name)
}

func (*testSites) format(t *testing.T, name string) core.TokenFormat {
	l := siteFormat(t)
	key, err := keys.FromSecret("", "HS256", siteSecret(name))
	if err != nil {
		t.Fatal(err)
	}
	l.Name, l.Issuer, l.Keys = name, "https://"+name+".example", []api.Key{key}
	return l
}

// login logs in at the mount and returns a token in its format.
func (w *testSites) login(mount, login string, pass api.Secret) (string, error) {
	id, err := w.Tokens().Login(context.Background(), core.LoginRequest{Login: login, Password: pass, Dialect: mount})
	if err != nil {
		return "", err
	}
	issued, err := w.Tokens().Issue(context.Background(), core.IssueRequest{Identity: id, TokenFormat: mount})
	return issued.Text.Reveal(), err
}

// TestDirectory_oneMeaning tests everything by which a user of one directory could be
// mistaken for a user of another.
func TestDirectory_oneMeaning(t *testing.T) {
	w := newTestSites(t, nil)
	var err error
	tokens := map[string]string{}
	for name, c := range map[string]struct {
		mount, login string
		pass         api.Secret
	}{
		"eve@forum": {"forum", "eve", "forum pass"}, "alice@forum": {"forum", "alice", "forum pass"},
		"root@shop": {"shop", "root", "shop pass"}, "alice@shop": {"shop", "alice", "shop pass"},
	} {
		if tokens[name], err = w.login(c.mount, c.login, c.pass); err != nil {
			t.Fatal(err)
		}
	}
	native := func(subject string) api.Header {
		id, err := w.Tokens().User(context.Background(), subject)
		w.must(err)
		return bearer(w.issue(id).Text.Reveal())
	}
	key := func(subject string, roles ...string) api.Header {
		text, _ := w.apiKey(core.NewAPIKey{Subject: subject, Roles: roles})
		return keyHeader(text)
	}
	const denied, unknown = api.ReasonNotAUser, api.ReasonUnknownUser
	for _, c := range []struct {
		name, target string
		header       api.Header
		subject      string // of who passes
		reason       string // of the refusal
	}{
		{"a number at home", "/forum/x", bearer(tokens["eve@forum"]), "forum:1", ""},
		{"the same number at home elsewhere", "/shop/x", bearer(tokens["root@shop"]), "shop:1", ""},
		{"a login that two have, in the one", "/forum/x", bearer(tokens["alice@forum"]), "forum:2", ""},
		{"a login that two have, in the other", "/shop/x", bearer(tokens["alice@shop"]), "shop:2", ""},
		{"roles are of the directory", "/shop/admin/x", bearer(tokens["alice@shop"]), "shop:2", ""},
		{"a native token of the directory", "/shop/admin/x", native("shop:2"), "shop:2", ""},
		{"a native token of the store", "/store/x", native("u_alice"), "u_alice", ""},
		{"no rule asks", "/any/x", native("u_alice"), "u_alice", ""},
		{"a native token of the store's administrator", "/shop/admin/x", native("u_alice"), "", denied},
		{"a native token of the forum's", "/shop/x", native("forum:1"), "", denied},
		{"where access is optional", "/shop/window/x", native("u_alice"), "", denied},
		{"anonymous there", "/shop/window/x", nil, "", ""},
		{"WordPress's user at the store's application", "/store/x", native("shop:1"), "", denied},
		{"an API key of the store's administrator", "/shop/admin/x", key("u_alice"), "", denied},
		{"an API key of the shop's", "/shop/admin/x", key("shop:2"), "shop:2", ""},
		{"an API key of the forum's", "/shop/x", key("forum:2"), "", denied},
		{"a password of the shop's", "/shop/admin/x", basicHeader("alice", "shop pass"), "shop:2", ""},
		{"a password of the forum's, at the shop", "/shop/x", basicHeader("alice", "forum pass"), "", "wrong_password"},
		{"a password of the store's, at the shop", "/shop/admin/x", basicHeader("alice", password), "", "wrong_password"},
		{"the store's own, at the shop", "/shop/x", basicHeader("bob", password), "", unknown},
		{"the same credential again, elsewhere", "/store/x", basicHeader("alice", password), "u_alice", ""},
		{"and back", "/shop/x", basicHeader("alice", password), "", "wrong_password"},
	} {
		for range 2 { // the second result is cached
			d := w.decide(c.target, c.header)
			if c.reason != "" {
				if d.Outcome == core.Allowed || d.Err.Reason != c.reason {
					t.Errorf("%s: got %v for %s (%v), want a refusal for %s", c.name, d.Outcome, d.Identity.Subject, d.Err, c.reason)
				}
			} else if d.Outcome != core.Allowed || d.Identity.Subject != c.subject {
				t.Errorf("%s: got %v for %q (%v), want %q to pass", c.name, d.Outcome, d.Identity.Subject, d.Err, c.subject)
			}
		}
	}
}

// TestDirectory_login: a login at a mount checks only the mount's directory.
func TestDirectory_login(t *testing.T) {
	w := newTestSites(t, nil)
	for _, c := range []struct {
		name, mount, login string
		pass               api.Secret
		subject            string
	}{
		{"at home", "shop", "alice", "shop pass", "shop:2"},
		{"another's password", "shop", "alice", "forum pass", ""},
		{"the store's password", "shop", "alice", password, ""},
		{"somebody of another only", "forum", "root", "shop pass", ""},
		{"somebody of the store only", "forum", "bob", password, ""},
		{"no mount in particular: the first that knows the login", "", "alice", password, "u_alice"},
	} {
		id, err := w.Tokens().Login(context.Background(), core.LoginRequest{Login: c.login, Password: c.pass, Dialect: c.mount})
		if (err == nil) != (c.subject != "") || id.Subject != c.subject {
			t.Errorf("%s: got %q, %v; want %q", c.name, id.Subject, err, c.subject)
		}
	}
}

// TestDirectory_guesses: a login in one directory does not reset the failures of a user
// with the same name in another.
func TestDirectory_guesses(t *testing.T) {
	w := newTestSites(t, func(c *core.Config) { c.Guessing = throttle.After(3) })
	try := func(mount string, pass api.Secret) error {
		_, err := w.Tokens().Login(context.Background(), core.LoginRequest{Login: "alice", Password: pass, Dialect: mount})
		return err
	}
	for i := 0; ; i++ {
		if api.CodeOf(try("shop", "wrong")) == api.Throttled {
			break
		}
		if err := try("forum", "forum pass"); err != nil {
			t.Fatalf("a login at the forum, after %d failures at the shop: %v", i+1, err)
		}
		if i > 50 {
			t.Fatal("a login at one mount resets the failures at another")
		}
	}
}

// TestDirectory_issue: no token is issued if its user number would identify another user.
func TestDirectory_issue(t *testing.T) {
	w := newTestSites(t, nil)
	ctx := context.Background()
	for _, subject := range []string{"u_alice", "forum:1"} {
		id, err := w.Tokens().User(ctx, subject)
		w.must(err)
		undeclared := id
		undeclared.Directory = ""
		for _, id := range []api.Identity{id, undeclared} {
			if _, err := w.Tokens().Issue(ctx, core.IssueRequest{Identity: id, TokenFormat: "shop"}); api.ReasonOf(err) != api.ReasonNotAUser {
				t.Errorf("a token for %s (%q): got %v, want reason %q", subject, id.Directory, err, api.ReasonNotAUser)
			}
			if _, err := w.Tokens().StartSession(ctx, core.BeginRequest{Identity: id, TokenFormat: "shop"}); api.ReasonOf(err) != api.ReasonNotAUser {
				t.Errorf("a session for %s (%q): got %v, want reason %q", subject, id.Directory, err, api.ReasonNotAUser)
			}
		}
	}
	if _, err := w.Tokens().UserByNumber(ctx, "", 1); api.CodeOf(err) != api.Internal {
		t.Errorf("a number without a directory: UserByNumber(\"\", 1) = %v, want code %s", err, api.Internal)
	}
	if id, err := w.Tokens().UserByNumber(ctx, "forum", 1); err != nil || id.Login != "eve" {
		t.Errorf("number 1 of the forum: UserByNumber(\"forum\", 1) = %q, %v; want Login \"eve\"", id.Login, err)
	}
	if id, err := w.Tokens().UserByLogin(ctx, "shop", "alice"); err != nil || id.Subject != "shop:2" {
		t.Errorf("alice of the shop: UserByLogin(\"shop\", \"alice\") = %q, %v; want Subject \"shop:2\"", id.Subject, err)
	}
}

// TestDirectory_moved: after a mount gets another directory, its tokens and sessions do not
// identify users of the new one.
func TestDirectory_moved(t *testing.T) {
	w := newTestSites(t, nil)
	ctx := context.Background()
	id, err := w.Tokens().Login(ctx, core.LoginRequest{Login: "eve", Password: "forum pass", Dialect: "forum"})
	w.must(err)
	g, err := w.Tokens().StartSession(ctx, core.BeginRequest{Identity: id, TokenFormat: "forum"})
	w.must(err)
	p := w.config.Policy
	p.Sites = []core.Site{{Name: "forum", TokenFormat: "forum", Directory: "shop"}}
	w.must(w.Reload(ctx, p))
	if d := w.decide("/any/x", bearer(g.Access.Text.Reveal())); d.Outcome == core.Allowed || d.Err.Reason != api.ReasonTokenSubject {
		t.Errorf("access: %v for %q, %v", d.Outcome, d.Identity.Subject, d.Err)
	}
	if g, err := w.Tokens().Refresh(ctx, core.RefreshRequest{Token: g.Refresh, TokenFormat: "forum"}); err == nil {
		t.Errorf("the refresh issued a token for %q", g.Identity.Subject)
	}
}

// TestDirectory_needed: a user number is refused if no site or rule names its directory.
func TestDirectory_needed(t *testing.T) {
	w := newTestSites(t, func(c *core.Config) { c.Policy.Sites = nil })
	now := w.clock.Now().Unix()
	claims := api.NewClaims(api.Claim{Name: "iss", Value: "https://shop.example"}, api.Claim{Name: "iat", Value: now},
		api.Claim{Name: "exp", Value: now + 60}, api.Claim{Name: "user", Value: int64(1)})
	text := macToken(t, "JWT", claims, siteSecret("shop").Reveal())
	if d := w.decide("/any/x", bearer(text)); d.Outcome == core.Allowed || d.Err.Code != api.Internal {
		t.Errorf("got %v for %q (%v)", d.Outcome, d.Identity.Subject, d.Err)
	}
}

// TestDirectory_subjects: a directory that returns the subject of another directory's user
// cannot log anyone in.
func TestDirectory_subjects(t *testing.T) {
	for _, subject := range []string{"shop:1", "u_alice", "issuer:okta:alice", "user number 5"} {
		w := newTestSites(t, nil)
		w.forum.subject = subject
		if id, err := w.Tokens().Login(context.Background(), core.LoginRequest{Login: "eve", Password: "forum pass", Dialect: "forum"}); api.CodeOf(err) != api.Internal {
			t.Errorf("the forum's eve logs in as %q: got %v, want code %s", id.Subject, err, api.Internal)
		}
	}
	w := newTestSites(t, nil)
	for _, subject := range []string{"shop:1", "issuer:okta:alice", "issuer:", "user number 5"} {
		if u, err := w.accounts.Create(context.Background(), users.NewUser{Subject: subject, Login: "mallory"}, "test"); api.CodeOf(err) != api.Invalid {
			t.Errorf("the store has a user with the subject %q: %v", u.Subject, err)
		}
	}
}

func TestReload_unknownDirectory(t *testing.T) {
	w := newTestSites(t, nil)
	for name, change := range map[string]func(*core.Policy){
		"site": func(p *core.Policy) { p.Sites = []core.Site{{Name: "x", Directory: "attic"}} },
		"rule": func(p *core.Policy) { p.Rules = []route.Rule{{Name: "x", Path: "/**", Directory: "attic"}} },
	} {
		p := w.config.Policy
		change(&p)
		if err := w.Reload(context.Background(), p); err == nil || !strings.Contains(err.Error(), "attic") {
			t.Errorf("%s: Reload: got %v, want an error with %q", name, err, "attic")
		}
	}
}

// TestNetwork: the sites of a WordPress network share their users. Roles are those at the
// requested site; a user who is no member there is refused.
func TestNetwork(t *testing.T) {
	w := newTestSites(t, func(c *core.Config) {
		for _, d := range c.Directories {
			if f, ok := d.(*foreignTable); ok {
				f.network = "wp"
			}
		}
		c.Policy.Sites[1].AcceptsFrom = []string{"forum"}
	})
	w.shop.users[0].Login = "eve" // the same number is the same user
	w.shop.users[0].Hash = w.forum.users[0].Hash
	w.forum.users = append(w.forum.users, api.User{Number: 3, Login: "carol", Hash: w.forum.users[0].Hash})
	w.forum.users = append(w.forum.users, api.User{Number: 2, Login: "bobby"})[1:]
	w.forum.users = append([]api.User{{Number: 1, Login: "eve", Roles: []string{"subscriber"}, Hash: w.shop.users[0].Hash}}, w.forum.users...)
	eve, err := w.login("forum", "eve", "forum pass")
	w.must(err)
	carol, err := w.login("forum", "carol", "forum pass")
	w.must(err)
	forumKey, _ := w.apiKey(core.NewAPIKey{Subject: "forum:1"})
	narrow, _ := w.apiKey(core.NewAPIKey{Subject: "forum:1", Roles: []string{"subscriber"}})
	for _, c := range []struct {
		name, target string
		header       api.Header
		subject      string
		reason       string
	}{
		{"at her own", "/forum/x", bearer(eve), "forum:1", ""},
		{"with the roles of the other", "/shop/admin/x", bearer(eve), "shop:1", ""},
		{"not where the other's tokens do not count", "/any/x", bearer(eve), "", api.ReasonTokenSite},
		{"no member there", "/shop/x", bearer(carol), "", api.ReasonUnknownUser},
		{"by API key", "/shop/admin/x", keyHeader(forumKey), "shop:1", ""},
		{"an API key for fewer roles has no more there", "/shop/admin/x", keyHeader(narrow), "", api.ReasonRole},
	} {
		for range 2 {
			d := w.decide(c.target, c.header)
			if c.reason != "" && (d.Outcome == core.Allowed || d.Err.Reason != c.reason) ||
				c.reason == "" && (d.Outcome != core.Allowed || d.Identity.Subject != c.subject) {
				t.Errorf("%s: got %v for %q (%v), want %q or %s", c.name, d.Outcome, d.Identity.Subject, d.Err, c.subject, c.reason)
			}
		}
	}
	// The requested site decides, not the upstream behind it or the case of the path.
	for _, directory := range []string{"forum", ""} {
		p := w.config.Policy
		p.Rules = []route.Rule{{Name: "back office", Path: "/**", Directory: directory, Roles: []string{"subscriber"}}}
		w.must(w.Reload(context.Background(), p))
		for name, header := range map[string]api.Header{
			"native": bearer(w.issue(mustUser(t, w, "forum:1")).Text.Reveal()), "password": basicHeader("eve", "forum pass"), "key": keyHeader(forumKey),
		} {
			for target, passes := range map[string]bool{"/forum/x": true, "/shop/x": false, "/SHOP/x": false} {
				if d := w.decide(target, header); (d.Outcome == core.Allowed) != passes {
					t.Errorf("directory %q, %s at %s: %v as %s %v (%v)", directory, name, target, d.Outcome, d.Identity.Subject, d.Identity.Roles, d.Err)
				}
			}
		}
	}
	w.must(w.Reload(context.Background(), w.config.Policy))
	// Revoking the user at one site ends the token at both.
	for _, subject := range []string{"shop:1", "forum:1"} {
		w.clock.advance(time.Second)
		token, err := w.login("forum", "eve", "forum pass")
		w.must(err)
		if d := w.decide("/shop/admin/x", bearer(token)); d.Outcome != core.Allowed {
			t.Fatal(d.Err)
		}
		w.must(w.Tokens().LogoutAll(context.Background(), subject, "test", "test"))
		if d := w.decide("/shop/admin/x", bearer(token)); d.Outcome == core.Allowed {
			t.Errorf("the token is still valid at the shop after everything of %s ended", subject)
		}
		w.clock.advance(time.Second)
	}
}

// TestVerify_twoSites: a token that two sites could have issued is refused.
func TestVerify_twoSites(t *testing.T) {
	for name, c := range map[string]struct {
		change func(forum, shop *core.TokenFormat)
		reason string
	}{
		"one issuer, two secrets": {func(forum, shop *core.TokenFormat) { shop.Issuer = forum.Issuer }, ""},
		"two issuers, one secret": {func(forum, shop *core.TokenFormat) { shop.Keys = forum.Keys }, ""},
		"no issuer, two secrets":  {unnamed, ""},
		"no issuer, one secret":   {func(forum, shop *core.TokenFormat) { unnamed(forum, shop); shop.Keys = forum.Keys }, api.ReasonTokenSite},
		"one issuer, one secret":  {func(forum, shop *core.TokenFormat) { shop.Issuer, shop.Keys = forum.Issuer, forum.Keys }, api.ReasonTokenSite},
		"one issuer, our keys":    {func(forum, shop *core.TokenFormat) { shop.Issuer, shop.Keys, forum.Keys = forum.Issuer, nil, nil }, api.ReasonTokenSite},
	} {
		w := newTestSites(t, func(cfg *core.Config) { c.change(&cfg.Policy.TokenFormats[0], &cfg.Policy.TokenFormats[1]) })
		token, err := w.login("forum", "eve", "forum pass")
		w.must(err)
		if d := w.decide("/forum/x", bearer(token)); api.ReasonOf(errorOf(d)) != c.reason {
			t.Errorf("%s: %v, want %q", name, d.Err, c.reason)
		}
	}
}

func TestSitesOf(t *testing.T) {
	w := newTestSites(t, func(c *core.Config) { c.Policy.Sites[1].AcceptsFrom = []string{"forum"} })
	for login, want := range map[string]string{"forum": "[forum shop] true", "shop": "[shop] true", "": "[] false"} {
		text := w.token("alice")
		if login != "" {
			var err error
			text, err = w.login(login, "alice", api.Secret(login+" pass"))
			w.must(err)
		}
		id, err := w.Verify(context.Background(), core.VerifyRequest{Token: text})
		w.must(err)
		if names, ok := w.Tokens().SitesOf(id); fmt.Sprint(names, ok) != want {
			t.Errorf("%q: got %v %v, want %s", login, names, ok, want)
		}
	}
}

// unnamed removes the issuer from the tokens of both sites.
func unnamed(forum, shop *core.TokenFormat) {
	for _, l := range []*core.TokenFormat{forum, shop} {
		l.NoIssuer, l.Order = true, slices.DeleteFunc(slices.Clone(l.Order), func(name string) bool { return name == "iss" })
	}
}

func mustUser(t *testing.T, w *testSites, subject string) api.Identity {
	t.Helper()
	id, err := w.Tokens().User(context.Background(), subject)
	w.must(err)
	return id
}

func errorOf(d core.Decision) error {
	if d.Err == nil {
		return nil
	}
	return d.Err
}
