package users_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store/memory"
	"github.com/cardea-auth/cardea/core/users"
)

// errBroken is the error of the one call of a brokenRepository that fails.
var errBroken = errors.New("disk on fire")

// brokenRepository fails exactly one call. If later calls failed too, they would hide that
// the first error was lost.
type brokenRepository struct {
	users.Repository
	left int
}

func (r *brokenRepository) broken() error {
	if r.left--; r.left == -1 {
		return errBroken
	}
	return nil
}

func (r *brokenRepository) find(find func() (api.User, error)) (api.User, error) {
	if err := r.broken(); err != nil {
		return api.User{}, err
	}
	return find()
}

func (r *brokenRepository) UserByLogin(ctx context.Context, login string) (api.User, error) {
	return r.find(func() (api.User, error) { return r.Repository.UserByLogin(ctx, login) })
}

func (r *brokenRepository) UserByEmail(ctx context.Context, email string) (api.User, error) {
	return r.find(func() (api.User, error) { return r.Repository.UserByEmail(ctx, email) })
}

func (r *brokenRepository) UserBySubject(ctx context.Context, subject string) (api.User, error) {
	return r.find(func() (api.User, error) { return r.Repository.UserBySubject(ctx, subject) })
}

func (r *brokenRepository) UserByNumber(ctx context.Context, n int64) (api.User, error) {
	return r.find(func() (api.User, error) { return r.Repository.UserByNumber(ctx, n) })
}

func (r *brokenRepository) Users(ctx context.Context, after int64, limit int) ([]api.User, error) {
	if err := r.broken(); err != nil {
		return nil, err
	}
	return r.Repository.Users(ctx, after, limit)
}

func (r *brokenRepository) CreateUser(ctx context.Context, u api.User) (api.User, error) {
	return r.find(func() (api.User, error) { return r.Repository.CreateUser(ctx, u) })
}

func (r *brokenRepository) UpdateUser(ctx context.Context, subject string, change func(*api.User) ([]api.Revocation, error)) (api.User, error) {
	return r.find(func() (api.User, error) { return r.Repository.UpdateUser(ctx, subject, change) })
}

func (r *brokenRepository) DeleteUser(ctx context.Context, subject string, revs ...api.Revocation) error {
	if err := r.broken(); err != nil {
		return err
	}
	return r.Repository.DeleteUser(ctx, subject, revs...)
}

