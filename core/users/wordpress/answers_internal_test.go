package wordpress

import (
	"context"
	"database/sql/driver"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/logtest"
	"github.com/cardea-auth/cardea/core/store/memory"
	"github.com/cardea-auth/cardea/core/users"
)

// TestRolesOf tests how the roles of a user and of the site are read.
func TestRolesOf(t *testing.T) {
	const site = `a:2:{s:6:"editor";a:0:{}s:6:"author";a:0:{}}`
	for name, c := range map[string]struct {
		granted, site driver.Value // nil site: no such option
		want          string       // "unavailable": it is an error
	}{
		"one":                       {`a:1:{s:6:"editor";b:1;}`, site, "[editor]"},
		"several":                   {`a:2:{s:6:"author";b:1;s:6:"editor";b:1;}`, site, "[author editor]"},
		"one that is not a role":    {`a:1:{s:4:"read";b:1;}`, site, "[]"},
		"taken back":                {`a:1:{s:6:"editor";b:0;}`, site, "[]"},
		"none":                      {`a:0:{}`, site, "[]"},
		"nothing":                   {"", site, "[]"},
		"NULL":                      {nil, site, "[]"},
		"an empty text":             {`s:0:"";`, site, "[]"},
		"another text":              {`s:1:"x";`, site, "unavailable"},
		"a truth value":             {`b:1;`, site, "unavailable"},
		"no such form":              {"x", site, "unavailable"},
		"no roles known":            {`a:1:{s:5:"other";b:1;}`, nil, "[other]"},
		"taken back, none known":    {`a:1:{s:5:"other";b:0;}`, nil, "[]"},
		"a site of no form":         {`a:1:{s:6:"editor";b:1;}`, "x", "unavailable"},
		"a site that is not a list": {`a:1:{s:6:"editor";b:1;}`, "b:1;", "unavailable"},
	} {
		f := newFakeDB()
		f.tables[ofUsers][0][7] = c.granted
		if f.tables[ofRoleNames] = nil; c.site != nil {
			f.tables[ofRoleNames] = [][]driver.Value{{c.site}}
		}
		u, err := fakeDirectory(t, f, nil).ByNumber(t.Context(), 5)
		if c.want == "unavailable" {
			if api.CodeOf(err) != api.Unavailable {
				t.Errorf("%s: got %v, %v; want code %s", name, u.Roles, err, api.Unavailable)
			}
			continue
		}
		if err != nil || fmt.Sprint(u.Roles) != c.want {
			t.Errorf("%s: %v, %v; want %s", name, u.Roles, err, c.want)
		}
	}
}

