package session_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/session"
)

// presented is a refresh token in some state, and the result that each call that does not
// consume it must return.
type presented struct {
	name    string
	prepare func(t *testing.T, f *families) (text, client string)
	peek    string // the reason for which Peek refuses, or ""
	reused  bool   // Peek ends the session
	known   bool   // Inspect and EndByToken find its session
}

// presentations has one row for each condition that a refresh token is checked for.
func presentations() []presented {
	begun := func(t *testing.T, f *families) string {
		text, _ := f.begin(t, session.NewSession{Subject: "u", Client: "app"})
		return text
	}
	use := func(t *testing.T, f *families, text string) string {
		t.Helper()
		r, err := f.Rotate(t.Context(), text, session.RotateOptions{Client: "app"})
		if err != nil {
			t.Fatal(err)
		}
		return r.Text.Reveal()
	}
	return []presented{
		{"good", func(t *testing.T, f *families) (string, string) { return begun(t, f), "app" }, "", false, true},
		{"no token", func(*testing.T, *families) (string, string) { return "cdr_x", "app" }, api.ReasonRefreshUnknown, false, false},
		{"never given out", func(t *testing.T, _ *families) (string, string) {
			return newRefresh(t, "").Text().Reveal(), "app"
		}, api.ReasonRefreshUnknown, false, false},
		{"of another session", func(t *testing.T, f *families) (string, string) {
			return moved(t, begun(t, f), newRefresh(t, "").Session), "app"
		}, api.ReasonRefreshUnknown, false, false},
		{"ended", func(t *testing.T, f *families) (string, string) {
			text := begun(t, f)
			if _, err := f.EndAll(t.Context(), "u", "logout", "u"); err != nil {
				t.Fatal(err)
			}
			return text, "app"
		}, api.ReasonRefreshEnded, false, true},
		{"expired this moment", func(t *testing.T, f *families) (string, string) {
			text := begun(t, f)
			f.now = moment.Add(14 * 24 * time.Hour)
			return text, "app"
		}, api.ReasonRefreshExpired, false, true},
		{"of another client", func(t *testing.T, f *families) (string, string) { return begun(t, f), "thief" }, api.ReasonRefreshClient, false, true},
		{"used a moment ago", func(t *testing.T, f *families) (string, string) {
			text := begun(t, f)
			use(t, f, text)
			return text, "app"
		}, api.ReasonRefreshReused, false, true},
		{"used a moment ago, by another client", func(t *testing.T, f *families) (string, string) {
			text := begun(t, f)
			use(t, f, text)
			return text, "thief"
		}, api.ReasonRefreshReused, true, true},
		{"used, and its successor too", func(t *testing.T, f *families) (string, string) {
			text := begun(t, f)
			use(t, f, use(t, f, text))
			return text, "app"
		}, api.ReasonRefreshReused, true, true},
		{"used long ago", func(t *testing.T, f *families) (string, string) {
			text := begun(t, f)
			use(t, f, text)
			f.now = moment.Add(time.Minute)
			return text, "app"
		}, api.ReasonRefreshReused, true, true},
	}
}

// TestFamilies_Peek: each token gets the same result as from Rotate, and stays unused.
func TestFamilies_Peek(t *testing.T) {
	for _, p := range presentations() {
		for _, twice := range []bool{false, true} {
			f := newFamilies(session.Config{})
			text, client := p.prepare(t, f)
			f.repo.twice = twice
			tokens, rows := len(f.repo.tokens), len(f.repo.log)
			got, err := f.Peek(t.Context(), text, session.RotateOptions{Client: client})
			if (err == nil) != (p.peek == "") || api.ReasonOf(err) != p.peek || got.Reused != p.reused || got.Text != "" {
				t.Errorf("%s (twice: %v): got %+v, %v, want %q, reused: %v", p.name, twice, got, err, p.peek, p.reused)
			}
			if (got.Session.Subject == "u") != p.known || got.Session.Ended.IsZero() == (p.reused || p.name == "ended") && p.known {
				t.Errorf("%s (twice: %v): session %+v", p.name, twice, got.Session)
			}
			ended := len(f.repo.log) - rows
			if len(f.repo.tokens) != tokens || (ended == 1) != p.reused || p.reused && !f.revoked(got.Session.ID) {
				t.Errorf("%s (twice: %v): %d tokens, were %d; %d revocations", p.name, twice, len(f.repo.tokens), tokens, ended)
			}
		}
	}
}

// TestFamilies_Inspect: whatever the state of a token, inspecting it changes nothing.
func TestFamilies_Inspect(t *testing.T) {
	for _, p := range presentations() {
		f := newFamilies(session.Config{})
		text, _ := p.prepare(t, f)
		rows := len(f.repo.log)
		s, token, err := f.Inspect(t.Context(), text)
		if p.known {
			parsed, _ := session.ParseRefresh(text)
			if err != nil || s.ID != parsed.Session || token.Hash != parsed.Hash {
				t.Errorf("%s: got %+v, %+v, %v; want ID %v and Hash %v", p.name, s, token, err, parsed.Session, parsed.Hash)
			}
		} else if !errors.Is(err, api.ErrNotFound) || s.ID != "" || token.Session != "" {
			t.Errorf("%s: got %+v, %+v, %v, want nothing found", p.name, s, token, err)
		}
		if len(f.repo.log) != rows {
			t.Errorf("%s: it ended something", p.name)
		}
	}
}

// TestFamilies_EndByToken: the holder of a token can end its session and no other.
func TestFamilies_EndByToken(t *testing.T) {
	for _, p := range presentations() {
		f := newFamilies(session.Config{})
		text, _ := p.prepare(t, f)
		_, other := f.begin(t, session.NewSession{Subject: "u"})
		s, err := f.EndByToken(t.Context(), text, "logout", "u")
		if p.known {
			kept, _ := f.Session(t.Context(), s.ID)
			if err != nil || s.Ended.IsZero() || kept.Ended.IsZero() || kept.EndedFor != "logout" || !f.revoked(s.ID) {
				t.Errorf("%s: got %+v, %v, kept %+v", p.name, s, err, kept)
			}
		} else if !errors.Is(err, api.ErrNotFound) || s.ID != "" || len(f.repo.log) > 0 {
			t.Errorf("%s: got %+v, %v, want nothing found", p.name, s, err)
		}
		if f.revoked(other.ID) {
			t.Errorf("%s: another session was ended", p.name)
		}
	}
}

// oddStore is a store that fails after it has called back, or never calls back.
type oddStore struct {
	*fakeRepository
	asks bool
	err  error
}

func (s oddStore) RotateRefresh(ctx context.Context, hash [32]byte, decide func(*api.Rotation) error) error {
	if s.asks {
		s.fakeRepository.RotateRefresh(ctx, hash, decide)
	}
	return s.err
}

// TestFamilies_Inspect_oddStore: nothing is reported that the store did not return.
func TestFamilies_Inspect_oddStore(t *testing.T) {
	f := newFamilies(session.Config{})
	text, _ := f.begin(t, session.NewSession{Subject: "u"})
	for _, store := range []oddStore{{f.repo, true, errors.New("disk on fire")}, {f.repo, false, nil}, {f.repo, true, nil}} {
		s, token, err := session.New(store, session.Config{}).Inspect(t.Context(), text)
		if s.ID != "" || token.Session != "" || api.CodeOf(err) != api.Unavailable || store.err != nil && !errors.Is(err, store.err) {
			t.Errorf("%+v: Peek = %+v, %+v, %v; want code %s", store, s, token, err, api.Unavailable)
		}
	}
}
