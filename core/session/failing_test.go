package session_test

import (
	"context"
	"errors"
	"testing"
	"testing/iotest"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/session"
)

// call calls one method of Sessions on a live session.
type call func(ctx context.Context, f *families, text string, s api.Session) (said any, err error)

// calls has every method that uses the store; plain ones return its error unchanged.
var calls = map[string]struct {
	plain bool
	do    call
}{
	"Begin": {false, func(ctx context.Context, f *families, _ string, _ api.Session) (any, error) {
		text, s, err := f.Begin(ctx, session.NewSession{Subject: "u"})
		return text.Reveal() + s.ID, err
	}},
	"Rotate": {false, func(ctx context.Context, f *families, text string, _ api.Session) (any, error) {
		r, err := f.Rotate(ctx, text, session.RotateOptions{})
		return r.Text.Reveal() + r.Session.ID, err
	}},
	"Peek": {false, func(ctx context.Context, f *families, text string, _ api.Session) (any, error) {
		r, err := f.Peek(ctx, text, session.RotateOptions{})
		return r.Session.ID, err
	}},
	"Inspect": {false, func(ctx context.Context, f *families, text string, _ api.Session) (any, error) {
		s, token, err := f.Inspect(ctx, text)
		return s.ID + token.Session, err
	}},
	"EndByToken": {false, func(ctx context.Context, f *families, text string, _ api.Session) (any, error) {
		s, err := f.EndByToken(ctx, text, "logout", "u")
		return s.ID, err
	}},
	"End": {false, func(ctx context.Context, f *families, _ string, s api.Session) (any, error) {
		s, err := f.End(ctx, s.ID, "logout", "u")
		return s.ID, err
	}},
	"Close": {false, func(ctx context.Context, f *families, _ string, s api.Session) (any, error) {
		s, err := f.Close(ctx, s.ID, "logout", "u")
		return s.ID, err
	}},
	"EndAll": {false, func(ctx context.Context, f *families, _ string, s api.Session) (any, error) {
		list, err := f.EndAll(ctx, s.Subject, "logout", "u")
		return ids(list), err
	}},
	"Oldest": {false, func(ctx context.Context, f *families, _ string, s api.Session) (any, error) {
		list, err := f.Oldest(ctx, s.Subject, 0)
		return ids(list), err
	}},
	"Oldest of few": {false, func(ctx context.Context, f *families, _ string, s api.Session) (any, error) {
		list, err := f.Oldest(ctx, s.Subject, 9)
		return ids(list), err
	}},
	"Session": {true, func(ctx context.Context, f *families, _ string, s api.Session) (any, error) {
		_, err := f.Session(ctx, s.ID)
		return "", err
	}},
	"List": {true, func(ctx context.Context, f *families, _ string, s api.Session) (any, error) {
		_, err := f.List(ctx, s.Subject, "", 10)
		return "", err
	}},
	"Live": {true, func(ctx context.Context, f *families, _ string, s api.Session) (any, error) {
		_, err := f.Live(ctx, s.Subject, 10)
		return "", err
	}},
	"LiveOn": {true, func(ctx context.Context, f *families, _ string, s api.Session) (any, error) {
		_, err := f.LiveOn(ctx, s.Subject, s.TokenFormat, s.Device, 10)
		return "", err
	}},
	"NoteAccess": {false, func(ctx context.Context, f *families, _ string, s api.Session) (any, error) {
		return "", f.NoteAccess(ctx, s.ID, f.now.Add(time.Hour))
	}},
	"Prune": {true, func(ctx context.Context, f *families, _ string, _ api.Session) (any, error) {
		_, err := f.Prune(ctx)
		return "", err
	}},
}

func ids(list []api.Session) (text string) {
	for _, s := range list {
		text += s.ID
	}
	return text
}

// TestFamilies_failing: if the store fails, no call reports success or an unknown session.
func TestFamilies_failing(t *testing.T) {
	down := errors.New("disk on fire")
	for name, c := range calls {
		f := newFamilies(session.Config{})
		text, s := f.begin(t, session.NewSession{Subject: "u"})
		f.repo.err = down
		said, err := c.do(t.Context(), f, text, s)
		if said != "" || !errors.Is(err, down) || !c.plain && api.CodeOf(err) != api.Unavailable {
			t.Errorf("%s: got %q, %v, want the store's error", name, said, err)
		}
		if f.revoked(s.ID) {
			t.Errorf("%s: the index has an end that was not stored", name)
		}
		f.repo.err = nil
		if _, err := c.do(t.Context(), f, text, s); err != nil {
			t.Errorf("%s: got %v from a store that works", name, err)
		}
	}
}

