package core_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store/memory"
	"github.com/cardea-auth/cardea/core/store/storetest"
	"github.com/cardea-auth/cardea/core/users"
)

// TestCreateAPIKey_bounds checks that an invalid life, rate or role is refused by itself.
func TestCreateAPIKey_bounds(t *testing.T) {
	h := newTestEngine(t, nil)
	for name, c := range map[string]struct {
		key  core.NewAPIKey
		code api.Code
	}{
		"nothing":               {core.NewAPIKey{}, ""},
		"the least":             {core.NewAPIKey{Life: 1, Rate: 1}, ""},
		"a negative life":       {core.NewAPIKey{Life: -1}, api.Invalid},
		"a negative rate":       {core.NewAPIKey{Rate: -1}, api.Invalid},
		"a role":                {core.NewAPIKey{Roles: []string{"editor"}}, ""},
		"no role":               {core.NewAPIKey{Roles: []string{}}, ""},
		"a role of another's":   {core.NewAPIKey{Roles: []string{"subscriber"}}, api.Invalid},
		"one and one of others": {core.NewAPIKey{Roles: []string{"editor", "owner"}}, api.Invalid},
	} {
		c.key.Subject = h.alice.Subject
		text, key, err := h.accounts.CreateAPIKey(t.Context(), c.key, "op")
		if api.CodeOf(err) != c.code || (err == nil) != (text != "" && key.ID != "") {
			t.Errorf("%s: created key %q, %v; want code %s", name, key.ID, err, c.code)
		}
	}
}

// TestRotateAPIKey_expired: a key can be rotated until it expires.
func TestRotateAPIKey_expired(t *testing.T) {
	h := newTestEngine(t, nil)
	_, id := h.apiKey(core.NewAPIKey{Subject: h.bob.Subject, Life: time.Hour})
	_, forever := h.apiKey(core.NewAPIKey{Subject: h.bob.Subject})
	for _, step := range []struct {
		wait  time.Duration
		works bool
	}{{time.Hour - 1, true}, {1, false}, {time.Hour, false}} {
		h.clock.advance(step.wait)
		if _, err := h.accounts.RotateAPIKey(t.Context(), id, time.Minute, "op"); (err == nil) != step.works || err != nil && !errors.Is(err, core.ErrConflict) {
			t.Errorf("%s later: %v", step.wait, err)
		}
		if _, err := h.accounts.RotateAPIKey(t.Context(), forever, time.Minute, "op"); err != nil {
			t.Errorf("one that never expires: %v", err)
		}
	}
}

// TestCreate_anew: a user who gets the number of a deleted user starts with a new
// generation. Otherwise only users created with Anew do.
func TestCreate_anew(t *testing.T) {
	h := newTestEngine(t, nil)
	// A user without a number leaves no record of a deleted number.
	carol := h.newUser("carol")
	h.must(h.accounts.Delete(t.Context(), api.User{Subject: carol.Subject}, "op"))
	h.must(h.accounts.Delete(t.Context(), h.bob, "op"))
	for i, c := range []struct {
		user users.NewUser
		anew bool
	}{
		{users.NewUser{}, false}, {users.NewUser{Number: h.bob.Number}, true},
		{users.NewUser{Number: 1000}, false}, {users.NewUser{Number: 1001, Anew: true}, true}, {users.NewUser{Anew: true}, true},
	} {
		c.user.Login = fmt.Sprint("user", i)
		u, err := h.accounts.Create(t.Context(), c.user, "op")
		if h.must(err); (u.Gen > 1) != c.anew {
			t.Errorf("%+v: generation %d", c.user, u.Gen)
		}
	}
}

// TestLogin_notChecked: a login that fails because users cannot be looked up does not count
// as a failed login.
func TestLogin_notChecked(t *testing.T) {
	s := &storetest.Failing{Store: memory.New()}
	h := newTestEngine(t, func(c *core.Config) { c.Store = s })
	s.Reads.Store(true)
	for range 200 {
		if err := h.tryLogin("alice", password, "192.0.2.1"); api.CodeOf(err) != api.Unavailable {
			t.Fatal(err)
		}
	}
	s.Reads.Store(false)
	if err := h.tryLogin("alice", password, "192.0.2.1"); err != nil {
		t.Errorf("once the store is back: %v", err)
	}
}
