package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store"
)

// othersWrite checks that work on many rows does not block other writers until it is
// finished.
func othersWrite(t *testing.T, s store.Store) {
	const many = 1500
	end := func(x *api.Session) []api.Revocation {
		x.Ended, x.EndedFor = moment, "all"
		return []api.Revocation{{Kind: api.RevokeSession, Key: x.ID, At: moment, Expires: moment.Add(time.Hour)}}
	}
	for name, test := range map[string]struct {
		work func() error
		left func() int // rows not yet processed
	}{
		"ending a user's sessions": {
			func() error { return s.EndSessions(t.Context(), "u_ended", end) },
			func() int {
				list, _ := s.LiveSessions(t.Context(), "u_ended", moment, many)
				return len(list)
			},
		},
		"forgetting sessions": {
			func() error { _, err := s.PruneSessions(t.Context(), moment); return err },
			func() int { return countSessions(t, s, "u_over", many) },
		},
		"deleting a user": {
			func() error { return s.DeleteUser(t.Context(), "u_alice") },
			func() int { return countSessions(t, s, "u_alice", many) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			// On a loaded machine the writer may wake up too late, so there are several
			// attempts. A store that does all of the work at once fails every attempt.
			const tries = 20
			wrote := false
			for try := 0; try < tries && !wrote; try++ {
				fill(t, s, name, try, many)
				wrote = wroteMeanwhile(t, s, fmt.Sprint(name[:4], try, "_"), many, test.work, test.left)
				if n := test.left(); n != 0 {
					t.Fatalf("%d rows are left", n)
				}
			}
			if !wrote {
				t.Errorf("in %d tries, who wrote something waited until all was done", tries)
			}
		})
	}
}

// fill creates the rows for the named work.
func fill(t *testing.T, s store.Store, name string, try, many int) {
	t.Helper()
	if name == "deleting a user" {
		create(t, s, alice())
	}
	subject := map[string]string{"ending a user's sessions": "u_ended", "forgetting sessions": "u_over", "deleting a user": "u_alice"}[name]
	for i := range many {
		x := aSession(fmt.Sprint(subject, try, "_", i), subject)
		if name == "forgetting sessions" {
			x.IdleEnd = moment.Add(-time.Hour)
		}
		begin(t, s, x)
	}
}

// wroteMeanwhile reports whether another write finished when some, but not all, of the work
// was done.
func wroteMeanwhile(t *testing.T, s store.Store, prefix string, many int, work func() error, left func() int) bool {
	var done atomic.Bool
	finished := make(chan error, 1)
	go func() {
		err := work()
		done.Store(true)
		finished <- err
	}()
	meanwhile := false
	for i := 0; !done.Load(); i++ {
		begin(t, s, aSession(fmt.Sprint(prefix, i), "u_other"))
		n := left()
		meanwhile = meanwhile || 0 < n && n < many
	}
	if err := <-finished; err != nil {
		t.Fatal(err)
	}
	return meanwhile
}

// userDeletedInTime checks that deleting a user with many sessions succeeds even if the
// context is cancelled before all of the sessions are deleted: the user is already gone.
func userDeletedInTime(t *testing.T, s store.Store) {
	const many = 1500
	create(t, s, alice())
	for i := range many {
		begin(t, s, aSession(fmt.Sprint("s", i), "u_alice"))
	}
	ctx, stop := context.WithCancel(t.Context())
	finished := make(chan error, 1)
	go func() { finished <- s.DeleteUser(ctx, "u_alice") }()
	for gone := false; !gone; {
		_, err := s.UserBySubject(t.Context(), "u_alice")
		gone = errors.Is(err, api.ErrNotFound)
	}
	stop()
	if err := <-finished; err != nil {
		t.Errorf("got %v, but the user is gone", err)
	}
	if _, err := s.PruneSessions(t.Context(), moment.Add(2*time.Hour)); err != nil || countSessions(t, s, "u_alice", many) > 0 {
		t.Errorf("%v, and %d sessions are left when they have run out", err, countSessions(t, s, "u_alice", many))
	}
}

func countSessions(t *testing.T, s store.Store, subject string, limit int) int {
	list, err := s.Sessions(t.Context(), subject, "", limit)
	if err != nil {
		t.Error(err)
	}
	return len(list)
}