// TestStore_failing: if any call to the repository fails, the change returns an error and
// no user.
func TestStore_failing(t *testing.T) {
	given := func(u api.User, err error) (string, error) { return u.Subject, err }
	bob := users.NewUser{Login: "bob", Email: "bob@x", Password: "long enough"}
	anew := bob
	anew.Anew = true
	login := "alicia"
	for name, c := range map[string]struct {
		calls int // of the repository
		plain bool
		do    func(ctx context.Context, s *users.Store) (string, error)
	}{
		"Create":     {3, false, func(ctx context.Context, s *users.Store) (string, error) { return given(s.Create(ctx, bob)) }},
		"CreateAnew": {4, false, func(ctx context.Context, s *users.Store) (string, error) { return given(s.Create(ctx, anew)) }},
		"Update": {4, false, func(ctx context.Context, s *users.Store) (string, error) {
			return given(s.Update(ctx, "u_alice", users.Change{Login: &login}, "x"))
		}},
		"SetPassword": {1, false, func(ctx context.Context, s *users.Store) (string, error) {
			return given(s.SetPassword(ctx, "u_alice", "another one", "x"))
		}},
		"SetDisabled": {1, false, func(ctx context.Context, s *users.Store) (string, error) {
			return given(s.SetDisabled(ctx, "u_alice", true, "x"))
		}},
		"SetRoles": {1, false, func(ctx context.Context, s *users.Store) (string, error) {
			return given(s.SetRoles(ctx, "u_alice", []string{"a"}, "x"))
		}},
		"EndAll": {1, false, func(ctx context.Context, s *users.Store) (string, error) {
			return given(s.EndAll(ctx, "u_alice", "x", "x"))
		}},
		"Delete":    {1, false, func(ctx context.Context, s *users.Store) (string, error) { return "", s.Delete(ctx, "u_alice", "x") }},
		"BySubject": {1, true, func(ctx context.Context, s *users.Store) (string, error) { return given(s.BySubject(ctx, "u_alice")) }},
		"ByNumber":  {1, true, func(ctx context.Context, s *users.Store) (string, error) { return given(s.ByNumber(ctx, 1)) }},
		"ByLogin":   {1, true, func(ctx context.Context, s *users.Store) (string, error) { return given(s.ByLogin(ctx, "alice")) }},
		"ByEmail":   {1, true, func(ctx context.Context, s *users.Store) (string, error) { return given(s.ByEmail(ctx, "alice@x")) }},
		"List":      {1, true, func(ctx context.Context, s *users.Store) (string, error) { _, err := s.List(ctx, 0, 9); return "", err }},
		"HashForms": {1, true, func(ctx context.Context, s *users.Store) (string, error) { _, err := s.HashForms(ctx); return "", err }},
	} {
		for left := range c.calls + 1 {
			repo := &brokenRepository{memory.New(), 9}
			s := users.NewStore(repo, users.StoreConfig{Passwords: cheap()})
			if _, err := s.Create(t.Context(), users.NewUser{Subject: "u_alice", Number: 1, Login: "alice", Email: "alice@x"}); err != nil {
				t.Fatal(err)
			}
			repo.left = left
			got, err := c.do(t.Context(), s)
			if left == c.calls {
				if err != nil {
					t.Errorf("%s: %v from a store that works", name, err)
				}
				continue
			}
			if got != "" || !errors.Is(err, errBroken) || !c.plain && api.CodeOf(err) != api.Unavailable {
				t.Errorf("%s, failing after %d calls: got %q, %v", name, left, got, err)
			}
		}
	}
}

// TestStore_Create_failing: no user is created without an id or a password hash.
func TestStore_Create_failing(t *testing.T) {
	broken := errors.New("no randomness")
	repo := memory.New()
	s := users.NewStore(repo, users.StoreConfig{Passwords: cheap(), Rand: iotest.ErrReader(broken)})
	if u, err := s.Create(t.Context(), users.NewUser{Login: "bob"}); !errors.Is(err, broken) || u.Subject != "" {
		t.Errorf("without a subject: got %+v, %v; want no Subject and error %q", u, err, broken)
	}
	pw := users.NewPasswords(users.PasswordConfig{Memory: 8, Passes: 1, Rand: iotest.ErrReader(broken)})
	s = users.NewStore(repo, users.StoreConfig{Passwords: pw})
	if u, err := s.Create(t.Context(), users.NewUser{Login: "bob", Password: "long enough"}); !errors.Is(err, broken) || u.Subject != "" {
		t.Errorf("without a salt: got %+v, %v; want no Subject and error %q", u, err, broken)
	}
	if u, err := s.SetPassword(t.Context(), "u_alice", "long enough", "x"); !errors.Is(err, broken) || u.Subject != "" {
		t.Errorf("without a salt for another password: SetPassword(\"u_alice\", \"long enough\", \"x\") = %+v, %v; want no Subject and error %q", u, err, broken)
	}
	if list, err := repo.Users(t.Context(), 0, 9); err != nil || len(list) > 0 {
		t.Errorf("%v are there", list)
	}
}

