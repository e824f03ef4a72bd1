package users_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users"
)

// verifying is a directory that verifies passwords itself.
type verifying struct {
	fakeDirectory
	verify func(context.Context, api.User, api.Secret) error

	mu    *sync.Mutex
	asked *[]string // subject and password of each call
}

var _ users.Verifier = verifying{}

func (d verifying) Verify(ctx context.Context, u api.User, password api.Secret) error {
	d.mu.Lock()
	*d.asked = append(*d.asked, u.Subject+" "+password.Reveal())
	d.mu.Unlock()
	return d.verify(ctx, u, password)
}

// ldap returns such a directory with alice, and dan, who is disabled.
func ldap(verify func(context.Context, api.User, api.Secret) error) verifying {
	if verify == nil {
		verify = func(_ context.Context, u api.User, password api.Secret) error {
			if u.Subject == "" || password != "right password" {
				return users.ErrMismatch
			}
			return nil
		}
	}
	known := []api.User{{Subject: "alice", Login: "alice", Hash: "5f4dcc3b5aa765d61d8327deb882cf99"}, {Subject: "dan", Login: "dan", Disabled: true}}
	return verifying{fakeDirectory{name: "ldap", users: known}, verify, new(sync.Mutex), new([]string)}
}

// TestCheck_verifier tests logins with a directory that verifies passwords itself, alone
// and next to one with hashes. For any login each directory is asked once, and none sees
// the password of another directory's user.
func TestCheck_verifier(t *testing.T) {
	pw := cheap()
	hash, err := pw.Hash(t.Context(), "hashed password")
	if err != nil {
		t.Fatal(err)
	}
	store := fakeDirectory{name: "store", users: []api.User{{Subject: "sam", Login: "sam", Hash: hash}}}
	const filled = " xxxxxxxxxxxxxx"
	for name, c := range map[string]struct {
		beside          bool
		login, password string
		reason, asked   string
	}{
		"right":                    {false, "alice", "right password", "", "alice right password"},
		"wrong":                    {false, "alice", "wrong password", api.ReasonWrongPassword, "alice wrong password"},
		"its hash does not count":  {false, "alice", "password", api.ReasonWrongPassword, "alice password"},
		"disabled, right":          {false, "dan", "right password", api.ReasonDisabled, "dan right password"},
		"disabled, wrong":          {false, "dan", "wrong password", api.ReasonWrongPassword, "dan wrong password"},
		"nobody":                   {false, "eve", "right password", api.ReasonUnknownUser, filled},
		"nobody's address":         {false, "e@e", "right password", api.ReasonUnknownEmail, filled},
		"right, beside":            {true, "alice", "right password", "", "alice right password"},
		"wrong, beside":            {true, "alice", "wrong password", api.ReasonWrongPassword, "alice wrong password"},
		"hash, beside":             {true, "alice", "password", api.ReasonWrongPassword, "alice password"},
		"the store's, right":       {true, "sam", "hashed password", "", filled + "x"},
		"the store's, wrong":       {true, "sam", "right password", api.ReasonWrongPassword, filled},
		"nobody, beside":           {true, "eve", "right password", api.ReasonUnknownUser, filled},
		"too long for a password":  {false, "alice", string(make([]byte, users.MaxPassword+1)), api.ReasonWrongPassword, ""},
		"an empty one is not sent": {false, "alice", "", api.ReasonEmptyPassword, "-"},
	} {
		d := ldap(nil)
		dirs := []users.Directory{d}
		if c.beside {
			dirs = []users.Directory{store, d}
		}
		runs := pw.Runs()
		_, _, err := users.Check(t.Context(), dirs, pw, c.login, api.Secret(c.password), users.CheckOptions{})
		if reason := api.ReasonOf(err); reason != c.reason || err != nil && api.CodeOf(err) != api.Unauthenticated {
			t.Errorf("%s: got %v, want reason %q", name, err, c.reason)
		}
		want := map[string][]string{"-": nil}
		if got := *d.asked; c.asked != "" && !slices.Equal(got, append(want[c.asked], map[bool][]string{true: {c.asked}}[c.asked != "-"]...)) {
			t.Errorf("%s: asked %q, want %q", name, got, c.asked)
		}
		if got, hashed := pw.Runs()-runs, int64(len(dirs)-1); got != hashed {
			t.Errorf("%s: %d hashes, want %d", name, got, hashed)
		}
	}
}

