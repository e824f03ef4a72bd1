package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/session"
	"github.com/cardea-auth/cardea/core/store"
)

// aSession returns a session that expires an hour after moment unless it is refreshed.
func aSession(id, subject string) api.Session {
	return api.Session{
		ID: id, Subject: subject, Client: "app", TokenFormat: "native", Dialect: "auth", Device: "it's \"curl\"", Peer: "2001:db8::1",
		Scopes: []string{"read", "a \"quoted\" one"}, Gen: 7, Idle: time.Hour,
		Created: moment, Used: moment.Add(time.Second), IdleEnd: moment.Add(time.Hour), End: moment.Add(24 * time.Hour),
	}
}

// tokenOf returns the nth token of a session.
func tokenOf(session string, n int) api.RefreshToken {
	t := api.RefreshToken{Session: session, Expires: moment.Add(time.Hour)}
	copy(t.Hash[:], fmt.Sprint(session, n))
	return t
}

func begin(t *testing.T, s store.Store, sessions ...api.Session) {
	t.Helper()
	for _, x := range sessions {
		if err := s.CreateSession(t.Context(), x, tokenOf(x.ID, 0)); err != nil {
			t.Fatal(err)
		}
	}
}

// rotate exchanges the nth token of a session for the next.
func rotate(ctx context.Context, s store.Store, session string, n int) error {
	return s.RotateRefresh(ctx, tokenOf(session, n).Hash, func(r *api.Rotation) error {
		next := tokenOf(session, n+1)
		r.Token.Used, r.Token.Successor, r.Next = moment, []byte{0, 1, 255}, &next
		return nil
	})
}

// look returns what the store has for a token.
func look(t *testing.T, s store.Store, session string, n int) (found api.Rotation, err error) {
	t.Helper()
	seen := errors.New("seen")
	err = s.RotateRefresh(t.Context(), tokenOf(session, n).Hash, func(r *api.Rotation) error {
		found = *r
		return seen
	})
	if errors.Is(err, seen) {
		err = nil
	}
	return found, err
}

