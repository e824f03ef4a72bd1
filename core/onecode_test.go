package core_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store/memory"
	"github.com/cardea-auth/cardea/core/store/storetest"
	"github.com/cardea-auth/cardea/core/users"
)

// TestErrors_oneCode: each kind of error has the same code and text in every call, and no
// text is repeated in it.
func TestErrors_oneCode(t *testing.T) {
	f := &storetest.Failing{Store: memory.New()}
	h := newTestEngine(t, func(c *core.Config) { c.Store = f })
	ctx := context.Background()
	a, e := h.accounts, h.Engine
	h.must(a.SetDisabled(ctx, h.bob.Subject, true, "test"))
	_, revoked, err := a.CreateAPIKey(ctx, core.NewAPIKey{Subject: h.alice.Subject}, "test")
	h.must(err)
	h.must(a.RevokeAPIKey(ctx, revoked.ID, "test"))
	alice := h.alice.Identity("store")
	text := func(s string) *string { return &s }
	var (
		byLogin  = func(login string) func() error { return func() error { _, err := a.ByLogin(ctx, login); return err } }
		identity = func(login string) func() error {
			return func() error { _, err := e.Tokens().Identity(ctx, login); return err }
		}
		loginAt = func(login string) func() error {
			return func() error { _, err := e.Tokens().UserByLogin(ctx, "", login); return err }
		}
		account = func(login string) func() error {
			return func() error { _, err := e.Admin().Account(ctx, login); return err }
		}
		user = func(subject string) func() error {
			return func() error { _, err := e.Tokens().User(ctx, subject); return err }
		}
		number = func(n int64) func() error {
			return func() error { _, err := e.Tokens().UserByNumber(ctx, "", n); return err }
		}
		password = func(subject, p string) func() error {
			return func() error { return a.SetPassword(ctx, subject, api.Secret(p), "test") }
		}
		disable = func(subject string) func() error {
			return func() error { return a.SetDisabled(ctx, subject, true, "test") }
		}
		enable = func(subject string) func() error {
			return func() error { return a.SetDisabled(ctx, subject, false, "test") }
		}
		roles = func(subject string, r ...string) func() error {
			return func() error { return a.SetRoles(ctx, subject, r, "test") }
		}
		update = func(subject string, c users.Change) func() error {
			return func() error { return a.Update(ctx, subject, c, "test") }
		}
		remove = func(subject string) func() error {
			return func() error { return a.Delete(ctx, api.User{Subject: subject}, "test") }
		}
		create = func(u users.NewUser) func() error {
			return func() error { _, err := a.Create(ctx, u, "test"); return err }
		}
		createKey = func(n core.NewAPIKey) func() error {
			return func() error { _, _, err := a.CreateAPIKey(ctx, n, "test"); return err }
		}
		rotateKey = func(id string, d time.Duration) func() error {
			return func() error { _, err := a.RotateAPIKey(ctx, id, d, "test"); return err }
		}
		revokeKey = func(id string) func() error { return func() error { return a.RevokeAPIKey(ctx, id, "test") } }
		end       = func(id string) func() error {
			return func() error { return e.Admin().EndSession(ctx, id, "test", "test") }
		}
		issue = func(id api.Identity, format string) func() error {
			return func() error {
				_, err := e.Tokens().Issue(ctx, core.IssueRequest{Identity: id, TokenFormat: format})
				return err
			}
		}
		begin = func(id api.Identity, format string) func() error {
			return func() error {
				_, err := e.Tokens().StartSession(ctx, core.BeginRequest{Identity: id, TokenFormat: format})
				return err
			}
		}
		revoke = func(r api.Revocation) func() error { return func() error { return e.Tokens().Revoke(ctx, r) } }
		leave  = func(subject string) func() error {
			return func() error { return e.Tokens().LogoutAll(ctx, subject, "test", "test") }
		}
	)
	for _, kind := range []struct {
		name   string
		breaks bool // what the store does
		code   api.Code
		reason string
		says   string
		calls  map[string]func() error
	}{
		{name: "no such user", code: api.NotFound, reason: api.ReasonUnknownUser, says: "no ", calls: map[string]func() error{
			"ByLogin": byLogin("nobody"), "ByLogin e-mail": byLogin("nobody@example.org"), "ByLogin empty": byLogin(""), "Identity": identity("nobody"),
			"UserByLogin": loginAt("nobody"), "Account": account("nobody"), "User": user("u_nobody"), "User empty": user(""), "UserByNumber": number(999),
			"SetPassword": password("u_nobody", "long enough 1"), "disable": disable("u_nobody"), "enable": enable("u_nobody"), "SetRoles": roles("u_nobody", "editor"),
			"Update": update("u_nobody", users.Change{Display: text("x")}), "Delete": remove("u_nobody"), "CreateAPIKey": createKey(core.NewAPIKey{Subject: "u_nobody"}),
		}},
		{name: "disabled", code: api.Denied, reason: api.ReasonDisabled, says: "disabled", calls: map[string]func() error{
			"Identity": identity("bob"), "UserByLogin": loginAt("bob"), "User": user("u_bob"), "UserByNumber": number(h.bob.Number),
			"CreateAPIKey": createKey(core.NewAPIKey{Subject: "u_bob"}),
		}},
		{name: "no such session", code: api.NotFound, reason: api.ReasonUnknownSession, says: `no session has the id "none"`, calls: map[string]func() error{"EndSession": end("none")}},
		{name: "no such API key", code: api.NotFound, reason: api.ReasonUnknownAPIKey, says: `no API key has the id "none"`, calls: map[string]func() error{
			"RotateAPIKey": rotateKey("none", 0), "RevokeAPIKey": revokeKey("none"),
		}},
		{name: "revoked API key", code: api.Conflict, says: "is revoked", calls: map[string]func() error{"RotateAPIKey": rotateKey(revoked.ID, 0)}},
		{name: "no such signing key", code: api.NotFound, reason: api.ReasonUnknownKey, says: `no signing key has the id "none"`, calls: map[string]func() error{
			"RevokeKey": func() error { return e.Admin().RevokeKey(ctx, "none", "test") },
		}},
		{name: "no such token format", code: api.NotFound, reason: api.ReasonUnknownTokenFormat, says: `no token format is called "none"`, calls: map[string]func() error{
			"Issue": issue(alice, "none"), "Begin": begin(alice, "none"),
		}},
		{name: "taken", code: api.Conflict, says: "alice", calls: map[string]func() error{
			"login": create(users.NewUser{Login: "alice"}), "e-mail": create(users.NewUser{Login: "x", Email: "alice@example.org"}),
			"login is an e-mail": create(users.NewUser{Login: "alice@example.org"}), "e-mail is a login": update("u_bob", users.Change{Email: text("alice@example.org")}),
			"subject": create(users.NewUser{Login: "y", Subject: "u_alice"}), "renamed": update("u_bob", users.Change{Login: text("alice")}),
		}},
		{name: "taken number", code: api.Conflict, says: "number", calls: map[string]func() error{"Create": create(users.NewUser{Login: "n", Number: h.alice.Number})}},
		{name: "bad field", code: api.Invalid, calls: map[string]func() error{
			"login": create(users.NewUser{}), "role": create(users.NewUser{Login: "r", Roles: []string{""}}), "roles": roles("u_alice", "a\nb"),
			"password": password("u_alice", "short"), "first password": create(users.NewUser{Login: "p", Password: "short"}), "number": create(users.NewUser{Login: "q", Number: -1}),
			"life": createKey(core.NewAPIKey{Subject: "u_alice", Life: -1}), "overlap": rotateKey("none", -1), "revocation": revoke(api.Revocation{Kind: "none"}),
			"revocation of nothing": revoke(api.Revocation{Kind: api.RevokeToken}), "subject": issue(api.Identity{}, ""),
		}},
		{name: "store down", breaks: true, code: api.Unavailable, says: "no space left", calls: map[string]func() error{
			"ByLogin": byLogin("alice"), "Identity": identity("alice"), "UserByLogin": loginAt("alice"), "Account": account("alice"), "User": user("u_alice"),
			"UserByNumber": number(h.alice.Number), "SetPassword": password("u_alice", "long enough 1"), "disable": disable("u_alice"), "enable": enable("u_bob"),
			"SetRoles": roles("u_alice", "x"), "Update": update("u_alice", users.Change{Display: text("x")}), "Delete": remove("u_alice"), "Create": create(users.NewUser{Login: "new"}),
			"CreateAPIKey": createKey(core.NewAPIKey{Subject: "u_alice"}), "RotateAPIKey": rotateKey(revoked.ID, 0), "RevokeAPIKey": revokeKey(revoked.ID),
			"EndSession": end("none"), "Begin": begin(alice, ""), "Revoke": revoke(api.Revocation{Kind: api.RevokeAll}), "LogoutAll": leave("u_alice"),
			"List": func() error { _, err := a.List(ctx, 0, 1); return err }, "APIKeys": func() error { _, err := a.APIKeys(ctx, "", "", "", 1); return err },
			"Sessions": func() error { _, err := e.Admin().Sessions(ctx, "", "", 1); return err },
		}},
	} {
		f.Writes.Store(kind.breaks)
		f.Reads.Store(kind.breaks)
		for name, call := range kind.calls {
			err := call()
			if api.CodeOf(err) != kind.code || api.ReasonOf(err) != kind.reason {
				t.Errorf("%s, %s: code %q, reason %q (%v); want %q, %q", kind.name, name, api.CodeOf(err), api.ReasonOf(err), err, kind.code, kind.reason)
				continue
			}
			checkSentence(t, kind.name+", "+name, err.Error(), kind.says)
		}
	}
	f.Writes.Store(false)
	f.Reads.Store(false)
}

