package session_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/session"
)

// fakeRepository keeps sessions in maps; the stores' own suite tests the real ones. Every
// call returns Err if it is set.
type fakeRepository struct {
	sessions map[string]api.Session
	tokens   map[[32]byte]api.RefreshToken
	log      []api.Revocation
	err      error
	twice    bool // first call back with outdated data, as in a transaction that is retried
}

var _ session.Repository = (*fakeRepository)(nil)

func newFake() *fakeRepository {
	return &fakeRepository{sessions: map[string]api.Session{}, tokens: map[[32]byte]api.RefreshToken{}}
}

func (r *fakeRepository) CreateSession(_ context.Context, s api.Session, first api.RefreshToken) error {
	if r.err == nil {
		r.sessions[s.ID], r.tokens[first.Hash] = s, first
	}
	return r.err
}

func (r *fakeRepository) Session(_ context.Context, id string) (api.Session, error) {
	s, ok := r.sessions[id]
	if !ok {
		return s, api.ErrNotFound
	}
	return s, r.err
}

func (r *fakeRepository) Sessions(_ context.Context, subject, after string, limit int) (list []api.Session, err error) {
	for _, s := range r.sessions {
		if s.Subject == subject && s.ID > after && len(list) < limit {
			list = append(list, s)
		}
	}
	return list, r.err
}

func (r *fakeRepository) LiveSessions(ctx context.Context, subject string, now time.Time, limit int) ([]api.Session, error) {
	list, err := r.Sessions(ctx, subject, "", limit)
	return slices.DeleteFunc(list, func(s api.Session) bool { return !s.Live(now) }), err
}

func (r *fakeRepository) RotateRefresh(_ context.Context, hash [32]byte, decide func(*api.Rotation) error) error {
	t, ok := r.tokens[hash]
	if r.err != nil {
		return r.err
	}
	if !ok {
		return api.ErrNotFound
	}
	if r.twice {
		ended := r.sessions[t.Session]
		ended.Ended = ended.Created
		decide(&api.Rotation{Session: ended, Token: t})
	}
	d := api.Rotation{Session: r.sessions[t.Session], Token: t}
	if err := decide(&d); err != nil {
		return err
	}
	if d.Next != nil {
		r.tokens[hash], r.tokens[d.Next.Hash] = d.Token, *d.Next
	}
	r.sessions[d.Session.ID], r.log = d.Session, append(r.log, d.Revocations...)
	return nil
}

func (r *fakeRepository) EndSession(_ context.Context, id string, end func(*api.Session) []api.Revocation) error {
	s, ok := r.sessions[id]
	if r.err != nil {
		return r.err
	}
	if !ok {
		return api.ErrNotFound
	}
	r.log = append(r.log, end(&s)...)
	r.sessions[id] = s
	return nil
}

func (r *fakeRepository) EndSessions(ctx context.Context, subject string, end func(*api.Session) []api.Revocation) error {
	for id, s := range r.sessions {
		if s.Subject == subject && s.Ended.IsZero() && r.err == nil {
			r.EndSession(ctx, id, end)
		}
	}
	return r.err
}

func (r *fakeRepository) PruneSessions(_ context.Context, before time.Time) (int64, error) {
	for id, s := range r.sessions {
		if !s.Live(before) {
			delete(r.sessions, id)
		}
	}
	return 0, r.err
}

// families is a Sessions on a fake repository with a clock that stands still.
type families struct {
	*session.Sessions
	repo  *fakeRepository
	index *session.Index
	now   time.Time
}

func newFamilies(cfg session.Config) *families {
	f := &families{repo: newFake(), index: session.NewIndex(), now: moment}
	cfg.Now, cfg.Index = func() time.Time { return f.now }, f.index
	f.Sessions = session.New(f.repo, cfg)
	return f
}

