package sqlite_test

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/session"
)

// version returns a number that changes with each transaction that others commit.
func version(t *testing.T, c *sql.Conn) (n int64) {
	t.Helper()
	if err := c.QueryRowContext(t.Context(), "PRAGMA data_version").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// lineage is a session and its first refresh token.
type lineage struct {
	*session.Sessions
	t   *testing.T
	now time.Time
}

func (f *lineage) ended(sid, _ string) {
	if _, err := f.End(f.t.Context(), sid, "logout", ""); err != nil {
		f.t.Fatal(err)
	}
}

func (f *lineage) used(_, token string) {
	if _, err := f.Rotate(f.t.Context(), token, session.RotateOptions{}); err != nil {
		f.t.Fatal(err)
	}
}

func (f *lineage) stolen(sid, token string) { f.used(sid, token); f.now = f.now.Add(time.Hour) }

func (f *lineage) endedByReuse(sid, token string) {
	f.stolen(sid, token)
	f.rotate(f.t.Context(), token, session.RotateOptions{})
}

func (f *lineage) expired(string, string) { f.now = f.now.Add(60 * 24 * time.Hour) }

func (f *lineage) newest(string, string) {}

func (f *lineage) rotate(ctx context.Context, token string, o session.RotateOptions) error {
	_, err := f.Rotate(ctx, token, o)
	return err
}

func (f *lineage) peek(ctx context.Context, token string, o session.RotateOptions) error {
	_, err := f.Peek(ctx, token, o)
	return err
}

func (f *lineage) inspect(ctx context.Context, token string, _ session.RotateOptions) error {
	_, _, err := f.Inspect(ctx, token)
	return err
}

func (f *lineage) logout(ctx context.Context, token string, _ session.RotateOptions) error {
	_, err := f.EndByToken(ctx, token, "logout", "")
	return err
}

// TestRotateRefresh_writes: which uses of a refresh token write. A refusal does not, nor
// does it wait for a writer, unless it ends the session: whoever has ever seen a token
// could make it any number of times.
func TestRotateRefresh_writes(t *testing.T) {
	type uses = func(*lineage, context.Context, string, session.RotateOptions) error
	type states = func(f *lineage, sid, token string)
	client, once, grace := session.RotateOptions{Client: "x"}, session.RotateOptions{Once: true}, session.RotateOptions{Grace: time.Minute}
	none := session.RotateOptions{}
	path := file(t)
	s := open(t, path)
	other, err := raw(t, path).Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	for _, tc := range []struct {
		name   string
		token  states
		use    uses
		o      session.RotateOptions
		reason string
		writes bool
	}{
		{"a use", (*lineage).newest, (*lineage).rotate, none, "", true},
		{"a use of a stolen one", (*lineage).stolen, (*lineage).rotate, none, api.ReasonRefreshReused, true},
		{"a use after it", (*lineage).endedByReuse, (*lineage).rotate, none, api.ReasonRefreshEnded, false},
		{"a use of an ended session's", (*lineage).ended, (*lineage).rotate, none, api.ReasonRefreshEnded, false},
		{"a use of an expired one", (*lineage).expired, (*lineage).rotate, none, api.ReasonRefreshExpired, false},
		{"a use by another client", (*lineage).newest, (*lineage).rotate, client, api.ReasonRefreshClient, false},
		{"a use again", (*lineage).used, (*lineage).rotate, none, "", false},
		{"a use again where one counts", (*lineage).used, (*lineage).rotate, once, api.ReasonRefreshReused, false},
		{"a look", (*lineage).newest, (*lineage).peek, none, "", false},
		{"a look at a stolen one", (*lineage).stolen, (*lineage).peek, none, api.ReasonRefreshReused, true},
		{"a look after it", (*lineage).endedByReuse, (*lineage).peek, none, api.ReasonRefreshEnded, false},
		{"a look at an ended session's", (*lineage).ended, (*lineage).peek, none, api.ReasonRefreshEnded, false},
		{"a look at an expired one", (*lineage).expired, (*lineage).peek, none, api.ReasonRefreshExpired, false},
		{"a look by another client", (*lineage).newest, (*lineage).peek, client, api.ReasonRefreshClient, false},
		{"a look again", (*lineage).used, (*lineage).peek, grace, "", false},
		{"a look again where one counts", (*lineage).used, (*lineage).peek, once, api.ReasonRefreshReused, false},
		{"an inspection", (*lineage).newest, (*lineage).inspect, none, "", false},
		{"a logout", (*lineage).newest, (*lineage).logout, none, "", true},
		{"a logout after it", (*lineage).ended, (*lineage).logout, none, "", false},
	} {
		f := &lineage{t: t, now: time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)}
		f.Sessions = session.New(s, session.Config{Now: func() time.Time { return f.now }, Index: session.NewIndex()})
		begin := func() string {
			text, x, err := f.Begin(t.Context(), session.NewSession{Subject: "u"})
			if err != nil {
				t.Fatal(err)
			}
			tc.token(f, x.ID, text.Reveal())
			return text.Reveal()
		}
		token, waits := begin(), begin()
		before := version(t, other)
		err := tc.use(f, t.Context(), token, tc.o)
		if got := api.ReasonOf(err); got != tc.reason || tc.reason == "" && err != nil {
			t.Errorf("%s: %v, want reason %q", tc.name, err, tc.reason)
		}
		if wrote := version(t, other) != before; wrote != tc.writes {
			t.Errorf("%s: writes: %v, want %v", tc.name, wrote, tc.writes)
		}
		if _, err := other.ExecContext(t.Context(), "BEGIN IMMEDIATE"); err != nil {
			t.Fatal(err)
		}
		patience := time.Minute // a writer would end its wait with another error before that
		if tc.writes {
			patience = 100 * time.Millisecond
		}
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		if err := tc.use(f, ctx, waits, tc.o); !tc.writes && api.ReasonOf(err) != tc.reason {
			t.Errorf("%s waits for a writer: %v", tc.name, err)
		}
		cancel()
		if _, err := other.ExecContext(t.Context(), "ROLLBACK"); err != nil {
			t.Fatal(err)
		}
	}
}