// TestRoleNames_life: the site's role names are cached for ten seconds, even if there are
// none.
func TestRoleNames_life(t *testing.T) {
	for name, option := range map[string][][]driver.Value{"some": {{`a:0:{}`}}, "none": nil} {
		f, now := newFakeDB(), moment
		f.tables[ofRoleNames] = option
		d := fakeDirectory(t, f, func(c *Config) { c.Now = func() time.Time { return now } })
		for _, step := range []struct {
			after time.Duration
			asks  int
		}{{0, 1}, {9999 * time.Millisecond, 0}, {time.Millisecond, 1}, {0, 0}} {
			now = now.Add(step.after)
			before := f.asked
			if _, err := d.roleNames(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := f.asked - before; got != step.asks {
				t.Errorf("%s, %s later: %d questions, want %d", name, step.after, got, step.asks)
			}
		}
	}
}

// TestHashForms_grouped: rows of the same format are counted together, however the database
// groups them; unknown formats are skipped.
func TestHashForms_grouped(t *testing.T) {
	f := newFakeDB()
	f.tables[ofForms] = [][]driver.Value{
		{"$P$Babcdefgh123456789012345678901.", int64(3)}, {"$H$Babcdefgh123456789012345678901.", int64(4)},
		{"*", int64(100)}, {"5f4dcc3b5aa765d61d8327deb882cf99", int64(5)},
	}
	list, err := fakeDirectory(t, f, nil).HashForms(t.Context())
	counts := map[int]bool{}
	for _, form := range list {
		counts[form.Users] = true
	}
	if err != nil || len(list) != 2 || !counts[7] || !counts[5] {
		t.Errorf("got %+v, %v; want 7 of one form and 5 of another", list, err)
	}
}

// TestDirectory_members: at a site of a network only members are users, and each flag alone
// excludes them; elsewhere every account is a user.
func TestDirectory_members(t *testing.T) {
	const status, spam, deleted, capabilities = 3, 5, 6, 7
	for name, c := range map[string]struct {
		site     int64
		column   int
		value    driver.Value
		found    bool
		disabled bool
	}{
		"no network":                  {0, status, int64(0), true, false},
		"no network, no capabilities": {0, capabilities, nil, true, false},
		"a member":                    {2, status, int64(0), true, false},
		"no member":                   {2, capabilities, nil, false, false},
		"a member without any":        {2, capabilities, "", true, false},
		"with a status":               {0, status, int64(1), true, true},
		"with a negative one":         {0, status, int64(-1), true, true},
		"spam":                        {2, spam, int64(1), true, true},
		"deleted, of the network":     {2, deleted, int64(1), true, true},
	} {
		f := newFakeDB()
		f.tables[ofUsers][0][c.column] = c.value
		u, err := fakeDirectory(t, f, func(cfg *Config) { cfg.Site = c.site }).ByNumber(t.Context(), 5)
		if (err == nil) != c.found || u.Disabled != c.disabled {
			t.Errorf("%s: found %v, disabled %v (%v)", name, err == nil, u.Disabled, err)
		}
	}
}

// TestLedger_unseen: the generation of a user who was not compared yet is kept, and does
// not start watching them.
func TestLedger_unseen(t *testing.T) {
	log, now := memory.New(), moment
	r := api.Revocation{Kind: api.RevokeSubject, Key: "wp:5", MinGen: 7, At: now, Expires: now.Add(time.Hour)}
	// The same holds for a row of the directory itself without a stamp.
	own := api.Revocation{Kind: api.RefreshUser, Key: "wp:6", MinGen: 9, Actor: "wordpress", Reason: "user seen", At: now, Expires: now.Add(time.Hour)}
	if err := log.AppendRevocations(t.Context(), r, own); err != nil {
		t.Fatal(err)
	}
	l := node(t, log, &now, users.RevokeOn{})
	if got := l.watched(now); len(got) != 0 {
		t.Errorf("got %v watched, want 0 entries", got)
	}
	for id, k := range l.users {
		if k.seen {
			t.Errorf("%d was seen", id)
		}
	}
	if got := note(t, l, alice()); got != 7 {
		t.Errorf("got generation %d, want 7", got)
	}
}

// TestLedger_goneOnce: a deletion is recorded once, however often and late it is noticed.
func TestLedger_goneOnce(t *testing.T) {
	log, now := memory.New(), moment
	l := node(t, log, &now, users.RevokeOn{})
	note(t, l, alice())
	for range 3 {
		if err := l.gone(t.Context(), 5); err != nil {
			t.Fatal(err)
		}
		now = now.Add(90 * time.Minute) // more than half of the time that the row is kept
	}
	if rows, _ := log.RevocationsSince(t.Context(), 0, time.Time{}, 10); len(rows) != 2 {
		t.Errorf("got %d rows, want 2", len(rows))
	}
}

// TestLedger_pages: a log with more rows than one page is read to its end.
func TestLedger_pages(t *testing.T) {
	now := moment
	for _, rows := range []int{4999, 5000, 5001, 10_000, 10_001} {
		list := make([]api.Revocation, rows)
		for i := range list {
			list[i] = api.Revocation{Kind: api.RevokeSubject, Key: "wp:5", MinGen: int64(i + 1), At: now, Expires: now.Add(time.Hour)}
		}
		log := memory.New()
		if err := log.AppendRevocations(t.Context(), list...); err != nil {
			t.Fatal(err)
		}
		l := node(t, log, &now, users.RevokeOn{})
		if got := l.users[5].gen; got != int64(rows) {
			t.Errorf("of %d rows: generation %d", rows, got)
		}
	}
}

// TestWatched_order: users are compared in the order of their numbers.
func TestWatched_order(t *testing.T) {
	now := moment
	l := node(t, memory.New(), &now, users.RevokeOn{})
	for _, id := range []int64{9, 2, 7, 1, 8, 3} {
		r := alice()
		r.id = id
		note(t, l, r)
	}
	if got := l.watched(now); !slices.Equal(got, []int64{1, 2, 3, 7, 8, 9}) {
		t.Errorf("watched: got %v, want %v", got, []int64{1, 2, 3, 7, 8, 9})
	}
}

// TestWatch_tells: failures are logged the first, second and fourth time in a row, and then
// once when they are over.
func TestWatch_tells(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log logtest.Buffer
		f := newFakeDB()
		d := fakeDirectory(t, f, func(c *Config) {
			c.Now, c.Every, c.Logger = time.Now, time.Second, slog.New(slog.NewTextHandler(&log, nil))
		})
		if _, err := d.ledger.note(t.Context(), alice()); err != nil {
			t.Fatal(err)
		}
		stamps := f.tables[ofStamps]
		f.set(ofStamps, nil)
		d.cancel = func() {}
		go d.watch(t.Context())
		for _, want := range []int{1, 2, 2, 3, 3} {
			time.Sleep(time.Second)
			synctest.Wait()
			if got := log.Count("cannot compare users"); got != want {
				t.Errorf("logged %d times, want %d:\n%s", got, want, &log)
			}
		}
		if got := d.Staleness(); got < 5*time.Second || strings.Contains(log.String(), "answers again") {
			t.Errorf("staleness %s:\n%s", got, &log)
		}
		f.set(ofStamps, stamps)
		for range 2 {
			time.Sleep(time.Second)
			synctest.Wait()
		}
		if got := d.Staleness(); got > time.Second || log.Count("answers again") != 1 {
			t.Errorf("staleness %s:\n%s", got, &log)
		}
	})
}

// askedLog is a revocation log that records from where it is read.
type askedLog struct {
	*memory.Store
	after []int64
	since []time.Time
}

func (l *askedLog) RevocationsSince(ctx context.Context, after int64, since time.Time, limit int) ([]api.Revocation, error) {
	l.after, l.since = append(l.after, after), append(l.since, since)
	return l.Store.RevocationsSince(ctx, after, since, limit)
}

// TestLedger_overlap: the log is read from the start once, and then from ten seconds before
// the last read, since rows may become visible out of order.
func TestLedger_overlap(t *testing.T) {
	log, now := &askedLog{Store: memory.New()}, moment
	l := node(t, log, &now, users.RevokeOn{})
	note(t, l, alice())
	for range 2 {
		if err := l.read(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if fmt.Sprint(log.after) != "[0 0 1]" || !log.since[0].IsZero() || !log.since[1].IsZero() || !log.since[2].Equal(now.Add(-10*time.Second)) {
		t.Errorf("read after %v since %v", log.after, log.since)
	}
}
