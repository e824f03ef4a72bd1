package sqlite_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store/sqlite"
	"github.com/cardea-auth/cardea/core/store/storetest"
)

var failAt = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// changes are the methods that write, applied to [filledStore], with the tables that each
// changes.
var changes = []struct {
	name  string
	parts string
	do    func(ctx context.Context, s *sqlite.Store) error
}{
	{"CreateUser", "INSERT users, UPDATE counters", func(ctx context.Context, s *sqlite.Store) error {
		_, err := s.CreateUser(ctx, api.User{Subject: "u_new", Login: "new"})
		return err
	}},
	{"UpdateUser", "UPDATE users, INSERT revocations, UPDATE counters", func(ctx context.Context, s *sqlite.Store) error {
		_, err := s.UpdateUser(ctx, "u", func(u *api.User) ([]api.Revocation, error) { u.Display = "x"; return endOf("u"), nil })
		return err
	}},
	{"UpdateUser's number", "UPDATE users, UPDATE counters", func(ctx context.Context, s *sqlite.Store) error {
		_, err := s.UpdateUser(ctx, "u", func(u *api.User) ([]api.Revocation, error) { u.Number = 1_000_000; return nil, nil })
		return err
	}},
	{"DeleteUser", "DELETE users, DELETE api_keys, INSERT revocations, UPDATE counters", func(ctx context.Context, s *sqlite.Store) error {
		return s.DeleteUser(ctx, "u", endOf("u")...)
	}},
	{"AppendRevocations", "INSERT revocations, UPDATE counters", func(ctx context.Context, s *sqlite.Store) error { return s.AppendRevocations(ctx, endOf("u")...) }},
	{"PruneRevocations", "DELETE revocations", func(ctx context.Context, s *sqlite.Store) error {
		_, err := s.PruneRevocations(ctx, failAt.AddDate(1, 0, 0))
		return err
	}},
	{"CreateSession", "INSERT sessions, INSERT refresh_tokens", func(ctx context.Context, s *sqlite.Store) error {
		return s.CreateSession(ctx, sessionOf("s_new"), api.RefreshToken{Hash: [32]byte{9}, Session: "s_new", Expires: failAt})
	}},
	{"RotateRefresh", "UPDATE refresh_tokens, INSERT refresh_tokens, UPDATE sessions, INSERT revocations", func(ctx context.Context, s *sqlite.Store) error {
		return s.RotateRefresh(ctx, [32]byte{1}, func(r *api.Rotation) error {
			r.Token.Used, r.Session.Used = failAt, failAt
			r.Next = &api.RefreshToken{Hash: [32]byte{8}, Session: "s", Expires: failAt.Add(time.Hour)}
			r.Revocations = endOf("s")
			return nil
		})
	}},
	{"EndSession", "UPDATE sessions, INSERT revocations, UPDATE counters", func(ctx context.Context, s *sqlite.Store) error {
		return s.EndSession(ctx, "s", func(x *api.Session) []api.Revocation { x.Ended = failAt; return endOf("s") })
	}},
	{"EndSessions", "UPDATE sessions, INSERT revocations, UPDATE counters", func(ctx context.Context, s *sqlite.Store) error {
		return s.EndSessions(ctx, "u", func(x *api.Session) []api.Revocation { x.Ended = failAt; return endOf(x.ID) })
	}},
	{"PruneSessions", "DELETE sessions, DELETE refresh_tokens", func(ctx context.Context, s *sqlite.Store) error {
		_, err := s.PruneSessions(ctx, failAt.AddDate(1, 0, 0))
		return err
	}},
	{"CreateAPIKey", "INSERT api_keys", func(ctx context.Context, s *sqlite.Store) error {
		return s.CreateAPIKey(ctx, api.APIKey{ID: "k_new", Subject: "u", Created: failAt})
	}},
	{"RevokeAPIKey", "UPDATE api_keys, INSERT revocations, UPDATE counters", func(ctx context.Context, s *sqlite.Store) error {
		return s.RevokeAPIKey(ctx, "k", failAt, endOf("k")...)
	}},
	{"RotateAPIKey", "UPDATE api_keys, INSERT revocations, UPDATE counters", func(ctx context.Context, s *sqlite.Store) error {
		return s.RotateAPIKey(ctx, "k", [32]byte{7}, failAt, failAt, endOf("k")...)
	}},
	{"TouchAPIKeys", "UPDATE api_keys", func(ctx context.Context, s *sqlite.Store) error {
		return s.TouchAPIKeys(ctx, map[string]time.Time{"k": failAt.Add(time.Hour)})
	}},
	{"PluginPut", "INSERT plugin_entries, UPDATE plugin_totals", func(ctx context.Context, s *sqlite.Store) error {
		return s.PluginPut(ctx, api.PluginEntry{Plugin: "p", Key: "new", Value: []byte("1"), Expires: failAt.Add(time.Hour)}, failAt, roomy)
	}},
	{"PluginIncr", "UPDATE plugin_entries", func(ctx context.Context, s *sqlite.Store) error {
		_, err := s.PluginIncr(ctx, api.PluginEntry{Plugin: "p", Key: "n", Expires: failAt.Add(time.Hour)}, 1, failAt, roomy)
		return err
	}},
	{"PluginPut into a full store", "DELETE plugin_entries, UPDATE plugin_totals, INSERT plugin_entries", func(ctx context.Context, s *sqlite.Store) error {
		return s.PluginPut(ctx, api.PluginEntry{Plugin: "p", Key: "new", Value: []byte("1"), Expires: failAt.AddDate(9, 0, 0)}, failAt.AddDate(1, 0, 0), api.PluginQuota{Entries: 1, Bytes: 1000})
	}},
	{"CheckWrite", "UPDATE counters", func(ctx context.Context, s *sqlite.Store) error { return s.CheckWrite(ctx) }},
}

