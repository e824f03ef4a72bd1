package core_test

import (
	"context"
	"encoding/base64"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/logtest"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/core/users"
	"github.com/cardea-auth/cardea/methods/apikey"
	"github.com/cardea-auth/cardea/methods/basic"
	"github.com/cardea-auth/cardea/methods/jwt"
)

// clock is a clock that only advance moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

const password = "correct horse"

// testEngine is an engine with two users and its own log and clock.
type testEngine struct {
	*core.Engine
	t        testing.TB
	accounts *core.Accounts
	clock    *clock
	log      *logtest.Buffer
	config   core.Config
	alice    api.User // administrator and editor
	bob      api.User // subscriber
}

func chain() []core.NamedMethod {
	return []core.NamedMethod{
		{Name: "basic", Opener: basic.Config{}},
		{Name: "apikey", Opener: apikey.Config{}},
		{Name: "jwt", Opener: jwt.Config{}},
	}
}

func rules() []route.Rule {
	return []route.Rule{
		{Name: "public", Path: "/public/**", Access: route.Public},
		{Name: "optional", Path: "/optional/**", Access: route.Optional},
		{Name: "lenient", Path: "/lenient/**", Access: route.Optional, OnBadToken: route.Anonymous},
		{Name: "admin", Path: "/admin/**", Roles: []string{"administrator", "owner"}},
		{Name: "scoped", Path: "/scoped/**", Scopes: []string{"read"}},
		{Name: "token", Path: "/token/**", Header: route.HeaderSpec{Name: "X-Token"}},
		{Name: "strict", Path: "/strict/**", Header: route.HeaderSpec{Name: "X-Token", Prefix: "Bearer", RefuseStandard: true}},
		{Name: "read", Path: "/methods/**", Methods: []string{"GET"}},
		{Name: "all", Path: "/api/**", Upstream: "main"},
	}
}

// newTestEngine opens an engine; change may modify its configuration first.
func newTestEngine(t testing.TB, change func(*core.Config)) *testEngine {
	t.Helper()
	h := &testEngine{t: t, log: &logtest.Buffer{}, clock: &clock{now: time.Date(2026, 3, 1, 12, 0, 0, 5e8, time.UTC)}}
	h.config = core.Config{
		Passwords: users.NewPasswords(users.PasswordConfig{Memory: 8, Passes: 1}),
		Policy:    core.Policy{Methods: chain(), Rules: rules(), WhenStale: core.StaleOpen},
		PollEvery: time.Hour, // so that tests see only what applies without polling

		UpkeepEvery: -1, PruneEvery: -1, // tests call both
		Now:    h.clock.Now,
		Logger: slog.New(slog.NewTextHandler(h.log, nil)),
	}
	if change != nil {
		change(&h.config)
	}
	var err error
	if h.Engine, err = core.New(context.Background(), h.config); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	if h.accounts, err = h.Admin().Accounts(); err != nil {
		t.Fatal(err)
	}
	h.alice = h.newUser("alice", "administrator", "editor")
	h.bob = h.newUser("bob", "subscriber")
	return h
}

// withHooks opens an engine with the handlers that bind binds.
func withHooks(t testing.TB, bind func(*core.Hooks)) *testEngine {
	t.Helper()
	return newTestEngine(t, func(c *core.Config) {
		c.Policy.Hooks = core.NewHooks()
		bind(c.Policy.Hooks)
	})
}

func (h *testEngine) newUser(login string, roles ...string) api.User {
	h.t.Helper()
	u, err := h.accounts.Create(context.Background(), users.NewUser{
		Subject: "u_" + login, Login: login, Email: login + "@example.org", Roles: roles, Password: password,
	}, "test")
	if err != nil {
		h.t.Fatal(err)
	}
	return u
}

// drained waits until all events so far are handled.
func (h *testEngine) drained() {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	h.must(h.Drain(ctx))
}

func (h *testEngine) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// token logs the user in and returns an access token.
func (h *testEngine) token(login string) string {
	h.t.Helper()
	id, err := h.Tokens().Login(context.Background(), core.LoginRequest{Login: login, Password: password})
	h.must(err)
	issued, err := h.Tokens().Issue(context.Background(), core.IssueRequest{Identity: id})
	h.must(err)
	return issued.Text.Reveal()
}

// apiKey creates an API key and returns its text and id.
func (h *testEngine) apiKey(n core.NewAPIKey) (text, id string) {
	h.t.Helper()
	secret, key, err := h.accounts.CreateAPIKey(context.Background(), n, "test")
	h.must(err)
	return secret.Reveal(), key.ID
}

func bearer(token string) api.Header { return api.Header{"Authorization": {"Bearer " + token}} }

func keyHeader(key string) api.Header { return api.Header{"X-Api-Key": {key}} }

func basicHeader(login, password string) api.Header {
	return api.Header{"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte(login+":"+password))}}
}

func get(target string, header api.Header) *api.Attempt {
	return &api.Attempt{Method: "GET", Scheme: "https", Host: "example.org", RawTarget: target, Header: header}
}

func (h *testEngine) decide(target string, header api.Header) core.Decision {
	return h.Decide(context.Background(), get(target, header))
}

// passes fails the test unless a request with these headers is allowed as login.
func (h *testEngine) passes(what string, header api.Header, login string) {
	h.t.Helper()
	if d := h.decide("/api/x", header); d.Outcome != core.Allowed || d.Identity.Login != login {
		h.t.Errorf("%s: got %v for %q (%v), want %q to pass", what, d.Outcome, d.Identity.Login, d.Err, login)
	}
}

// refused fails the test unless a request with these headers is refused for reason.
func (h *testEngine) refused(what string, header api.Header, reason string) {
	h.t.Helper()
	if d := h.decide("/api/x", header); d.Outcome != core.Refused || api.ReasonOf(d.Err) != reason {
		h.t.Errorf("%s: got %v for %q (%v), want a refusal for %s", what, d.Outcome, d.Identity.Login, d.Err, reason)
	}
}

func (h *testEngine) logged(text string) {
	h.t.Helper()
	if !strings.Contains(h.log.String(), text) {
		h.t.Errorf("the log does not say %q:\n%s", text, h.log.String())
	}
}

func (h *testEngine) countLogged(text string) int { return strings.Count(h.log.String(), text) }