func (f *families) begin(t *testing.T, n session.NewSession) (string, api.Session) {
	t.Helper()
	text, s, err := f.Begin(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	return text.Reveal(), s
}

func (f *families) rotate(t *testing.T, text string) string {
	t.Helper()
	r, err := f.Rotate(t.Context(), text, session.RotateOptions{Peer: "192.0.2.1"})
	if err != nil {
		t.Fatal(err)
	}
	return r.Text.Reveal()
}

// refused rotates the token and fails the test unless it is refused for the reason.
func (f *families) refused(t *testing.T, text, client, reason string) session.Rotated {
	t.Helper()
	r, err := f.Rotate(t.Context(), text, session.RotateOptions{Client: client})
	if api.CodeOf(err) != api.Unauthenticated || api.ReasonOf(err) != reason || r.Text != "" {
		t.Errorf("got %v, want a refusal with %s and no token", err, reason)
	}
	return r
}

func (f *families) revoked(id string) bool {
	_, yes := f.index.Revoked(&api.Identity{Proof: api.Proof{Session: id}})
	return yes
}

func TestFamilies_Begin(t *testing.T) {
	f := newFamilies(session.Config{})
	text, s := f.begin(t, session.NewSession{Subject: "u", Gen: 3, Client: "c", TokenFormat: "native", Device: "curl", Peer: "::1", Scopes: []string{"read"}})
	token, ok := session.ParseRefresh(text)
	if !ok || token.Session != s.ID || !f.repo.tokens[token.Hash].Expires.Equal(s.IdleEnd) {
		t.Errorf("got token %v, %v for session %s", token, ok, s.ID)
	}
	if s.Gen != 3 || s.Client != "c" || !s.Live(moment) || s.Created != moment || s.Used != moment {
		t.Errorf("got session %+v, want a live one of client c, generation 3", s)
	}
	if got := s.IdleEnd.Sub(moment); got != 14*24*time.Hour {
		t.Errorf("got idle end after %v", got)
	}
	if got := s.End.Sub(moment); got != 30*24*time.Hour {
		t.Errorf("got end after %v", got)
	}
}

// TestFamilies_accessEnd: a session records when the last of its access tokens expires,
// unless it started before that was recorded.
func TestFamilies_accessEnd(t *testing.T) {
	for _, tc := range []struct {
		before, life, want time.Duration // from the moment on; 0 is none
	}{
		{time.Minute, time.Hour, time.Hour + 10*time.Second}, {2 * time.Hour, time.Hour, 2 * time.Hour}, {time.Minute, 0, time.Minute}, {0, time.Hour, 0},
	} {
		f := newFamilies(session.Config{Grace: time.Minute})
		text, s := f.begin(t, session.NewSession{Subject: "u"})
		if s.AccessEnd = (time.Time{}); tc.before > 0 {
			s.AccessEnd = moment.Add(tc.before)
		}
		f.repo.sessions[s.ID] = s
		for range 2 { // the second is within the grace
			r, err := f.Rotate(t.Context(), text, session.RotateOptions{Access: tc.life})
			if err != nil {
				t.Fatal(err)
			}
			got := f.repo.sessions[s.ID].AccessEnd
			if want := tc.want; got.IsZero() != (want == 0) || want > 0 && !got.Equal(moment.Add(want)) || !r.Session.AccessEnd.Equal(got) {
				t.Errorf("%+v: got %v, want %v after %v", tc, got, want, moment)
			}
			as := f.repo.sessions[s.ID]
			as.AccessEnd = s.AccessEnd
			f.repo.sessions[s.ID] = as
		}
	}
}

func TestFamilies_Begin_bounds(t *testing.T) {
	f := newFamilies(session.Config{Absolute: time.Hour, Idle: time.Minute})
	for name, test := range map[string]struct{ idle, absolute, wantIdle, wantEnd time.Duration }{
		"configured":         {0, 0, time.Minute, time.Hour},
		"own":                {2 * time.Minute, 30 * time.Minute, 2 * time.Minute, 30 * time.Minute},
		"idle beyond end":    {time.Hour, 10 * time.Minute, 10 * time.Minute, 10 * time.Minute},
		"beyond the highest": {3 * time.Hour, 3 * time.Hour, time.Hour, time.Hour},
	} {
		_, s := f.begin(t, session.NewSession{Idle: test.idle, Absolute: test.absolute})
		if s.IdleEnd.Sub(moment) != test.wantIdle || s.End.Sub(moment) != test.wantEnd {
			t.Errorf("%s: got %v and %v", name, s.IdleEnd.Sub(moment), s.End.Sub(moment))
		}
	}
}

func TestFamilies_Rotate(t *testing.T) {
	f := newFamilies(session.Config{})
	first, s := f.begin(t, session.NewSession{Subject: "u"})
	f.now = moment.Add(time.Hour)
	second := f.rotate(t, first)
	if second == first {
		t.Fatal("the token did not change")
	}
	got, _ := f.Session(t.Context(), s.ID)
	if got.Used != f.now || got.Peer != "192.0.2.1" || got.IdleEnd != f.now.Add(14*24*time.Hour) || got.End != s.End {
		t.Errorf("got %+v after a refresh", got)
	}
	f.rotate(t, second)
	if len(f.repo.log) > 0 || f.revoked(s.ID) {
		t.Error("refreshing ended something")
	}
}

func TestFamilies_Rotate_repeated(t *testing.T) {
	f := newFamilies(session.Config{})
	f.repo.twice = true
	first, s := f.begin(t, session.NewSession{})
	second := f.rotate(t, first)
	f.now = moment.Add(20 * time.Second)
	r, err := f.Rotate(t.Context(), first, session.RotateOptions{})
	if err != nil || r.Text.Reveal() != second || !r.Repeated || r.Session.ID != s.ID {
		t.Errorf("got %v, %v, %v within the grace window, want the same successor", r.Text.Reveal(), r.Repeated, err)
	}
	if len(f.repo.tokens) != 2 {
		t.Errorf("got %d tokens, want 2", len(f.repo.tokens))
	}
	f.rotate(t, second) // still good
}

func TestFamilies_Rotate_reused(t *testing.T) {
	for name, test := range map[string]struct {
		grace, after time.Duration
		client       string
	}{
		"after the window":     {0, 20*time.Second + time.Microsecond, ""},
		"no window":            {-1, 0, ""},
		"from another client":  {0, time.Second, "other"},
		"an hour, long window": {59 * time.Minute, time.Hour, ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFamilies(session.Config{Grace: test.grace})
			first, s := f.begin(t, session.NewSession{Subject: "u"})
			second := f.rotate(t, first)
			f.now = moment.Add(test.after)
			r := f.refused(t, first, test.client, api.ReasonRefreshReused)
			if !r.Reused || r.Session.ID != s.ID || r.Session.Subject != "u" || r.Session.Ended != f.now {
				t.Errorf("got %+v, want session s reported as reused", r)
			}
			if len(f.repo.log) != 1 || f.repo.log[0].Kind != api.RevokeSession || f.repo.log[0].Key != s.ID || !f.revoked(s.ID) {
				t.Errorf("got log %v, index %v, want the session revoked in both", f.repo.log, f.revoked(s.ID))
			}
			f.refused(t, second, "", api.ReasonRefreshEnded)
			f.refused(t, first, "", api.ReasonRefreshEnded)
			if len(f.repo.log) != 1 {
				t.Errorf("got %d revocations, want one", len(f.repo.log))
			}
		})
	}
}

