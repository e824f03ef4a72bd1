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

// queued are the calls that wait for a slot.
var queued = map[string]struct {
	work  func(context.Context, *users.Passwords) error
	first bool // whatever the context says
}{
	"a check": {func(ctx context.Context, pw *users.Passwords) error { return pw.VerifyNone(ctx, "password") }, false},
	"one of several": {func(ctx context.Context, pw *users.Passwords) error {
		_, err := pw.VerifyAny(ctx, nil, "password")
		return err
	}, false},
	"a new hash": {func(ctx context.Context, pw *users.Passwords) error {
		_, err := pw.Hash(ctx, "password")
		return errors.Join(err, users.ErrMismatch)
	}, true},
	"a user's, by hash": {func(ctx context.Context, pw *users.Passwords) error {
		return checked(ctx, pw, store, "alice")
	}, false},
	"nobody's, by hash": {func(ctx context.Context, pw *users.Passwords) error {
		return checked(ctx, pw, store, "nobody")
	}, false},
	"a user's, by the directory": {func(ctx context.Context, pw *users.Passwords) error {
		return checked(ctx, pw, slow, "alice")
	}, false},
	"nobody's, by the directory": {func(ctx context.Context, pw *users.Passwords) error {
		return checked(ctx, pw, slow, "nobody")
	}, false},
}

var store = fakeDirectory{name: "store", users: []api.User{{Subject: "alice", Login: "alice", Hash: "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$c29tZXNhbHQ"}}}

// slow takes a moment, in which all that can happen does.
var slow = ldap(func(context.Context, api.User, api.Secret) error {
	time.Sleep(time.Millisecond)
	return users.ErrMismatch
})

// checked returns ErrMismatch for a wrong password.
func checked(ctx context.Context, pw *users.Passwords, dir users.Directory, login string) error {
	_, _, err := users.Check(ctx, []users.Directory{dir}, pw, login, "wrong password", users.CheckOptions{})
	if api.CodeOf(err) == api.Unauthenticated {
		return users.ErrMismatch
	}
	return err
}

// oneSlot returns passwords with one slot for hashes, and one for calls of a directory,
// which are taken until release.
func oneSlot() (pw *users.Passwords, release func()) {
	pw = users.NewPasswords(users.PasswordConfig{Memory: 8, Passes: 1, Concurrent: 1})
	return pw, users.Occupy(pw)
}

func isBusy(err error) bool {
	e := api.AsError(err)
	return err != nil && e.Code == api.Unavailable && e.Reason == "busy" && e.RetryAfter > 0
}

// TestQueue_wait: a call that does not go first waits for a limited time and is told when to
// try again, also for a name that no user has; a call that goes first waits for its turn.
func TestQueue_wait(t *testing.T) {
	for name, tc := range queued {
		for _, first := range []bool{false, true} {
			for _, wait := range []time.Duration{users.MostWait - time.Second, users.MostWait + time.Second} {
				synctest.Test(t, func(t *testing.T) {
					pw, release := oneSlot()
					ctx := t.Context()
					if first {
						ctx = users.First(ctx)
					}
					result, begun := make(chan error, 1), time.Now()
					go func() { result <- tc.work(ctx, pw) }()
					time.Sleep(wait)
					release()
					err := <-result
					if refused := !tc.first && !first && wait > users.MostWait; refused != isBusy(err) || !refused && !errors.Is(err, users.ErrMismatch) {
						t.Errorf("%s after %s, first: %v: %v", name, wait, first, err)
					}
					if took := time.Since(begun); took > wait+time.Millisecond {
						t.Errorf("%s took %s", name, took)
					}
				})
			}
		}
	}
}

// TestQueue_many: the number of waiting calls that do not go first is bounded, whatever they
// ask for; those that go first have places of their own and come before them.
func TestQueue_many(t *testing.T) {
	for name, tc := range queued {
		synctest.Test(t, func(t *testing.T) {
			pw, release := oneSlot()
			var all sync.WaitGroup
			var mu sync.Mutex
			var order []bool // who was served: went first
			work := func(first bool) {
				ctx := t.Context()
				if first {
					ctx = users.First(ctx)
				}
				err := tc.work(ctx, pw)
				mu.Lock()
				defer mu.Unlock()
				if order = append(order, first); !errors.Is(err, users.ErrMismatch) {
					t.Errorf("%s, first: %v: got %v, want error %q", name, first, err, users.ErrMismatch)
				}
			}
			for _, first := range []bool{tc.first, true} {
				for range users.MostWaiting / 2 {
					all.Go(func() { work(first) })
				}
				synctest.Wait()
			}
			for range users.MostWaiting / 2 {
				if !tc.first {
					all.Go(func() { work(false) })
				}
			}
			synctest.Wait()
			if err := tc.work(t.Context(), pw); !isBusy(err) {
				t.Errorf("%s, one too many: %v", name, err)
			}
			release()
			all.Wait()
			if i := slices.Index(order, false); i >= 0 && i < users.MostWaiting/4 { // in the order of the ends
				t.Errorf("%s: another client was served as number %d", name, i+1)
			}
			if err := tc.work(t.Context(), pw); !errors.Is(err, users.ErrMismatch) {
				t.Errorf("%s, after all: got %v, want error %q", name, err, users.ErrMismatch)
			}
		})
	}
}

// TestQueue_left: a caller that leaves takes no slot with it, whenever it leaves.
func TestQueue_left(t *testing.T) {
	for _, first := range []bool{false, true} {
		pw, release := oneSlot()
		ctx, cancel := context.WithCancel(t.Context())
		if first {
			ctx = users.First(ctx)
		}
		var all sync.WaitGroup
		for range 100 {
			all.Go(func() { pw.VerifyNone(ctx, "password") })
		}
		go cancel()
		release()
		all.Wait()
		if err := pw.VerifyNone(t.Context(), "password"); !errors.Is(err, users.ErrMismatch) {
			t.Errorf("first %v: VerifyNone(\"password\") = %v, want error %q", first, err, users.ErrMismatch)
		}
		cancel()
	}
}