// TestStore_clash: a text is the login or e-mail address of one user only, in either order.
func TestStore_clash(t *testing.T) {
	s := users.NewStore(memory.New(), users.StoreConfig{Passwords: cheap()})
	add := func(login, email string) error {
		_, err := s.Create(t.Context(), users.NewUser{Login: login, Email: email})
		return err
	}
	for _, tc := range []struct{ login, email, says string }{
		{"alice@x", "", ""}, {"bob", "bob@x", ""}, {"bob@x", "", `login "bob@x" is the e-mail address of another user`}, {"carol", "Alice@X", `e-mail address "Alice@X" is the login of another user`},
		{"BOB@x", "b@x", "is the e-mail address of another user"}, {"dave@x", "dave@x", ""}, {"erin", "", ""}, {"frank", "", ""},
	} {
		err := add(tc.login, tc.email)
		if (err == nil) != (tc.says == "") || err != nil && (api.CodeOf(err) != api.Conflict || !strings.Contains(err.Error(), tc.says)) {
			t.Errorf("%s, %s: got %v, want %q", tc.login, tc.email, err, tc.says)
		}
	}
}

// TestStore_clashOfOnesOwn: a user does not conflict with themselves, only with others.
func TestStore_clashOfOnesOwn(t *testing.T) {
	text := func(s string) *string { return &s }
	for name, c := range map[string]struct {
		change users.Change
		says   string // "": it is made
	}{
		"one's address as login":       {users.Change{Login: text("Me@x")}, ""},
		"one's login as address":       {users.Change{Email: text("me")}, "must"},
		"both alike":                   {users.Change{Login: text("both@x"), Email: text("BOTH@x")}, ""},
		"as they are":                  {users.Change{Login: text("me"), Email: text("me@x")}, ""},
		"another's address as login":   {users.Change{Login: text("bob@x")}, `login "bob@x"`},
		"another's login as address":   {users.Change{Email: text("carol@x")}, `e-mail address "carol@x"`},
		"one's address, and another's": {users.Change{Login: text("me@x"), Email: text("carol@x")}, `e-mail address "carol@x"`},
		"another's field beside them":  {users.Change{Display: text("a\x00b")}, "printable"},
	} {
		s := users.NewStore(memory.New(), users.StoreConfig{Passwords: cheap()})
		for _, u := range []users.NewUser{{Subject: "u_me", Login: "me", Email: "me@x"}, {Login: "bob", Email: "bob@x"}, {Login: "carol@x"}} {
			if _, err := s.Create(t.Context(), u); err != nil {
				t.Fatal(err)
			}
		}
		_, err := s.Update(t.Context(), "u_me", c.change, "x")
		if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
}

// TestStore_twins: a user whose login equals their address may change either.
func TestStore_twins(t *testing.T) {
	other := "other@x"
	for name, change := range map[string]users.Change{"login": {Login: &other}, "address": {Email: &other}, "display": {Display: &other}} {
		s := users.NewStore(memory.New(), users.StoreConfig{Passwords: cheap()})
		if _, err := s.Create(t.Context(), users.NewUser{Subject: "u_me", Login: "me@x", Email: "me@x"}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Update(t.Context(), "u_me", change, "x"); err != nil {
			t.Errorf("%s: Update: %v", name, err)
		}
	}
}

// TestStore_remembers: by default a revocation is kept for thirty days, the longest
// lifetime of a token.
func TestStore_remembers(t *testing.T) {
	const day = 24 * time.Hour
	for set, want := range map[time.Duration]time.Duration{0: 30 * day, time.Hour: time.Hour, 40 * day: 40 * day} {
		repo := memory.New()
		s := users.NewStore(repo, users.StoreConfig{Passwords: cheap(), MaxTokenLife: set})
		if _, err := s.Create(t.Context(), users.NewUser{Subject: "u_me", Login: "me"}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.EndAll(t.Context(), "u_me", "x", "x"); err != nil {
			t.Fatal(err)
		}
		rows, err := repo.RevocationsSince(t.Context(), 0, time.Time{}, 9)
		if err != nil || len(rows) != 1 || rows[0].Expires.Sub(rows[0].At) != want {
			t.Errorf("%s: got %+v, %v; want to be known for %s", set, rows, err, want)
		}
	}
}
