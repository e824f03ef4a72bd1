package core_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/users"
)

// meddler is a user who logs in while their tokens are being revoked.
type meddler struct {
	*testSites
	subject, site string
	password      api.Secret
	format        string // of the tokens
	old           core.TokenPair

	where string // the moment at which held runs
	held  func() // runs once
}

// during runs what happens in the middle of the login.
func (m *meddler) during() {
	if f := m.held; f != nil {
		m.held = nil
		f()
	}
}

// hold returns a handler of a point that runs what happens in the middle, if it happens
// there.
func hold[T any](m *meddler, point string) (string, func(context.Context, T) (T, error)) {
	return "hold", func(_ context.Context, x T) (T, error) {
		if m.where == point {
			m.during()
		}
		return x, nil
	}
}

// heldAt are the points at which a login is held, and the ways to tokens of issuings that ask them.
var heldAt = map[string][]string{
	"login-before":   {"login and issue", "login and session"},
	"login-after":    {"login and issue", "login and session", "token for a token", "refresh", "reissue"},
	"refresh-expire": {"login and session", "session"},
	"session-limit":  {"login and session", "session"},
	"refresh-before": {"refresh", "reissue"},
	"auth-expire":    {"login and issue", "issue", "session", "token for a token", "refresh"},
	"token-claims":   {"login and issue", "issue", "session", "token for a token", "refresh"},
}

func (m *meddler) bind(h *core.Hooks) {
	m.must(errors.Join(
		h.LoginBefore.Bind(hold[core.LoginAttempt](m, "login-before")),
		h.LoginAfter.Bind(hold[core.LoginResult](m, "login-after")),
		h.RefreshExpire.Bind(hold[core.Lifetime](m, "refresh-expire")),
		h.RefreshBefore.Bind(hold[core.RefreshAttempt](m, "refresh-before")),
		h.SessionLimit.Bind(hold[core.SessionLimit](m, "session-limit")),
		h.AuthExpire.Bind(hold[core.Lifetime](m, "auth-expire")),
		h.TokenClaims.Bind(hold[core.TokenClaims](m, "token-claims")),
	))
}

// heldStore runs the login while a revocation is being stored.
type heldStore struct {
	store.Store
	m *meddler
}

func (s heldStore) AppendRevocations(ctx context.Context, rows ...api.Revocation) error {
	s.m.inStore("append", rows)
	return s.Store.AppendRevocations(ctx, rows...)
}

func (s heldStore) UpdateUser(ctx context.Context, subject string, change func(*api.User) ([]api.Revocation, error)) (api.User, error) {
	rows, ready := []api.Revocation(nil), false
	u, err := s.Store.UserBySubject(ctx, subject)
	if err == nil { // the store's own transaction would hold up the login for ever
		rows, err = change(&u)
		s.m.inStore("update", rows)
		ready = err == nil
	}
	return s.Store.UpdateUser(ctx, subject, func(now *api.User) ([]api.Revocation, error) {
		if !ready {
			return change(now)
		}
		*now = u
		return rows, nil
	})
}

// inStore runs what happens while these rows are being stored.
func (m *meddler) inStore(where string, rows []api.Revocation) {
	for _, r := range rows {
		if m.where == where && (r.Key == m.subject || r.Kind == api.RevokeAll) {
			m.during()
		}
	}
}

// bareFormat is a token format that shows neither generation nor session.
func bareFormat(t *testing.T) core.TokenFormat {
	f := siteFormat(t)
	f.Name, f.Issuer, f.Order = "bare", "https://bare.example", []string{"iss", "iat", "exp", "user", "jti"}
	f.Base = func(id api.Identity) api.Claims { return api.NewClaims(api.Claim{Name: "user", Value: id.Subject}) }
	f.Read = func(c api.Claims) (api.Identity, bool, error) {
		return api.Identity{Subject: c.String("user")}, false, nil
	}
	return f
}

