package core_test

import (
	"context"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store/memory"
	"github.com/cardea-auth/cardea/core/store/storetest"
)

// TestGuesses tests whether each result of a login counts as a failure. A user may fail ten
// times from one address; one more failure delays the next login.
func TestGuesses(t *testing.T) {
	login := func(r core.LoginRequest) func(*testEngine) error {
		r.Peer = peer("192.0.2.1")
		return func(h *testEngine) error { _, err := h.Tokens().Login(context.Background(), r); return err }
	}
	right := login(core.LoginRequest{Login: "bob", Password: password})
	wrong := login(core.LoginRequest{Login: "bob", Password: "wrong horse"})
	basic := func(text string) func(*testEngine) error {
		return func(h *testEngine) error { return h.decideFrom("192.0.2.1", basicHeader("bob", text)) }
	}
	broken := &storetest.Failing{}
	for name, c := range map[string]struct {
		change func(*core.Config)
		end    func(*testEngine) error
		code   api.Code // of that end; "" is success
		counts bool
	}{
		"a wrong password":                 {nil, wrong, api.Unauthenticated, true},
		"a wrong password by Basic":        {nil, basic("wrong horse"), api.Unauthenticated, true},
		"a right password":                 {nil, right, "", false},
		"a right password by Basic":        {nil, basic(password), "", false},
		"a role that may not log in":       {func(c *core.Config) { c.Policy.Tokens.RefuseRoles = []string{"subscriber"} }, right, api.Denied, false},
		"a role that may not use Basic":    {func(c *core.Config) { c.Policy.Methods[0].RefuseRoles = []string{"subscriber"} }, basic(password), api.Denied, false},
		"login-after refuses":              {refusesAfter(core.Deny("", "no")), right, api.Denied, false},
		"a challenge":                      {challenges, right, api.Unauthenticated, false},
		"a challenge and a wrong password": {challenges, wrong, api.Unauthenticated, true},
		"a challenge by Basic":             {challenges, basic(password), api.Unauthenticated, false},
		"a wrong code":                     {challenges, login(core.LoginRequest{Login: "bob", Password: password, Answers: map[string]string{"code": "1"}}), api.Unauthenticated, true},
		"login-before refuses":             {refusesBefore, right, api.Denied, false},
		"the store does not answer":        {func(c *core.Config) { c.Store = broken }, right, api.Unavailable, false},
		"an unknown user":                  {nil, login(core.LoginRequest{Login: "nobody", Password: password}), api.Unauthenticated, true},
		"an unknown user, refused anyway":  {refusesBefore, login(core.LoginRequest{Login: "nobody", Password: password}), api.Denied, false},
		"without a password":               {nil, login(core.LoginRequest{Login: "bob"}), api.Unauthenticated, true},
	} {
		broken.Store = memory.New()
		h := newTestEngine(t, c.change)
		broken.Reads.Store(c.code == api.Unavailable)
		for range 10 {
			err := c.end(h)
			if (err == nil) != (c.code == "") || err != nil && api.CodeOf(err) != c.code {
				t.Errorf("%s: %v, want code %q", name, err, c.code)
				break
			}
			h.clock.advance(time.Millisecond) // results of Basic are cached
		}
		c.end(h)
		if err := c.end(h); (api.CodeOf(err) == api.Throttled) != c.counts {
			t.Errorf("%s, the twelfth time: %v, want it to wait: %v", name, err, c.counts)
		}
		broken.Reads.Store(false)
	}
}

func challenges(c *core.Config) {
	c.Policy.Hooks = core.NewHooks()
	c.Policy.Hooks.LoginBefore.Bind("2fa", func(_ context.Context, v core.LoginAttempt) (core.LoginAttempt, error) { return asks(v) })
}

func refusesBefore(c *core.Config) {
	c.Policy.Hooks = core.NewHooks()
	c.Policy.Hooks.LoginBefore.Bind("x", func(_ context.Context, v core.LoginAttempt) (core.LoginAttempt, error) { return v, core.Deny("", "no") })
}

func refusesAfter(err error) func(*core.Config) {
	return func(c *core.Config) {
		c.Policy.Hooks = core.NewHooks()
		c.Policy.Hooks.LoginAfter.Bind("x", func(_ context.Context, v core.LoginResult) (core.LoginResult, error) { return v, err })
	}
}

// TestGuesses_success: a complete login resets the failures, a correct password alone does
// not.
func TestGuesses_success(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*core.Config)
		clears bool
	}{
		"a login":                    {nil, true},
		"a challenge":                {challenges, false},
		"a role that may not log in": {func(c *core.Config) { c.Policy.Tokens.RefuseRoles = []string{"subscriber"} }, false},
	} {
		h := newTestEngine(t, c.change)
		for range 2 {
			for range 8 {
				h.tryLogin("bob", "wrong horse", "192.0.2.1")
			}
			h.tryLogin("bob", password, "192.0.2.1")
		}
		waits := api.CodeOf(h.tryLogin("bob", "wrong horse", "192.0.2.1")) == api.Throttled
		if waits == c.clears {
			t.Errorf("%s: the next wrong one waits: %v", name, waits)
		}
	}
}