var roomy = api.PluginQuota{Entries: 100, Bytes: 10_000}

func endOf(key string) []api.Revocation {
	return []api.Revocation{{Kind: api.RevokeSession, Key: key, At: failAt, Expires: failAt.Add(time.Hour)}}
}

func sessionOf(id string) api.Session {
	return api.Session{ID: id, Subject: "u", Created: failAt, Used: failAt, Idle: time.Hour, IdleEnd: failAt.Add(time.Hour), End: failAt.Add(time.Hour)}
}

// filledStore has one of everything.
func filledStore(t *testing.T, path string) *sqlite.Store {
	t.Helper()
	s := open(t, path)
	ctx := t.Context()
	_, err := s.CreateUser(ctx, api.User{Subject: "u", Login: "alice", Email: "a@x"})
	for _, next := range []func() error{
		func() error {
			return s.CreateSession(ctx, sessionOf("s"), api.RefreshToken{Hash: [32]byte{1}, Session: "s", Expires: failAt.Add(time.Hour)})
		},
		func() error { return s.CreateAPIKey(ctx, api.APIKey{ID: "k", Subject: "u", Created: failAt}) },
		func() error { return s.AppendRevocations(ctx, endOf("x")...) },
		func() error {
			return s.PluginPut(ctx, api.PluginEntry{Plugin: "p", Key: "n", Value: []byte("1"), Expires: failAt.Add(time.Hour)}, failAt, roomy)
		},
	} {
		if err == nil {
			err = next()
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// dump is all that the tables hold.
func dump(t *testing.T, db *sql.DB) string {
	t.Helper()
	var b strings.Builder
	for _, table := range []string{"counters", "users", "api_keys", "revocations", "sessions", "refresh_tokens", "plugin_entries", "plugin_totals"} {
		rows, err := db.Query("SELECT * FROM " + table + " ORDER BY 1, 2")
		if err != nil {
			t.Fatal(err)
		}
		names, _ := rows.Columns()
		for rows.Next() {
			values, into := make([]any, len(names)), make([]any, len(names))
			for i := range into {
				into[i] = &values[i]
			}
			if err := rows.Scan(into...); err != nil {
				t.Fatal(err)
			}
			fmt.Fprintln(&b, table, values)
		}
		rows.Close()
	}
	return b.String()
}

// TestStore_failing: if any part of a change fails, it returns an error and nothing is
// stored; without a failure it is.
func TestStore_failing(t *testing.T) {
	path := file(t)
	s := filledStore(t, path)
	db := raw(t, path)
	before := dump(t, db)
	for _, c := range changes {
		for part := range strings.SplitSeq(c.parts, ", ") {
			op, table, _ := strings.Cut(part, " ")
			raw(t, path, fmt.Sprintf("CREATE TRIGGER broken BEFORE %s ON %s BEGIN SELECT RAISE(ABORT, 'disk on fire'); END", op, table)).Close()
			if err := c.do(t.Context(), s); err == nil || !strings.Contains(err.Error(), "disk on fire") {
				t.Errorf("%s, where %s fails: got %v, want an error with %q", c.name, part, err, "disk on fire")
			}
			raw(t, path, "DROP TRIGGER broken").Close()
			if after := dump(t, db); after != before {
				t.Errorf("%s, where %s fails, leaves\n%s\nof\n%s", c.name, part, after, before)
				return
			}
		}
	}
	for _, table := range []string{"sessions", "refresh_tokens"} { // deleted after the user
		path := file(t)
		s := filledStore(t, path)
		raw(t, path, "CREATE TRIGGER broken BEFORE DELETE ON "+table+" BEGIN SELECT RAISE(ABORT, 'disk on fire'); END").Close()
		if err := s.DeleteUser(t.Context(), "u", endOf("u")...); err == nil || !strings.Contains(err.Error(), "delete the sessions of user u") {
			t.Errorf("DeleteUser, where DELETE %s fails: got %v, want an error with %q", table, err, "delete the sessions of user u")
		}
	}
	for _, c := range changes {
		path := file(t)
		s := filledStore(t, path)
		db := raw(t, path)
		before := dump(t, db)
		if err := c.do(t.Context(), s); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if dump(t, db) == before {
			t.Errorf("%s changes nothing", c.name)
		}
	}
}

// TestStore_closed: every call to a closed store is an error that says so.
func TestStore_closed(t *testing.T) {
	s := filledStore(t, file(t))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	storetest.CallAll(t.Context(), s, func(method string, err error) {
		if err == nil {
			t.Errorf("%s: no error", method)
		}
	})
}

// TestOpen_noPath: a store needs a path.
func TestOpen_noPath(t *testing.T) {
	if s, err := sqlite.Open(t.Context(), sqlite.Config{}); err == nil {
		s.Close()
		t.Error("it opened")
	}
}

// TestInspect_good: a file that Open accepts, or would create, is not reported.
func TestInspect_good(t *testing.T) {
	path := file(t)
	if err := sqlite.Inspect(t.Context(), path); err != nil {
		t.Errorf("no file: %v", err)
	}
	open(t, path).Close()
	if err := sqlite.Inspect(t.Context(), path); err != nil {
		t.Errorf("a new store: %v", err)
	}
	empty := filepath.Join(t.TempDir(), "empty.db")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := sqlite.Inspect(t.Context(), empty); err != nil {
		t.Errorf("an empty file: %v", err)
	}
	other := filepath.Join(t.TempDir(), "other.db")
	raw(t, other, "CREATE TABLE x (y)").Close()
	if err := sqlite.Inspect(t.Context(), other); err != nil {
		t.Errorf("a file without a schema of ours: %v", err)
	}
}
