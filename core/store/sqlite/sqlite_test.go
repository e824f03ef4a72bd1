package sqlite_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/store/sqlite"
	"github.com/cardea-auth/cardea/core/store/storetest"
)

// TestMain makes the test binary another program if an environment variable says so.
func TestMain(m *testing.M) {
	for env, run := range map[string]func(path string){
		writerEnv: writeForEver, openerEnv: openOnce, refresherEnv: refreshForEver,
	} {
		if path := os.Getenv(env); path != "" {
			run(path)
			return
		}
	}
	goleak.VerifyTestMain(m)
}

func open(t *testing.T, path string) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), sqlite.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func file(t *testing.T) string { return filepath.Join(t.TempDir(), "data", "cardea.db") }

// raw opens the file directly, as with a database shell.
func raw(t *testing.T, path string, statements ...string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatal(err)
		}
	}
	return db
}

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store { return open(t, file(t)) })
	storetest.RunPlugins(t, func(t *testing.T) store.PluginEntries { return open(t, file(t)) })
}

func TestOpen_keepsEverything(t *testing.T) {
	path := file(t)
	first := open(t, path)
	want, err := first.CreateUser(t.Context(), api.User{Subject: "u_1", Login: "alice", Created: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	if err := first.AppendRevocations(t.Context(), api.Revocation{Kind: api.RevokeToken, Key: "j"}); err != nil {
		t.Fatal(err)
	}
	first.Close()
	second := open(t, path)
	if got, err := second.UserByLogin(t.Context(), "alice"); err != nil || !got.Created.Equal(want.Created) {
		t.Errorf("got %+v, %v after a restart", got, err)
	}
	second.AppendRevocations(t.Context(), api.Revocation{Kind: api.RevokeToken, Key: "k"})
	rows, err := second.RevocationsSince(t.Context(), 0, time.Time{}, 10)
	if err != nil || len(rows) != 2 || rows[1].Seq != 2 {
		t.Errorf("got %v, %v, want seqs 1 and 2", rows, err)
	}
}

// TestOpen_migratesTheFirstSchema changes a file back to the first release's schema, and
// opens it.
func TestOpen_migratesTheFirstSchema(t *testing.T) {
	path := file(t)
	s := open(t, path)
	want := api.APIKey{ID: "k", Digest: [32]byte{1}, Subject: "u_1", Name: "old"}
	if err := s.CreateAPIKey(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	s.Close()
	for _, migration := range []string{"00004_key_secrets_write_check.sql", "00003_plugin_entries.sql", "00002_sessions.sql"} {
		text, err := os.ReadFile("migrations/" + migration)
		if err != nil {
			t.Fatal(err)
		}
		_, down, _ := strings.Cut(string(text), "-- +goose Down")
		raw(t, path, down).Close()
	}
	raw(t, path, "DELETE FROM goose_db_version WHERE version_id > 1").Close()
	pending := []string{"2 sessions", "3 plugin entries", "4 key secrets write check", "5 bounded work", "6 devices", "7 session dialect", "8 token format"}
	if got, err := sqlite.Pending(t.Context(), path); err != nil || !cmp.Equal(pending, got) {
		t.Errorf("before: %q, %v; want %q", got, err, pending)
	}
	again := open(t, path)
	for _, at := range []string{path, path + "-none"} {
		if got, err := sqlite.Pending(t.Context(), at); err != nil || len(got) > 0 {
			t.Errorf("%s after it: got %q, %v; want none", at, got, err)
		}
	}
	if got, err := again.APIKey(t.Context(), "k"); err != nil || !cmp.Equal(want, got) {
		t.Errorf("%v (-want +got):\n%s", err, cmp.Diff(want, got))
	}
	if err := again.CreateSession(t.Context(), api.Session{ID: "s"}, api.RefreshToken{Session: "s"}); err != nil {
		t.Error(err)
	}
}

// TestOpen_migratesTokenFormats: sessions that were stored before the column of their token
// format was renamed keep it, and are found by it.
func TestOpen_migratesTokenFormats(t *testing.T) {
	path := file(t)
	s := open(t, path)
	want := api.Session{ID: "s", Subject: "u_1", TokenFormat: "blog", Device: "phone", IdleEnd: time.Unix(2e9, 0).UTC(), End: time.Unix(2e9, 0).UTC()}
	if err := s.CreateSession(t.Context(), want, api.RefreshToken{Session: "s"}); err != nil {
		t.Fatal(err)
	}
	s.Close()
	raw(t, path, "ALTER TABLE sessions RENAME COLUMN token_format TO layout; DELETE FROM goose_db_version WHERE version_id > 7").Close()
	got, err := open(t, path).LiveOn(t.Context(), "u_1", "blog", "phone", time.Unix(1e9, 0), 10)
	if err != nil || len(got) != 1 || got[0].ID != "s" || got[0].TokenFormat != "blog" {
		t.Errorf("LiveOn(u_1, blog, phone) = %+v, %v after the migration, want session s with token format blog", got, err)
	}
}

func TestOpen_pathsThatLookLikeURLs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "what? #1 50% & more", "a b.db")
	s := open(t, path)
	s.CreateUser(t.Context(), api.User{Subject: "u_1", Login: "alice"})
	if _, err := os.Stat(path + "-wal"); err != nil {
		t.Errorf("the database is somewhere else: %v", err)
	}
}

func TestOpen_filesAreTheOwnersAlone(t *testing.T) {
	path := file(t)
	s := open(t, path)
	s.CreateUser(t.Context(), api.User{Subject: "u_1", Login: "alice"})
	for name, want := range map[string]os.FileMode{
		filepath.Dir(path): 0o700, path: 0o600, path + "-wal": 0o600, path + "-shm": 0o600,
	} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s: got mode %o, want %o", filepath.Base(name), got, want)
		}
	}
}

