package core_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store/memory"
	"github.com/cardea-auth/cardea/core/throttle"
	"github.com/cardea-auth/cardea/core/users"
)

// bindingUsers are users whose passwords the directory verifies itself.
type bindingUsers struct {
	*users.Store
	down  *atomic.Bool
	calls *atomic.Int64
}

func (d bindingUsers) Verify(_ context.Context, u api.User, password api.Secret) error {
	d.calls.Add(1)
	switch {
	case d.down.Load():
		return errors.New("LDAP: connection refused")
	case u.Subject != "" && password == "directory password":
		return nil
	}
	return users.ErrMismatch
}

// TestVerifier: if a directory verifies passwords itself, every way to present one asks it
// and ignores the hash, and a failure of the directory is not a failed login.
func TestVerifier(t *testing.T) {
	for name, try := range map[string]func(h *testEngine, text string) error{
		"Basic": func(h *testEngine, text string) error { return h.decideFrom("192.0.2.1", basicHeader("alice", text)) },
		"login": func(h *testEngine, text string) error {
			_, err := h.Tokens().Login(t.Context(), api.LoginRequest{Login: "alice", Password: api.Secret(text), Peer: peer("192.0.2.1")})
			return err
		},
	} {
		s, pw := memory.New(), users.NewPasswords(users.PasswordConfig{Memory: 8, Passes: 1})
		d := bindingUsers{users.NewStore(s, users.StoreConfig{Passwords: pw}), new(atomic.Bool), new(atomic.Int64)}
		h := newTestEngine(t, func(c *core.Config) {
			c.Store, c.Passwords, c.Directories, c.Guessing = s, pw, []users.Directory{d}, throttle.After(3)
		})
		d.down.Store(true)
		for range 9 {
			if err := try(h, "directory password"); api.CodeOf(err) != api.Unavailable {
				t.Fatalf("%s: got %v while the directory is down, want code %s", name, err, api.Unavailable)
			}
		}
		d.down.Store(false)
		if err := try(h, "directory password"); err != nil {
			t.Errorf("%s, after the outage: %v", name, err)
		}
		var err error
		for range 9 {
			before := d.calls.Load()
			err = try(h, password)
			throttled := api.CodeOf(err) == api.Throttled
			if api.ReasonOf(err) != api.ReasonWrongPassword && !throttled || throttled != (d.calls.Load() == before) {
				t.Errorf("%s: got %v for the hash's password, asked %d times", name, err, d.calls.Load()-before)
			}
		}
		if api.CodeOf(err) != api.Throttled {
			t.Errorf("%s: got %v after nine wrong guesses, want code %s", name, err, api.Throttled)
		}
	}
}