// checkSentence fails the test if an error repeats a part or lacks want.
func checkSentence(t *testing.T, what, said, want string) {
	t.Helper()
	if !strings.Contains(said, want) {
		t.Errorf("%s: %q; want %q in it", what, said, want)
	}
	seen := map[string]bool{}
	for _, part := range strings.Split(said, ": ") {
		if seen[part] {
			t.Errorf("%s: %q says %q twice", what, said, part)
		}
		seen[part] = true
	}
}

// A change of a user in a read-only directory is refused, and none of the user's
// credentials is revoked.
func TestErrors_readOnlyDirectory(t *testing.T) {
	there := memory.New()
	far := newTestEngine(t, func(c *core.Config) { c.Store = there })
	s := memory.New()
	h := newTestEngine(t, func(c *core.Config) {
		c.Store = s
		c.Directories = []users.Directory{
			users.NewStore(s, users.StoreConfig{Passwords: c.Passwords}), readOnly{users.NewStore(there, users.StoreConfig{})},
		}
	})
	ctx := context.Background()
	carl := far.newUser("carl", "editor")
	for name, call := range map[string]func() error{
		"SetPassword": func() error { return h.accounts.SetPassword(ctx, carl.Subject, "long enough 1", "test") },
		"disable":     func() error { return h.accounts.SetDisabled(ctx, carl.Subject, true, "test") },
		"enable":      func() error { return h.accounts.SetDisabled(ctx, carl.Subject, false, "test") },
		"SetRoles":    func() error { return h.accounts.SetRoles(ctx, carl.Subject, nil, "test") },
		"Update":      func() error { return h.accounts.Update(ctx, carl.Subject, users.Change{}, "test") },
		"Delete":      func() error { return h.accounts.Delete(ctx, carl, "test") },
	} {
		if err := call(); api.CodeOf(err) != api.Denied || api.ReasonOf(err) != api.ReasonReadOnly {
			t.Errorf("%s: %v; want denied, %s", name, err, api.ReasonReadOnly)
		}
	}
	if rows, err := s.RevocationsSince(ctx, 0, time.Time{}, 10); err != nil || len(rows) > 0 {
		t.Errorf("refused changes left %v, %v", rows, err)
	}
}