func newMeddler(t *testing.T, subject, format, where string) *meddler {
	m := &meddler{subject: subject, site: "shop", password: "shop pass", format: format, where: where}
	if subject == "u_alice" {
		m.site, m.password = "", password
	}
	m.testSites = newTestSites(t, func(c *core.Config) {
		c.Store = heldStore{c.Store, m}
		c.Directories[0] = users.NewStore(c.Store, users.StoreConfig{Passwords: c.Passwords, Now: c.Now})
		c.Policy.TokenFormats = append(c.Policy.TokenFormats, bareFormat(t))
		c.Policy.Hooks = core.NewHooks()
		m.testSites = &testSites{testEngine: &testEngine{t: t}}
		m.bind(c.Policy.Hooks)
	})
	id := m.user()
	var err error
	m.old, err = m.Tokens().StartSession(context.Background(), core.BeginRequest{Identity: id, TokenFormat: format})
	m.must(err)
	m.clock.advance(10 * time.Second)
	return m
}

func (m *meddler) user() api.Identity {
	m.t.Helper()
	id, err := m.Tokens().User(context.Background(), m.subject)
	m.must(err)
	return id
}

// account returns the user as stored.
func (m *meddler) account() api.User {
	m.t.Helper()
	u, err := m.config.Store.UserBySubject(context.Background(), m.subject)
	m.must(err)
	return u
}

func (m *meddler) logIn() (api.Identity, error) {
	return m.Tokens().Login(context.Background(), core.LoginRequest{Login: "alice", Password: m.password, Dialect: m.site})
}

// issuings are the ways to tokens. Each returns what was issued.
var issuings = map[string]func(*meddler) (core.TokenPair, error){
	"login and issue": func(m *meddler) (core.TokenPair, error) {
		id, err := m.logIn()
		if err != nil {
			return core.TokenPair{}, err
		}
		issued, err := m.Tokens().Issue(context.Background(), core.IssueRequest{Identity: id, TokenFormat: m.format})
		return core.TokenPair{Access: issued}, err
	},
	"login and session": func(m *meddler) (core.TokenPair, error) {
		id, err := m.logIn()
		if err != nil {
			return core.TokenPair{}, err
		}
		return m.Tokens().StartSession(context.Background(), core.BeginRequest{Identity: id, TokenFormat: m.format})
	},
	"issue": func(m *meddler) (core.TokenPair, error) {
		issued, err := m.Tokens().Issue(context.Background(), core.IssueRequest{Identity: m.user(), TokenFormat: m.format})
		return core.TokenPair{Access: issued}, err
	},
	"session": func(m *meddler) (core.TokenPair, error) {
		return m.Tokens().StartSession(context.Background(), core.BeginRequest{Identity: m.user(), TokenFormat: m.format})
	},
	"token for a token": func(m *meddler) (core.TokenPair, error) {
		id, err := m.Verify(context.Background(), core.VerifyRequest{Token: m.old.Access.Text.Reveal()})
		if err != nil {
			return core.TokenPair{}, err
		}
		issued, err := m.Tokens().Issue(context.Background(), core.IssueRequest{Identity: id, TokenFormat: m.format})
		return core.TokenPair{Access: issued}, err
	},
	"refresh": func(m *meddler) (core.TokenPair, error) {
		return m.Tokens().Refresh(context.Background(), core.RefreshRequest{Token: m.old.Refresh, TokenFormat: m.format})
	},
	"reissue": func(m *meddler) (core.TokenPair, error) {
		return m.Tokens().ReissueAccess(context.Background(), core.RefreshRequest{Token: m.old.Refresh, TokenFormat: m.format})
	},
}

// dead fails the test if what was issued works later.
func (m *meddler) dead(what string, g core.TokenPair, err error) {
	m.t.Helper()
	m.clock.advance(2 * time.Second)
	m.must(m.accounts.SetRoles(context.Background(), "u_bob", []string{"reader"}, "test")) // reads the log
	if err != nil {
		if api.CodeOf(err) != api.Unauthenticated {
			m.t.Errorf("%s: got %v, want a refusal", what, err)
		}
		return
	}
	if d := m.decide("/any/x", bearer(g.Access.Text.Reveal())); d.Outcome == core.Allowed {
		m.t.Errorf("%s: the token works", what)
	}
	if g.Refresh == "" {
		return
	}
	if _, err := m.Tokens().Refresh(context.Background(), core.RefreshRequest{Token: g.Refresh, TokenFormat: m.format}); err == nil {
		m.t.Errorf("%s: the refresh token works", what)
	}
}