func TestOpen_pragmas(t *testing.T) {
	path := file(t)
	open(t, path)
	var mode string
	if err := raw(t, path).QueryRow("PRAGMA journal_mode").Scan(&mode); err != nil || mode != "wal" {
		t.Errorf("got journal mode %q, %v, want wal", mode, err)
	}
}

func TestOpen_refusals(t *testing.T) {
	write := func(text string) func(*testing.T, string) {
		return func(t *testing.T, path string) {
			os.Mkdir(filepath.Dir(path), 0o700)
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, test := range map[string]struct {
		prepare func(t *testing.T, path string)
		want    string
	}{
		"another kind of file": {write("server:\n  listen: 127.0.0.1:8080\n"), "is not a SQLite database"},
		"a short file":         {write("x"), "is not a SQLite database"},
		"a damaged file":       {write("SQLite format 3\x00" + strings.Repeat("garbage", 1000)), "SQLite database"},
		"a directory":          {func(t *testing.T, path string) { os.MkdirAll(path, 0o700) }, "is a directory"},
		"directory is a file": {func(t *testing.T, path string) {
			os.WriteFile(filepath.Dir(path), nil, 0o600)
		}, "create the data directory"},
		"a newer file": {func(t *testing.T, path string) {
			open(t, path).Close()
			raw(t, path, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)").Close()
		}, "written by a newer cardea"},
	} {
		t.Run(name, func(t *testing.T) {
			path := file(t)
			test.prepare(t, path)
			before, _ := os.ReadFile(path)
			looked := sqlite.Inspect(t.Context(), path)
			s, err := sqlite.Open(t.Context(), sqlite.Config{Path: path})
			if err == nil {
				s.Close()
				t.Fatal("it opened")
			}
			if !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), filepath.Dir(path)) {
				t.Errorf("got %q, want it to say %q and the path", err, test.want)
			}
			if looked == nil || !strings.Contains(looked.Error(), filepath.Dir(path)) {
				t.Errorf("Inspect says %v, Open %q", looked, err)
			}
			if after, _ := os.ReadFile(path); string(after) != string(before) {
				t.Error("the file was changed")
			}
		})
	}
}