// API keys can be changed even if all directories are read-only.
func TestKeyAccounts_readOnly(t *testing.T) {
	there := memory.New()
	far := newTestEngine(t, func(c *core.Config) { c.Store = there })
	e, err := core.New(t.Context(), core.Config{Directories: []users.Directory{readOnly{users.NewStore(there, users.StoreConfig{})}}})
	far.must(err)
	defer e.Close()
	ctx, a := t.Context(), e.Admin().KeyAccounts()
	_, key, err := a.CreateAPIKey(ctx, core.NewAPIKey{Subject: far.bob.Subject}, "test")
	far.must(err)
	far.must(a.RevokeAPIKey(ctx, key.ID, "test"))
	_, none := e.Admin().Accounts()
	_, listed := a.List(ctx, 0, 1)
	_, created := a.Create(ctx, users.NewUser{Login: "x"}, "test")
	for what, err := range map[string]error{
		"Accounts": none, "List": listed, "Create": created, "Update": a.Update(ctx, "u_bob", users.Change{}, "test"),
		"SetPassword": a.SetPassword(ctx, "u_bob", "long enough 1", "test"), "SetRoles": a.SetRoles(ctx, "u_bob", nil, "test"),
		"SetDisabled": a.SetDisabled(ctx, "u_bob", true, "test"), "Delete": a.Delete(ctx, far.bob, "test"),
	} {
		if api.CodeOf(err) != api.Denied || api.ReasonOf(err) != api.ReasonReadOnly {
			t.Errorf("%s: %v; want denied, %s", what, err, api.ReasonReadOnly)
		}
	}
}

// readOnly hides that a directory is writable.
type readOnly struct{ d users.Directory }

func (r readOnly) Name() string { return "far" }
func (r readOnly) BySubject(ctx context.Context, s string) (api.User, error) {
	return r.d.BySubject(ctx, s)
}
func (r readOnly) ByNumber(ctx context.Context, n int64) (api.User, error) {
	return r.d.ByNumber(ctx, n)
}
func (r readOnly) ByLogin(ctx context.Context, l string) (api.User, error) {
	return r.d.ByLogin(ctx, l)
}
func (r readOnly) ByEmail(ctx context.Context, m string) (api.User, error) {
	return r.d.ByEmail(ctx, m)
}