// The grace period ends when the successor is used, however soon, for Peek as well.
func TestFamilies_Rotate_graceEnds(t *testing.T) {
	for name, apart := range map[string]time.Duration{"a second apart": time.Second, "by a clock that stands": 0} {
		for call, use := range map[string]func(*families, string) (session.Rotated, error){
			"Rotate": func(f *families, text string) (session.Rotated, error) {
				return f.Rotate(t.Context(), text, session.RotateOptions{})
			},
			"Peek": func(f *families, text string) (session.Rotated, error) {
				return f.Peek(t.Context(), text, session.RotateOptions{})
			},
		} {
			t.Run(name+", "+call, func(t *testing.T) {
				f := newFamilies(session.Config{})
				r1, s := f.begin(t, session.NewSession{Subject: "u"})
				r2 := f.rotate(t, r1)
				f.now = f.now.Add(apart)
				r3 := f.rotate(t, r2)
				f.now = f.now.Add(apart)
				r, err := use(f, r1)
				if api.ReasonOf(err) != api.ReasonRefreshReused || !r.Reused || !f.revoked(s.ID) {
					t.Errorf("got %+v, %v for the first token, want the session ended", r, err)
				}
				f.refused(t, r3, "", api.ReasonRefreshEnded)
			})
		}
	}
}

func TestFamilies_Rotate_refusals(t *testing.T) {
	f := newFamilies(session.Config{Idle: time.Hour, Absolute: 90 * time.Minute})
	text, s := f.begin(t, session.NewSession{Client: "c"})
	another, _ := f.begin(t, session.NewSession{Client: "c"})
	f.refused(t, "", "c", api.ReasonRefreshUnknown)
	f.refused(t, text+"x", "c", api.ReasonRefreshUnknown)
	f.refused(t, newRefresh(t, s.ID).Text().Reveal(), "c", api.ReasonRefreshUnknown) // session ids are not secret
	f.refused(t, moved(t, another, s.ID), "c", api.ReasonRefreshUnknown)
	f.refused(t, text, "", api.ReasonRefreshClient)
	f.refused(t, text, "C", api.ReasonRefreshClient)
	if got, _ := f.Session(t.Context(), s.ID); !got.Live(moment) || len(f.repo.log) > 0 {
		t.Errorf("a refusal changed the session: %+v", got)
	}
	f.now = moment.Add(time.Hour)
	if r := f.refused(t, text, "c", api.ReasonRefreshExpired); r.Reused {
		t.Error("an expired token counts as reused")
	}
}

// moved changes the session of a token, keeping its secret and a valid checksum.
func moved(t *testing.T, text, family string) string {
	t.Helper()
	body := "cdr_" + family + text[26:70]
	return body + "_" + session.Checksum(body)
}