func TestOpen_manyAtOnceOnANewFile(t *testing.T) {
	path := file(t)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			s, err := sqlite.Open(t.Context(), sqlite.Config{Path: path})
			if err != nil {
				t.Error(err)
				return
			}
			defer s.Close()
			if _, err := s.CreateUser(t.Context(), api.User{Subject: fmt.Sprint(i), Login: fmt.Sprint(i)}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	list, err := open(t, path).Users(t.Context(), 0, 100)
	if err != nil || len(list) != 8 {
		t.Errorf("got %d users, %v, want 8", len(list), err)
	}
}

func TestStore_seesWhatAnotherProcessWrites(t *testing.T) {
	path := file(t)
	server, command := open(t, path), open(t, path)
	server.CreateUser(t.Context(), api.User{Subject: "u_1", Login: "alice"})
	_, err := command.UpdateUser(t.Context(), "u_1", func(u *api.User) ([]api.Revocation, error) {
		u.Disabled = true
		return []api.Revocation{{Kind: api.RevokeSubject, Key: "u_1"}}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	u, _ := server.UserByLogin(t.Context(), "alice")
	rows, _ := server.RevocationsSince(t.Context(), 0, time.Time{}, 10)
	if !u.Disabled || len(rows) != 1 {
		t.Errorf("got %+v and revocations %v", u, rows)
	}
}

func TestStore_badRows(t *testing.T) {
	for statement, want := range map[string]string{
		`UPDATE users SET roles = '{oops'`:            `table users, subject "u_1": column roles does not hold a JSON list of strings`,
		`UPDATE users SET roles = '[1]'`:              `column roles`,
		`UPDATE users SET gen = 'many'`:               `column gen does not hold an integer`,
		`UPDATE users SET disabled = 7`:               `column disabled does not hold 0 or 1`,
		`UPDATE users SET hash = x'00'`:               `column hash does not hold text`,
		`UPDATE users SET created = 1.5`:              `column created`,
		`UPDATE api_keys SET digest = 'abc'`:          `table api_keys, id "k": column digest does not hold 64 hexadecimal digits`,
		`UPDATE api_keys SET scopes = 'read'`:         `column scopes`,
		`UPDATE revocations SET min_gen = 'all'`:      `table revocations, seq "1": column min_gen`,
		`UPDATE revocations SET kind = x'ff'`:         `column kind`,
		`UPDATE counters SET value = 'NaN'`:           `append revocation`,
		`DROP TABLE api_keys`:                         `table api_keys`,
		`UPDATE api_keys SET old_digest = ''`:         `column old_digest`,
		`UPDATE sessions SET scopes = 'all'`:          `table sessions, id "s": column scopes`,
		`UPDATE sessions SET idle_end = 'never'`:      `column idle_end does not hold an integer`,
		`UPDATE refresh_tokens SET successor = 'box'`: `column successor does not hold hexadecimal digits`,
		`UPDATE refresh_tokens SET used = 'no'`:       `column used does not hold an integer`,
		`UPDATE api_keys SET digest = printf('%64s')`: `column digest`,
	} {
		t.Run(statement, func(t *testing.T) {
			path := file(t)
			s := open(t, path)
			s.CreateUser(t.Context(), api.User{Subject: "u_1", Login: "alice", Hash: "$secret$"})
			s.CreateAPIKey(t.Context(), api.APIKey{ID: "k", Subject: "u_1"})
			s.CreateSession(t.Context(), api.Session{ID: "s"}, api.RefreshToken{Session: "s"})
			s.AppendRevocations(t.Context(), api.Revocation{Kind: api.RevokeToken, Key: "j"})
			raw(t, path, statement)
			err := anyError(t.Context(), s)
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want it to say %q", err, want)
			}
			if err != nil && strings.Contains(err.Error(), "$secret$") {
				t.Errorf("the message shows a hash: %v", err)
			}
		})
	}
}

// anyError reads every table and returns the first error.
func anyError(ctx context.Context, s *sqlite.Store) error {
	for _, read := range []func() error{
		func() error { _, err := s.UserBySubject(ctx, "u_1"); return err },
		func() error { _, err := s.APIKey(ctx, "k"); return err },
		func() error { _, err := s.Session(ctx, "s"); return err },
		func() error {
			return s.RotateRefresh(ctx, [32]byte{}, func(*api.Rotation) error { return nil })
		},
		func() error { _, err := s.RevocationsSince(ctx, 0, time.Time{}, 10); return err },
		func() error { return s.AppendRevocations(ctx, api.Revocation{}) },
	} {
		if err := read(); err != nil {
			return err
		}
	}
	return nil
}

func ExampleOpen() {
	dir, _ := os.MkdirTemp("", "cardea-example")
	defer os.RemoveAll(dir)
	s, err := sqlite.Open(context.Background(), sqlite.Config{Path: filepath.Join(dir, "cardea.db")})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close()
	u, err := s.CreateUser(context.Background(), api.User{Subject: "u_1", Login: "alice"})
	fmt.Println(u.Number, err)
	// Output: 1 <nil>
}