func sessionsKept(t *testing.T, s store.Store) {
	bare := api.Session{ID: "bare", Subject: "u_elsewhere", Ended: moment, EndedFor: "logout"}
	full := aSession("full", "u_alice")
	full.AccessEnd = moment.Add(time.Minute)
	for _, want := range []api.Session{full, bare} {
		begin(t, s, want)
		got, err := s.Session(t.Context(), want.ID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	if err := s.CreateSession(t.Context(), aSession("full", "u_eve"), tokenOf("other", 0)); !errors.Is(err, api.ErrConflict) {
		t.Errorf("got %v for a taken id, want a conflict", err)
	}
	if _, err := look(t, s, "other", 0); !errors.Is(err, api.ErrNotFound) {
		t.Errorf("got %v for the token of a refused session, want not found", err)
	}
	got, _ := s.Session(t.Context(), "full")
	got.Scopes[0] = "admin"
	if again, _ := s.Session(t.Context(), "full"); again.Scopes[0] != "read" || again.Subject != "u_alice" {
		t.Errorf("got %+v: what was handed out or refused changed what is kept", again)
	}
	if _, err := s.Session(t.Context(), "nothing"); !errors.Is(err, api.ErrNotFound) {
		t.Errorf("got %v for an unknown session, want not found", err)
	}
}

func sessionsListed(t *testing.T, s store.Store) {
	at := func(id, subject string, created time.Duration) api.Session {
		x := aSession(id, subject)
		x.Created = moment.Add(created)
		return x
	}
	ended, over := at("s4", "u_a", 3), at("s5", "u_a", 4)
	ended.Ended, over.IdleEnd = moment, moment
	begin(t, s, at("s3", "u_a", 1*time.Second), at("s1", "u_a", 2*time.Second), at("s2", "u_b", 0), ended, over)
	for _, test := range []struct {
		subject, after string
		limit          int
		want           []string
	}{
		{"", "", 10, []string{"s1", "s2", "s3", "s4", "s5"}},
		{"", "s1", 2, []string{"s2", "s3"}},
		{"u_a", "", 10, []string{"s1", "s3", "s4", "s5"}},
		{"u_a", "s1", 1, []string{"s3"}},
		{"u_c", "", 10, nil},
		{"", "", 0, nil},
	} {
		list, err := s.Sessions(t.Context(), test.subject, test.after, test.limit)
		if got := idsOf(list); err != nil || !slices.Equal(got, test.want) {
			t.Errorf("of %q after %q, at most %d: got %v, %v, want %v", test.subject, test.after, test.limit, got, err, test.want)
		}
	}
	for _, test := range []struct {
		subject string
		limit   int
		want    []string
	}{{"u_a", 10, []string{"s3", "s1"}}, {"u_a", 1, []string{"s3"}}, {"u_a", 0, nil}, {"u_c", 10, nil}, {"", 10, nil}} {
		list, err := s.LiveSessions(t.Context(), test.subject, moment, test.limit)
		counter, ok := s.(session.Counter)
		if !ok {
			t.Fatal("the store cannot count live sessions")
		}
		if n, err := counter.CountLive(t.Context(), test.subject, moment, test.limit); err != nil || n != len(test.want) {
			t.Errorf("number of live of %q, at most %d: got %d, %v, want %d", test.subject, test.limit, n, err, len(test.want))
		}
		if got := idsOf(list); err != nil || !slices.Equal(got, test.want) {
			t.Errorf("live of %q, at most %d: got %v, %v, want %v", test.subject, test.limit, got, err, test.want)
		}
	}
}

// sessionsFound checks that the sessions of a device are found by subject, token format and
// device together.
func sessionsFound(t *testing.T, s store.Store) {
	at := func(id string, created time.Duration, change func(*api.Session)) api.Session {
		x := aSession(id, "u_a")
		x.TokenFormat, x.Device, x.Created = "plugin", "phone", moment.Add(created*time.Second)
		change(&x)
		return x
	}
	begin(t, s,
		at("s2", 1, func(*api.Session) {}), at("s1", 2, func(*api.Session) {}), at("s3", 2, func(*api.Session) {}),
		at("token format", 3, func(x *api.Session) { x.TokenFormat = "native" }),
		at("device", 3, func(x *api.Session) { x.Device = "Phone" }),
		at("subject", 3, func(x *api.Session) { x.Subject = "u_b" }),
		at("ended", 3, func(x *api.Session) { x.Ended = moment }),
		at("over", 3, func(x *api.Session) { x.IdleEnd = moment }),
		at("bare", 3, func(x *api.Session) { x.Device = "" }))
	for _, test := range []struct {
		subject, format, device string
		limit                   int
		want                    []string
	}{
		{"u_a", "plugin", "phone", 10, []string{"s3", "s1", "s2"}},
		{"u_a", "plugin", "phone", 2, []string{"s3", "s1"}},
		{"u_a", "plugin", "phone", 0, nil},
		{"u_a", "plugin", "", 10, []string{"bare"}},
		{"u_a", "", "phone", 10, nil},
		{"", "plugin", "phone", 10, nil},
	} {
		finder, ok := s.(session.Finder)
		if !ok {
			t.Fatal("the store cannot find the sessions of a device")
		}
		list, err := finder.LiveOn(t.Context(), test.subject, test.format, test.device, moment, test.limit)
		if got := idsOf(list); err != nil || !slices.Equal(got, test.want) {
			t.Errorf("of %q, %q, %q, at most %d: got %v, %v, want %v",
				test.subject, test.format, test.device, test.limit, got, err, test.want)
		}
	}
}

func idsOf(list []api.Session) (ids []string) {
	for _, x := range list {
		ids = append(ids, x.ID)
	}
	return ids
}

func sessionsEnd(t *testing.T, s store.Store) {
	begin(t, s, aSession("a1", "u_a"), aSession("a2", "u_a"), aSession("a3", "u_a"), aSession("b1", "u_b"))
	end := func(reason string) func(*api.Session) []api.Revocation {
		return func(x *api.Session) []api.Revocation {
			x.Ended, x.EndedFor, x.AccessEnd = moment, reason, moment.Add(time.Minute)
			return []api.Revocation{{Kind: api.RevokeSession, Key: x.ID, At: moment, Reason: reason}}
		}
	}
	if err := s.EndSession(t.Context(), "a1", end("one")); err != nil {
		t.Fatal(err)
	}
	if err := s.EndSession(t.Context(), "nothing", end("none")); !errors.Is(err, api.ErrNotFound) {
		t.Errorf("got %v for an unknown session, want not found", err)
	}
	if err := s.EndSessions(t.Context(), "u_a", end("all")); err != nil {
		t.Fatal(err)
	}
	if err := s.EndSessions(t.Context(), "u_c", end("all")); err != nil {
		t.Errorf("got %v for a subject without sessions", err)
	}
	for id, want := range map[string]string{"a1": "one", "a2": "all", "a3": "all", "b1": ""} {
		if x, _ := s.Session(t.Context(), id); x.EndedFor != want || x.Ended.IsZero() != (want == "") || x.AccessEnd.IsZero() != (want == "") {
			t.Errorf("%s: ended at %v for %q, want %q", id, x.Ended, x.EndedFor, want)
		}
	}
	if got := keysOf(since(t, s, 0)); !slices.Equal(got, []string{"a1", "a2", "a3"}) {
		t.Errorf("got revocations of %v", got)
	}
}

func refreshRotated(t *testing.T, s store.Store) {
	begin(t, s, aSession("s", "u"), aSession("other", "u"))
	err := s.RotateRefresh(t.Context(), tokenOf("s", 0).Hash, func(r *api.Rotation) error {
		next := tokenOf("s", 1)
		next.Expires = moment.Add(2 * time.Hour)
		r.Token.Used, r.Token.Successor, r.Next = moment, []byte{0, 1, 255}, &next
		r.Session.Used, r.Session.IdleEnd, r.Session.Peer = moment.Add(time.Minute), next.Expires, "192.0.2.9"
		r.Revocations = []api.Revocation{{Kind: api.RevokeToken, Key: "j"}}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	wantSession := aSession("s", "u")
	wantSession.Used, wantSession.IdleEnd, wantSession.Peer = moment.Add(time.Minute), moment.Add(2*time.Hour), "192.0.2.9"
	wantOld, wantNew := tokenOf("s", 0), tokenOf("s", 1)
	wantOld.Used, wantOld.Successor = moment, []byte{0, 1, 255}
	wantNew.Expires = moment.Add(2 * time.Hour)
	for n, want := range []api.RefreshToken{wantOld, wantNew} {
		got, err := look(t, s, "s", n)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(api.Rotation{Session: wantSession, Token: want}, got); diff != "" {
			t.Errorf("token %d (-want +got):\n%s", n, diff)
		}
	}
	if got := keysOf(since(t, s, 0)); !slices.Equal(got, []string{"j"}) {
		t.Errorf("got revocations of %v", got)
	}
	if _, err := look(t, s, "s", 2); !errors.Is(err, api.ErrNotFound) {
		t.Errorf("got %v for an unknown token, want not found", err)
	}
}

func refreshAllOrNothing(t *testing.T, s store.Store) {
	begin(t, s, aSession("s", "u"))
	refused := errors.New("refused")
	for name, test := range map[string]struct {
		change func(*api.Rotation) error
		want   error
	}{
		"an error":        {func(*api.Rotation) error { return refused }, refused},
		"another session": {func(r *api.Rotation) error { r.Session.ID = "x"; return nil }, nil},
	} {
		err := s.RotateRefresh(t.Context(), tokenOf("s", 0).Hash, func(r *api.Rotation) error {
			next := tokenOf("s", 1)
			r.Next, r.Token.Used, r.Session.Ended = &next, moment, moment
			r.Revocations = []api.Revocation{{Kind: api.RevokeSession, Key: "s"}}
			return test.change(r)
		})
		if err == nil || test.want != nil && err != test.want {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if err := rotate(t.Context(), s, "s", 0); err != nil {
		t.Fatal(err)
	}
	if err := s.RotateRefresh(t.Context(), tokenOf("s", 0).Hash, func(r *api.Rotation) error {
		next := tokenOf("s", 9)
		r.Next, r.Token.Used = &next, moment
		r.Revocations = []api.Revocation{{Kind: api.RevokeSession, Key: "s"}}
		return nil
	}); !errors.Is(err, api.ErrConflict) {
		t.Errorf("got %v for a second use, want a conflict", err)
	}
	if _, err := look(t, s, "s", 9); !errors.Is(err, api.ErrNotFound) {
		t.Errorf("got %v: a family forked", err)
	}
	if rows := since(t, s, 0); len(rows) > 0 {
		t.Errorf("got revocations %v of what was refused", rows)
	}
	if x, _ := s.Session(t.Context(), "s"); !x.Ended.IsZero() {
		t.Error("a refused rotation ended the session")
	}
}

// refreshConcurrent uses one token from 64 goroutines at once: the first creates the
// successor, and the others find it.
func refreshConcurrent(t *testing.T, s store.Store) {
	const callers = 64
	begin(t, s, aSession("s", "u"))
	var all sync.WaitGroup
	var mu sync.Mutex
	got := map[string]int{}
	for i := range callers {
		all.Go(func() {
			successor := fmt.Sprint("successor ", i)
			err := s.RotateRefresh(t.Context(), tokenOf("s", 0).Hash, func(r *api.Rotation) error {
				if !r.Token.Used.IsZero() {
					successor = string(r.Token.Successor)
					return nil
				}
				next := tokenOf("s", i+1)
				r.Token.Used, r.Token.Successor, r.Next = moment, []byte(successor), &next
				return nil
			})
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			got[successor]++
			mu.Unlock()
		})
	}
	all.Wait()
	if len(got) != 1 {
		t.Errorf("got successors %v, want the same for all", got)
	}
	live := 0
	for i := range callers {
		if r, err := look(t, s, "s", i+1); err == nil && r.Token.Used.IsZero() {
			live++
		}
	}
	if live != 1 {
		t.Errorf("got %d live tokens, want 1", live)
	}
}

func sessionsPruned(t *testing.T, s store.Store) {
	lately := aSession("lately", "u")
	lately.Ended, lately.IdleEnd = moment.Add(-time.Hour), moment.Add(time.Hour)
	begin(t, s, lately)
	for before, want := range map[time.Time]int64{lately.Ended.Add(-time.Microsecond): 0, lately.Ended: 0} {
		if n, err := s.PruneSessions(t.Context(), before); err != nil || n != want {
			t.Errorf("pruned %d, %v before %v of one that ended %v, want it kept", n, err, before, lately.Ended)
		}
	}
	if n, err := s.PruneSessions(t.Context(), lately.Ended.Add(time.Microsecond)); err != nil || n != 1 {
		t.Errorf("pruned %d, %v of one that ended, want it gone", n, err)
	}
	over, ended, lives := aSession("over", "u"), aSession("ended", "u"), aSession("lives", "u")
	over.IdleEnd = moment.Add(-time.Microsecond)
	ended.Ended = moment.Add(-time.Microsecond)
	lives.IdleEnd = moment
	begin(t, s, over, ended, lives)
	first := tokenOf("lives", 0)
	if err := s.RotateRefresh(t.Context(), first.Hash, func(r *api.Rotation) error {
		next := tokenOf("lives", 1)
		next.Expires = moment.Add(2 * time.Hour)
		r.Next, r.Token.Used = &next, moment
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	n, err := s.PruneSessions(t.Context(), moment)
	if list, _ := s.Sessions(t.Context(), "", "", 10); err != nil || n != 2 || !slices.Equal(idsOf(list), []string{"lives"}) {
		t.Errorf("pruned %d, %v, left %v, want 2 gone", n, err, idsOf(list))
	}
	for _, id := range []string{"over", "ended"} {
		if _, err := look(t, s, id, 0); !errors.Is(err, api.ErrNotFound) {
			t.Errorf("got %v for the token of session %s, want it gone", err, id)
		}
	}
	if _, err := look(t, s, "lives", 0); err != nil {
		t.Errorf("got %v for a used token that has not expired, want it kept: it tells reuse", err)
	}
	lives.IdleEnd = moment.Add(3 * time.Hour)
	s.EndSession(t.Context(), "lives", func(x *api.Session) []api.Revocation { x.IdleEnd = lives.IdleEnd; return nil })
	if n, err := s.PruneSessions(t.Context(), moment.Add(90*time.Minute)); err != nil || n != 0 {
		t.Errorf("pruned %d, %v, want none", n, err)
	}
	if _, err := look(t, s, "lives", 0); !errors.Is(err, api.ErrNotFound) {
		t.Errorf("got %v for an expired token of a session that lives, want it gone", err)
	}
	if _, err := look(t, s, "lives", 1); err != nil {
		t.Errorf("got %v for the live token of a session that lives", err)
	}
}

// usedForgotten checks that used tokens are kept for [api.KeepUsed] to detect reuse, not
// until they expire.
func usedForgotten(t *testing.T, s store.Store) {
	x := aSession("busy", "u")
	x.IdleEnd = moment.Add(14 * 24 * time.Hour)
	begin(t, s, x)
	for n, used := range []time.Time{moment, moment, moment.Add(time.Hour)} {
		err := s.RotateRefresh(t.Context(), tokenOf("busy", n).Hash, func(r *api.Rotation) error {
			next := tokenOf("busy", n+1)
			next.Expires, r.Token.Used, r.Next = x.IdleEnd, used, &next
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.PruneSessions(t.Context(), moment.Add(api.KeepUsed+time.Hour)); err != nil {
		t.Fatal(err)
	}
	for n, kept := range []bool{false, false, true, true} {
		if _, err := look(t, s, "busy", n); (err == nil) != kept {
			t.Errorf("token %d: %v, want it kept: %v", n, err, kept)
		}
	}
}
