package wordpress

import (
	"context"
	"database/sql/driver"
	"errors"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users"
)

// questionsOf are all queries that a directory supports.
var questionsOf = map[string]func(context.Context, *Directory) error{
	"Ping":      func(ctx context.Context, d *Directory) error { return d.Ping(ctx) },
	"BySubject": func(ctx context.Context, d *Directory) error { _, err := d.BySubject(ctx, "wp:5"); return err },
	"ByNumber":  func(ctx context.Context, d *Directory) error { _, err := d.ByNumber(ctx, 5); return err },
	"ByLogin":   func(ctx context.Context, d *Directory) error { _, err := d.ByLogin(ctx, "alice"); return err },
	"ByEmail": func(ctx context.Context, d *Directory) error {
		_, err := d.ByEmail(ctx, "alice@example.org")
		return err
	},
	"HashForms": func(ctx context.Context, d *Directory) error { _, err := d.HashForms(ctx); return err },
	"ApplicationPasswords": func(ctx context.Context, d *Directory) error {
		_, err := d.ApplicationPasswords(ctx, 5)
		return err
	},
	"CheckApplicationPassword": func(ctx context.Context, d *Directory) error {
		_, _, err := d.CheckApplicationPassword(ctx, cheap, "alice", applicationText)
		return err
	},
	"FitsApplication": func(ctx context.Context, d *Directory) error {
		_, err := d.FitsApplication(ctx, cheap, api.User{Number: 5}, applicationText)
		return err
	},
}

// TestDirectory_faults: if any query to the database or the log fails, in any way, the
// directory returns an error; no user is reported as unknown or without roles.
func TestDirectory_faults(t *testing.T) {
	for name, ask := range questionsOf {
		f := newFakeDB()
		if err := ask(t.Context(), fakeDirectory(t, f, nil)); err != nil || f.asked == 0 {
			t.Fatalf("%s asks %d questions while all works: %v", name, f.asked, err)
		}
		for failing := range f.asked {
			for _, how := range ways {
				f := newFakeDB()
				f.failing, f.how = failing, how
				if err := ask(t.Context(), fakeDirectory(t, f, nil)); api.CodeOf(err) != api.Unavailable {
					t.Errorf("%s, at question %d, %s fails: got %v, want code %s", name, failing, how, err, api.Unavailable)
				}
			}
		}
	}
}

// TestCompare_faults: a comparison fails as a whole if a part of it does.
func TestCompare_faults(t *testing.T) {
	for name, deleted := range map[string]bool{"a user who changed": false, "a user who is deleted": true} {
		compared := func(failing int, how string) (int, error) {
			f := newFakeDB()
			d := fakeDirectory(t, f, nil)
			if _, err := d.ledger.note(t.Context(), alice()); err != nil {
				t.Fatal(err)
			}
			if f.tables[ofStamps] = [][]driver.Value{aliceStamp(`a:0:{}`)}; deleted {
				f.tables[ofStamps] = nil
			}
			f.asked, f.failing, f.how = 0, failing, how
			err := d.compare(t.Context(), moment)
			return f.asked, err
		}
		asked, err := compared(-1, "")
		if err != nil || asked < 3 {
			t.Fatalf("%s: %d questions while all works: %v", name, asked, err)
		}
		for failing := range asked {
			for _, how := range ways {
				if _, err := compared(failing, how); err == nil {
					t.Errorf("%s, at question %d, %s fails, and all was compared", name, failing, how)
				}
			}
		}
	}
}

// TestDirectory_deletionNotNoted: a user is not reported as unknown before their deletion
// is in the log.
func TestDirectory_deletionNotNoted(t *testing.T) {
	f := newFakeDB()
	d := fakeDirectory(t, f, nil)
	if _, err := d.ByNumber(t.Context(), 5); err != nil {
		t.Fatal(err)
	}
	f.tables[ofUsers] = nil
	f.asked, f.failing = 0, 1 // the log, after the look-up
	if _, err := d.ByNumber(t.Context(), 5); api.CodeOf(err) != api.Unavailable {
		t.Errorf("ByNumber(5) = %v, want code %s", err, api.Unavailable)
	}
	if _, err := d.ByNumber(t.Context(), 5); !errors.Is(err, api.ErrNotFound) {
		t.Errorf("once it is noted: %v", err)
	}
}

// TestCheckApplicationPassword_verdicts: unknown, wrong and disabled are distinct, and a
// check that fails returns an error.
func TestCheckApplicationPassword_verdicts(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for name, c := range map[string]struct {
		change          func(*fakeDB)
		password, login string
		reason          string
	}{
		"right":                {nil, applicationText, "alice", ""},
		"with blanks":          {nil, "Vpth 7kBA PFLu ix4d panL 1FPl", "alice", ""},
		"wrong":                {nil, "other", "alice", api.ReasonWrongPassword},
		"nobody":               {func(f *fakeDB) { f.tables[ofUsers] = nil }, applicationText, "nobody", api.ReasonUnknownUser},
		"none":                 {func(f *fakeDB) { f.tables[ofApplications] = nil }, applicationText, "alice", api.ReasonWrongPassword},
		"empty":                {func(f *fakeDB) { f.tables[ofApplications] = [][]driver.Value{{""}} }, applicationText, "alice", api.ReasonWrongPassword},
		"NULL":                 {func(f *fakeDB) { f.tables[ofApplications] = [][]driver.Value{{nil}} }, applicationText, "alice", api.ReasonWrongPassword},
		"disabled":             {func(f *fakeDB) { f.tables[ofUsers][0][3] = int64(1) }, applicationText, "alice", api.ReasonDisabled},
		"disabled, and wrong":  {func(f *fakeDB) { f.tables[ofUsers][0][3] = int64(1) }, "other", "alice", api.ReasonWrongPassword},
		"of another serialise": {func(f *fakeDB) { f.tables[ofApplications] = [][]driver.Value{{"b:1;"}} }, applicationText, "alice", "unavailable"},
	} {
		f := newFakeDB()
		if c.change != nil {
			c.change(f)
		}
		u, a, err := fakeDirectory(t, f, nil).CheckApplicationPassword(t.Context(), cheap, c.login, api.Secret(c.password))
		if c.reason == "unavailable" {
			if api.CodeOf(err) != api.Unavailable {
				t.Errorf("%s: got %v, want code %s", name, err, api.Unavailable)
			}
			continue
		}
		if api.ReasonOf(err) != c.reason || (err == nil) != (u.Login == "alice" && a.Name == "phone") {
			t.Errorf("%s: %q by %q, %v; want %q", name, u.Login, a.Name, err, c.reason)
		}
	}
	for name, change := range map[string]func(*fakeDB){"unknown": func(f *fakeDB) { f.tables[ofUsers] = nil }, "known": func(*fakeDB) {}} {
		f := newFakeDB()
		change(f)
		d := fakeDirectory(t, f, nil)
		busy := users.NewPasswords(users.PasswordConfig{Memory: 8, Passes: 1})
		if _, _, err := d.CheckApplicationPassword(ended, busy, "alice", applicationText); api.CodeOf(err) != api.Unavailable {
			t.Errorf("%s, after the caller left: %v", name, err)
		}
	}
}
