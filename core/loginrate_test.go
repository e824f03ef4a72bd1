package core_test

import (
	"context"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// TestLoginRate: logins of one user for tokens are limited per minute. Failures, Basic and
// other users do not count, and a client that guesses passwords does not see the limit.
func TestLoginRate(t *testing.T) {
	h := newTestEngine(t, func(c *core.Config) { c.LoginsPerMinute = 3 })
	login := func(who, text string) error {
		_, err := h.Tokens().Login(context.Background(), core.LoginRequest{Login: who, Password: api.Secret(text), Peer: peer("192.0.2.1")})
		return err
	}
	for _, c := range []struct {
		what   string
		do     func() error
		code   api.Code
		passed time.Duration // before it
	}{
		{"the first", func() error { return login("bob", password) }, "", 0},
		{"a wrong password", func() error { return login("bob", "wrong horse") }, api.Unauthenticated, 0},
		{"by Basic", func() error { return h.decideFrom("192.0.2.1", basicHeader("bob", password)) }, "", 0},
		{"the second", func() error { return login("bob", password) }, "", 0},
		{"the third", func() error { return login("BOB", password) }, "", 0},
		{"the fourth", func() error { return login("bob", password) }, api.Throttled, 0},
		{"a wrong password after it", func() error { return login("bob", "wrong horse") }, api.Unauthenticated, 0},
		{"by Basic after it", func() error { return h.decideFrom("192.0.2.1", basicHeader("bob", password)) }, "", 0},
		{"somebody else", func() error { return login("alice", password) }, "", 0},
		{"a third of a minute later", func() error { return login("bob", password) }, "", 20 * time.Second},
		{"at once after that", func() error { return login("bob", password) }, api.Throttled, 0},
	} {
		h.clock.advance(c.passed)
		err := c.do()
		if c.code == "" && err != nil || c.code != "" && api.CodeOf(err) != c.code {
			t.Errorf("%s: %v; want code %q", c.what, err, c.code)
		}
		if e := api.AsError(err); c.code == api.Throttled && (e.Reason != api.ReasonTooMany || e.RetryAfter <= 0 || e.RetryAfter > 20*time.Second) {
			t.Errorf("%s: reason %q, again after %s", c.what, e.Reason, e.RetryAfter)
		}
	}
	free := newTestEngine(t, nil)
	for i := range 50 {
		if _, err := free.Tokens().Login(context.Background(), core.LoginRequest{Login: "bob", Password: password}); err != nil {
			t.Fatalf("without a rate, login %d: %v", i, err)
		}
	}
}

// TestLoginRate_network: a user of a network has one limit for all its sites.
func TestLoginRate_network(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*core.Config)
		code   api.Code // of the login at the second site
	}{
		"in one network":    {network, api.Throttled},
		"without a network": {func(*core.Config) {}, ""},
	} {
		w := newTestSites(t, func(cfg *core.Config) { c.change(cfg); cfg.LoginsPerMinute = 1 })
		login := func(site string) error {
			_, err := w.Tokens().Login(context.Background(), core.LoginRequest{Login: "alice", Password: api.Secret(site + " pass"), Dialect: site})
			return err
		}
		w.must(login("forum"))
		if err := login("shop"); (c.code == "") != (err == nil) || err != nil && api.CodeOf(err) != c.code {
			t.Errorf("%s: %v, want code %q", name, err, c.code)
		}
	}
}