func TestFamilies_Rotate_limits(t *testing.T) {
	f := newFamilies(session.Config{Idle: time.Hour, Absolute: 90 * time.Minute})
	text, s := f.begin(t, session.NewSession{})
	f.now = moment.Add(time.Hour - time.Microsecond)
	text = f.rotate(t, text)
	if got, _ := f.Session(t.Context(), s.ID); got.IdleEnd != s.End {
		t.Errorf("got idle end %v behind the end %v, want IdleEnd %v", got.IdleEnd, s.End, s.End)
	}
	f.now = s.End.Add(-time.Microsecond)
	text = f.rotate(t, text)
	f.now = s.End
	f.refused(t, text, "", api.ReasonRefreshExpired)
}

func TestFamilies_damagedSuccessor(t *testing.T) {
	f := newFamilies(session.Config{})
	text, _ := f.begin(t, session.NewSession{})
	f.rotate(t, text)
	token, _ := session.ParseRefresh(text)
	kept := f.repo.tokens[token.Hash]
	kept.Successor[20] ^= 1
	r, err := f.Rotate(t.Context(), text, session.RotateOptions{})
	if api.CodeOf(err) != api.Unavailable || r.Text != "" {
		t.Errorf("got %v, %v for a damaged box; want no Text and code %s", r, err, api.Unavailable)
	}
}

func TestFamilies_storeDown(t *testing.T) {
	f := newFamilies(session.Config{})
	text, s := f.begin(t, session.NewSession{Subject: "u"})
	down := errors.New("down")
	f.repo.err = down
	for name, call := range map[string]func() error{
		"begin":   func() error { _, _, err := f.Begin(t.Context(), session.NewSession{}); return err },
		"rotate":  func() error { _, err := f.Rotate(t.Context(), text, session.RotateOptions{}); return err },
		"end":     func() error { _, err := f.End(t.Context(), s.ID, "", ""); return err },
		"end all": func() error { _, err := f.EndAll(t.Context(), "u", "", ""); return err },
	} {
		if err := call(); api.CodeOf(err) != api.Unavailable || !errors.Is(err, down) {
			t.Errorf("%s: got %v, want code %s and error %q", name, err, api.Unavailable, down)
		}
	}
	if f.revoked(s.ID) {
		t.Error("the index has an end that the store did not save")
	}
}

func TestFamilies_End(t *testing.T) {
	f := newFamilies(session.Config{MaxTokenLife: time.Hour})
	text, s := f.begin(t, session.NewSession{Subject: "u"})
	ended, err := f.End(t.Context(), s.ID, "logout", "u")
	if err != nil || ended.Ended != moment || ended.EndedFor != "logout" || !f.revoked(s.ID) {
		t.Errorf("got %+v, %v; want the session ended for logout and revoked", ended, err)
	}
	want := api.Revocation{Kind: api.RevokeSession, Key: s.ID, At: moment, Expires: moment.Add(time.Hour), Reason: "logout", Actor: "u"}
	if len(f.repo.log) != 1 || f.repo.log[0] != want {
		t.Errorf("got %v, want %v", f.repo.log, want)
	}
	f.refused(t, text, "", api.ReasonRefreshEnded)
	f.now = moment.Add(time.Minute)
	if again, err := f.End(t.Context(), s.ID, "again", "u"); err != nil || again.Ended != moment || again.EndedFor != "logout" {
		t.Errorf("got %+v, %v, want the first end kept", again, err)
	}
	if _, err := f.End(t.Context(), "unknown", "", ""); !errors.Is(err, api.ErrNotFound) {
		t.Errorf("got %v for an unknown session, want error %q", err, api.ErrNotFound)
	}
}

func TestFamilies_EndAll(t *testing.T) {
	f := newFamilies(session.Config{})
	_, a := f.begin(t, session.NewSession{Subject: "u"})
	_, b := f.begin(t, session.NewSession{Subject: "u"})
	_, other := f.begin(t, session.NewSession{Subject: "v"})
	f.End(t.Context(), a.ID, "logout", "")
	ended, err := f.EndAll(t.Context(), "u", "password changed", "root")
	if err != nil || len(ended) != 1 || ended[0].ID != b.ID || !f.revoked(b.ID) {
		t.Errorf("got %v, %v, want the live session", ended, err)
	}
	if f.revoked(other.ID) {
		t.Error("another's session ended")
	}
	if live, _ := f.Live(t.Context(), "v", 10); len(live) != 1 {
		t.Errorf("Live(\"v\", 10) = %v, want 1 entry", live)
	}
}

func TestFamilies_Prune(t *testing.T) {
	f := newFamilies(session.Config{Idle: time.Hour})
	_, s := f.begin(t, session.NewSession{Subject: "u"})
	f.now = moment.Add(time.Hour)
	if _, err := f.Prune(t.Context()); err != nil {
		t.Fatal(err)
	}
	if list, _ := f.List(t.Context(), "u", "", 10); len(list) > 0 {
		t.Errorf("%s is still there", s.ID)
	}
}
