package core_test

import (
	"context"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users"
)

// TestLogin_sameAccount: hooks and limits apply to the account whose password is checked,
// even if one user's e-mail address is another's login name.
func TestLogin_sameAccount(t *testing.T) {
	const name = "root@shop.example"
	for _, c := range []struct {
		loginOnly bool
		pass      api.Secret
		subject   string // of who logs in
		seen      string // by the hooks
	}{
		{true, "shop pass", "shop:1", name},
		{false, password, "u_mallory", "mallory"},
		{false, "shop pass", "", "mallory"},
		{true, password, "", name},
	} {
		var seen string
		w := newTestSites(t, func(cfg *core.Config) {
			cfg.Policy.Hooks = core.NewHooks()
			cfg.Policy.Hooks.LoginBefore.Bind("see", func(_ context.Context, r core.LoginAttempt) (core.LoginAttempt, error) {
				seen = r.Login
				return r, nil
			})
		})
		w.shop.users[0].Login = name
		_, err := w.accounts.Create(context.Background(), users.NewUser{Subject: "u_mallory", Login: "mallory", Email: name, Password: password}, "test")
		w.must(err)
		id, _ := w.Tokens().Login(context.Background(), core.LoginRequest{Login: name, Password: c.pass, LoginOnly: c.loginOnly})
		if id.Subject != c.subject || seen != c.seen {
			t.Errorf("login names only %v, %q: %q logged in, hooks saw %q; want %q and %q", c.loginOnly, c.pass, id.Subject, seen, c.subject, c.seen)
		}
	}
}

// TestLogin_sameAccount_codes: wrong codes count for the account they were entered for.
func TestLogin_sameAccount_codes(t *testing.T) {
	const name = "root@shop.example"
	w := newTestSites(t, func(c *core.Config) {
		c.Policy.Hooks = core.NewHooks()
		c.Policy.Hooks.LoginBefore.Bind("2fa", func(_ context.Context, r core.LoginAttempt) (core.LoginAttempt, error) {
			r.Challenge = &core.Challenge{Kind: "otp"}
			return r, nil
		})
	})
	w.shop.users[0].Login = name
	_, err := w.accounts.Create(context.Background(), users.NewUser{Login: "mallory", Email: name, Password: password}, "test")
	w.must(err)
	try := func(pass api.Secret, loginOnly bool) error {
		_, err := w.Tokens().Login(context.Background(), core.LoginRequest{
			Login: name, Password: pass, LoginOnly: loginOnly, Answers: map[string]string{"code": "0"},
		})
		return err
	}
	for range 20 {
		w.clock.advance(time.Second)
		err = try("shop pass", true)
	}
	if api.CodeOf(err) != api.Throttled {
		t.Errorf("twenty wrong codes: got %v, want code %s", err, api.Throttled)
	}
	if err := try(password, false); api.ReasonOf(err) != api.ReasonChallenge {
		t.Errorf("the other account: got %v, want reason %q", err, api.ReasonChallenge)
	}
}