// alive fails the test unless a login after the revocation works.
func (m *meddler) alive(end string) {
	m.t.Helper()
	if end == "disabled" || end == "deleted" {
		return
	}
	g, err := issuings["login and session"](m)
	m.must(err)
	if d := m.decide("/any/x", bearer(g.Access.Text.Reveal())); d.Outcome != core.Allowed {
		m.t.Errorf("a token issued afterwards: got %v, want allowed", d.Err)
	}
}

// allEndings revoke everything of the user.
var allEndings = map[string]func(*meddler) error{
	"logout of all": func(m *meddler) error { return logoutAll(m.testSites, m.subject) },
	"revocation": func(m *meddler) error {
		return m.Tokens().Revoke(context.Background(), api.Revocation{Kind: api.RevokeSubject, Key: m.subject})
	},
	"of everything": func(m *meddler) error {
		return m.Tokens().Revoke(context.Background(), api.Revocation{Kind: api.RevokeAll})
	},
	"password": func(m *meddler) error {
		return m.accounts.SetPassword(context.Background(), m.subject, m.password, "test")
	},
	"disabled": func(m *meddler) error {
		return m.accounts.SetDisabled(context.Background(), m.subject, true, "test")
	},
	"deleted": func(m *meddler) error {
		return m.accounts.Delete(context.Background(), m.account(), "test")
	},
}

// eachMeddler runs a test for users with and without generations, in formats with and without one.
func eachMeddler(t *testing.T, run func(t *testing.T, subject, format, end string)) {
	for subject, formats := range map[string][]string{"u_alice": {"", "bare"}, "shop:2": {"", "bare"}} {
		for _, format := range formats {
			for end := range allEndings {
				if subject == "shop:2" && (end == "password" || end == "disabled" || end == "deleted") {
					continue // the directory is only read
				}
				t.Run(subject+"/"+format+"/"+end, func(t *testing.T) { run(t, subject, format, end) })
			}
		}
	}
}

// TestRevoke_whileLoggingIn: nothing survives a revocation of everything that began before
// it and is held in the middle while it runs, whichever node revokes.
func TestRevoke_whileLoggingIn(t *testing.T) {
	for where, list := range heldAt {
		eachMeddler(t, func(t *testing.T, subject, format, end string) {
			for _, way := range list {
				for _, elsewhere := range []bool{false, true} {
					if elsewhere && where == "login-before" && subject == "u_alice" && end != "revocation" && end != "of everything" {
						continue // the password is checked after the revocation, of the new generation
					}
					m, ran := newMeddler(t, subject, format, where), false
					revoker := m
					if elsewhere {
						revoker = m.node()
					}
					m.held = func() {
						ran = true
						m.must(allEndings[end](revoker))
						m.clock.advance(2 * time.Second)
					}
					g, err := issuings[way](m)
					if what := fmt.Sprint(way, " held at ", where, ", revoked elsewhere: ", elsewhere); ran {
						m.dead(what, g, err)
						m.alive(end)
					} else if format == "bare" {
						t.Errorf("%s: %s is not asked", way, where)
					}
				}
			}
		})
	}
}

// TestRevoke_whileStored: nothing survives that is issued while the revocation is being
// stored, however long that takes.
func TestRevoke_whileStored(t *testing.T) {
	for _, where := range []string{"append", "update"} {
		eachMeddler(t, func(t *testing.T, subject, format, end string) {
			for way, run := range issuings {
				m, ran := newMeddler(t, subject, format, where), false
				var g core.TokenPair
				var err error
				m.held = func() {
					ran = true
					m.clock.advance(2 * time.Second)
					g, err = run(m)
				}
				if m.must(allEndings[end](m)); ran {
					m.dead(fmt.Sprint(way, " in ", where), g, err)
					m.alive(end)
				}
			}
		})
	}
}

// TestRevoke_whileStoredElsewhere: what is issued while the revocation is being stored is
// revoked on other nodes and after a restart, too, and not only here.
func TestRevoke_whileStoredElsewhere(t *testing.T) {
	eachMeddler(t, func(t *testing.T, subject, format, end string) {
		for way, run := range issuings {
			for _, while := range []time.Duration{300 * time.Millisecond, 2 * time.Second} {
				m, ran := newMeddler(t, subject, format, "append"), false
				var g core.TokenPair
				var err error
				m.held = func() {
					ran = true
					m.clock.advance(while / 2)
					g, err = run(m)
					m.clock.advance(while / 2)
				}
				if m.must(allEndings[end](m)); ran {
					m.node().dead(fmt.Sprint(way, " while it was stored for ", while), g, err)
				}
			}
		}
	})
}