// TestCheck_verifierFails: an error that is not a verdict is a technical one for every login,
// never "wrong password".
func TestCheck_verifierFails(t *testing.T) {
	broken := errors.New("connection refused")
	for name, c := range map[string]struct {
		verify func(context.Context, api.User, api.Secret) error
		code   api.Code
		nobody api.Code
	}{
		"an error":             {func(context.Context, api.User, api.Secret) error { return broken }, api.Unavailable, api.Unavailable},
		"a refusal of its own": {func(context.Context, api.User, api.Secret) error { return api.E(api.Unauthenticated, "x", "x") }, api.Unavailable, api.Unavailable},
		"unknown to it":        {func(context.Context, api.User, api.Secret) error { return api.ErrNotFound }, api.Unavailable, api.Unavailable},
		"not mine":             {func(context.Context, api.User, api.Secret) error { return api.ErrNotMine }, api.Unavailable, api.Unavailable},
		"a panic":              {func(context.Context, api.User, api.Secret) error { panic("broken") }, api.Internal, api.Internal},
		"right for nobody":     {func(context.Context, api.User, api.Secret) error { return nil }, "", api.Internal},
	} {
		for login, want := range map[string]api.Code{"alice": c.code, "eve": c.nobody} {
			id, _, err := users.Check(t.Context(), []users.Directory{ldap(c.verify)}, cheap(), login, "right password", users.CheckOptions{})
			if want == "" {
				if err != nil || id.Subject != login {
					t.Errorf("%s, %s: got %v, want Subject %v", name, login, err, login)
				}
				continue
			}
			if api.CodeOf(err) != want || id.Subject != "" {
				t.Errorf("%s, %s: got %v (%s) for %+v, want %s", name, login, err, api.CodeOf(err), id, want)
			}
		}
	}
}

// TestCheck_verifierSlow: a call ends after its timeout even if the directory ignores its
// context. A started call does not end when the client disconnects; one that waits for a
// slot does.
func TestCheck_verifierSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		free := make(chan struct{})
		hang := func(context.Context, api.User, api.Secret) error { <-free; return nil }
		pw, begun := users.NewPasswords(users.PasswordConfig{Memory: 8, Passes: 1, Answer: 2 * time.Second}), time.Now()
		check := func(ctx context.Context, d users.Directory) error {
			_, _, err := users.Check(ctx, []users.Directory{d}, pw, "alice", "right password", users.CheckOptions{})
			return err
		}
		if err := check(t.Context(), ldap(hang)); api.CodeOf(err) != api.Unavailable || time.Since(begun) != 2*time.Second {
			t.Errorf("got %v after %s", err, time.Since(begun))
		}
		gone, hangUp := context.WithCancel(t.Context())
		slow := func(ctx context.Context, u api.User, _ api.Secret) error {
			hangUp()
			time.Sleep(time.Second)
			return errors.Join(ctx.Err(), users.ErrMismatch)
		}
		if err := check(gone, ldap(slow)); api.ReasonOf(err) != api.ReasonWrongPassword {
			t.Errorf("after the client disconnected: got %v, want reason %q", err, api.ReasonWrongPassword)
		}
		if err := check(gone, ldap(nil)); api.CodeOf(err) != api.Unavailable {
			t.Errorf("the client disconnected before: got %v, want code %s", err, api.Unavailable)
		}
		for range 63 { // with the one that hangs, all slots
			go check(t.Context(), ldap(hang))
		}
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := check(ctx, ldap(nil)); api.CodeOf(err) != api.Unavailable || ctx.Err() == nil {
			t.Errorf("without a turn: %v", err)
		}
		close(free)
		synctest.Wait()
		if err := check(t.Context(), ldap(nil)); err != nil {
			t.Errorf("after the slots were released: %v", err)
		}
	})
}
