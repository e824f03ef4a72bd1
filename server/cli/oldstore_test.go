package cli

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
)

// TestOldStore: before a store is migrated, a warning says what changes; check, serve and
// commands refuse a store that is newer than the program.
func TestOldStore(t *testing.T) {
	p := &place{t: t, dir: t.TempDir()}
	t.Chdir(p.dir)
	writeFile(t, "cardea.yaml", "server: {listen: \"127.0.0.1:0\", admin_listen: \"127.0.0.1:0\", shutdown_delay: 0s}\ndata: d\n")
	p.run("user add anna")
	change := func(text string) {
		t.Helper()
		db, err := sql.Open("sqlite", filepath.Join("d", "cardea.db"))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.Exec(text); err != nil {
			t.Fatal(err)
		}
	}
	const says = "was written by an older version, which cannot open it any more once it is brought up to date, as the next start or change does (8 token format)"
	if _, out := here(t, "config check"); strings.Contains(out, "older version") {
		t.Errorf("of a new store config check says\n%s", out)
	}
	// Undo what the newest migration has changed.
	const down = "ALTER TABLE sessions RENAME COLUMN token_format TO layout; DELETE FROM goose_db_version WHERE version_id = 8"
	change(down)
	for args, fails := range map[string]bool{"config check": false, "user list": true} {
		code, out := here(t, args)
		if (code != 0) != fails || !fails && strings.Count(out, says) != 1 || fails && !strings.Contains(out, "start the server, which brings it up to date") {
			t.Errorf("of an old store %s says, with %d,\n%s", args, code, out)
		}
	}
	if p.run("user disable anna"); p.status != 0 || strings.Count(p.errs, says) != 1 {
		t.Errorf("user disable says, with %d, %s", p.status, p.errs)
	}
	if p.run("user disable --undo anna"); p.status != 0 || strings.Contains(p.errs, "older version") {
		t.Errorf("the next change says, with %d, %s", p.status, p.errs)
	}
	change(down)
	if _, said := serveUntilUp(t); !strings.Contains(said, `"migrated the store"`) || !strings.Contains(said, `"changes":["8 token format"]`) {
		t.Errorf("the start says\n%s", said)
	}
	change("INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)")
	for _, args := range []string{"config check", "serve", "user list", "user disable anna"} {
		if code, out := here(t, args); code == 0 || !strings.Contains(out, "it was written by a newer cardea; use that, or restore an older backup") {
			t.Errorf("of a newer store %s says, with %d,\n%s", args, code, out)
		}
	}
}