// TestRevoke_notByOthers: a change that revokes nothing ends no login, whatever another node
// has revoked before, even if its clock is ahead.
func TestRevoke_notByOthers(t *testing.T) {
	ctx, display := context.Background(), "Alice A."
	for _, format := range []string{"", "bare"} {
		m, ran := newMeddler(t, "u_alice", format, "token-claims"), false
		m.must(m.config.Store.AppendRevocations(ctx, api.Revocation{
			Kind: api.RevokeSubject, Key: m.subject, MinGen: m.account().Gen, At: m.clock.Now().Add(3 * time.Second), Expires: m.clock.Now().Add(time.Hour),
		}))
		m.must(m.accounts.SetRoles(ctx, "u_bob", []string{"reader"}, "test")) // reads the log
		before := m.revocations()
		if format == "bare" {
			m.clock.advance(4 * time.Second) // such a token shows no generation
		}
		m.held = func() {
			ran = true
			m.must(m.accounts.Update(ctx, m.subject, users.Change{Display: &display}, "test"))
		}
		if _, err := issuings["login and session"](m); err != nil || !ran {
			t.Errorf("%q: %v; the profile was changed: %v", format, err, ran)
		}
		m.where = "update"
		m.held = func() { m.clock.advance(2 * time.Second) }
		m.must(m.accounts.Update(ctx, m.subject, users.Change{Display: &display}, "test"))
		if after := m.revocations(); after != before {
			t.Errorf("%q: two changes of a profile revoked %d times", format, after-before)
		}
	}
}

// revocations returns how many rows of the log revoke what the user has.
func (m *meddler) revocations() (n int) {
	m.t.Helper()
	list, err := m.config.Store.RevocationsSince(context.Background(), 0, time.Time{}, 1000)
	m.must(err)
	for _, r := range list {
		if r.Kind == api.RevokeSubject && r.Key == m.subject {
			n++
		}
	}
	return n
}

// TestRevoke_whileExchanged: nothing is issued for a token that is revoked in the middle.
func TestRevoke_whileExchanged(t *testing.T) {
	for end, row := range map[string]func(api.Identity) api.Revocation{
		"the token": func(id api.Identity) api.Revocation {
			return api.Revocation{Kind: api.RevokeToken, Key: id.Proof.TokenID}
		},
		"its session": func(id api.Identity) api.Revocation {
			return api.Revocation{Kind: api.RevokeSession, Key: id.Proof.Session}
		},
		"its client": func(id api.Identity) api.Revocation { return api.Revocation{Kind: api.RevokeClient, Key: id.Client} },
		"its key":    func(id api.Identity) api.Revocation { return api.Revocation{Kind: api.RevokeKey, Key: id.Proof.KeyID} },
	} {
		for _, where := range []string{"auth-expire", "token-claims"} {
			m := newMeddler(t, "u_alice", "", where)
			old, err := m.Tokens().StartSession(context.Background(), core.BeginRequest{Identity: m.user(), Client: "app"})
			m.must(err)
			id, err := m.Verify(context.Background(), core.VerifyRequest{Token: old.Access.Text.Reveal()})
			m.must(err)
			m.held = func() { m.must(m.Tokens().Revoke(context.Background(), row(id))) }
			_, err = m.Tokens().Issue(context.Background(), core.IssueRequest{Identity: id, Client: "other"})
			if api.CodeOf(err) != api.Unauthenticated || api.ReasonOf(err) != api.ReasonTokenRevoked || m.held != nil {
				t.Errorf("%s, revoked at %s: %v, want a refusal", end, where, err)
			}
		}
	}
}

// node returns another node on the same store.
func (m *meddler) node() *meddler {
	m.t.Helper()
	other, h := *m, *m.testEngine
	c := m.config
	c.Policy.Hooks = nil
	var err error
	h.Engine, err = core.New(context.Background(), c)
	m.must(err)
	m.t.Cleanup(func() { h.Close() })
	h.accounts, err = h.Admin().Accounts()
	m.must(err)
	other.testSites = &testSites{testEngine: &h}
	return &other
}