// TestFamilies_unknown: an id without a session is not found.
func TestFamilies_unknown(t *testing.T) {
	f := newFamilies(session.Config{})
	text, _ := f.begin(t, session.NewSession{Subject: "u"})
	for _, name := range []string{"End", "Close", "Session"} {
		if _, err := calls[name].do(t.Context(), f, text, api.Session{ID: "nobody"}); !errors.Is(err, api.ErrNotFound) {
			t.Errorf("%s: got %v, want error %q", name, err, api.ErrNotFound)
		}
	}
}

// TestFamilies_noRandomness: without randomness no session starts and no token is consumed.
func TestFamilies_noRandomness(t *testing.T) {
	broken := errors.New("broken")
	good := newFamilies(session.Config{})
	text, s := good.begin(t, session.NewSession{Subject: "u"})
	bad := &families{Sessions: session.New(good.repo, session.Config{Rand: iotest.ErrReader(broken)}), repo: good.repo}
	for _, name := range []string{"Begin", "Rotate"} {
		if said, err := calls[name].do(t.Context(), bad, text, s); said != "" || !errors.Is(err, broken) {
			t.Errorf("%s: got %q, %v; want \"\" and error %q", name, said, err, broken)
		}
	}
	if len(good.repo.sessions) != 1 || len(good.repo.tokens) != 1 {
		t.Errorf("%d sessions, %d tokens are kept", len(good.repo.sessions), len(good.repo.tokens))
	}
	good.rotate(t, text)
}

// TestFamilies_Close: access tokens issued in a closed session stay valid.
func TestFamilies_Close(t *testing.T) {
	f := newFamilies(session.Config{})
	text, s := f.begin(t, session.NewSession{Subject: "u"})
	got, err := f.Close(t.Context(), s.ID, "replaced", "u")
	if err != nil || got.Ended != moment || got.EndedFor != "replaced" || got.ID != s.ID {
		t.Errorf("got %+v, %v; want Ended %v, EndedFor \"replaced\" and ID %v", got, err, moment, s.ID)
	}
	if len(f.repo.log) > 0 || f.revoked(s.ID) {
		t.Error("it was revoked")
	}
	f.refused(t, text, "", api.ReasonRefreshEnded)
}

// TestFamilies_revocationLives: a revocation is kept as long as the longest-lived token.
func TestFamilies_revocationLives(t *testing.T) {
	for life, want := range map[time.Duration]time.Duration{0: 30 * 24 * time.Hour, time.Hour: time.Hour} {
		f := newFamilies(session.Config{MaxTokenLife: life})
		_, s := f.begin(t, session.NewSession{Subject: "u"})
		if _, err := f.End(t.Context(), s.ID, "logout", "u"); err != nil {
			t.Fatal(err)
		}
		if got := f.repo.log[0]; got.Expires.Sub(moment) != want || got.Reason != "logout" || got.Actor != "u" {
			t.Errorf("got %+v, want it to last %v", got, want)
		}
	}
}

// counting is a repository that counts without reading sessions.
type counting struct {
	*fakeRepository
	most int
	err  error
}

func (c *counting) CountLive(ctx context.Context, subject string, now time.Time, most int) (int, error) {
	list, _ := c.LiveSessions(ctx, subject, now, most)
	c.most = most
	return len(list), c.err
}

// TestFamilies_Oldest: the result is the same whether or not the store can count.
func TestFamilies_Oldest(t *testing.T) {
	plain := newFamilies(session.Config{})
	counter := &counting{fakeRepository: plain.repo}
	counted := session.New(counter, session.Config{Now: func() time.Time { return moment }})
	for range 3 {
		plain.begin(t, session.NewSession{Subject: "u"})
	}
	plain.begin(t, session.NewSession{Subject: "other"})
	for most, want := range []int{3, 2, 1, 0, 0} {
		for name, f := range map[string]*session.Sessions{"plain": plain.Sessions, "counted": counted} {
			if got, err := f.Oldest(t.Context(), "u", most); err != nil || len(got) != want {
				t.Errorf("%s: got %d, %v for at most %d, want %d", name, len(got), err, most, want)
			}
		}
		if counter.most != most+1000 {
			t.Errorf("counted up to %d for at most %d", counter.most, most)
		}
	}
	plain.repo.err = errors.New("disk on fire") // after counting
	if got, err := counted.Oldest(t.Context(), "u", 1); len(got) > 0 || !errors.Is(err, plain.repo.err) || api.CodeOf(err) != api.Unavailable {
		t.Errorf("Oldest(\"u\", 1) = %v, %v; want none, error %q and code %s", got, err, plain.repo.err, api.Unavailable)
	}
	counter.err = errors.New("disk on fire")
	if got, err := counted.Oldest(t.Context(), "u", 1); len(got) > 0 || !errors.Is(err, counter.err) || api.CodeOf(err) != api.Unavailable {
		t.Errorf("Oldest(\"u\", 1) = %v, %v; want none, error %q and code %s", got, err, counter.err, api.Unavailable)
	}
}
