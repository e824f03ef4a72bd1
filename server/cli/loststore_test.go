package cli

import (
	"database/sql"
	"os"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/server/app"
)

// TestLostStore: where a server has run, a database that is missing or has no tables is told
// of by the check, doctor, commands and the start; where none has, it is only called empty.
func TestLostStore(t *testing.T) {
	app.Quiet()
	const file, empty, lost = "d/cardea.db", "cardea.db is empty (no tables): it was copied while the server ran, without cardea.db-wal, or is new", "tokens that were revoked count again. Restore the database from the backup; without one, run 'cardea token revoke --everything'"
	copied := func(t *testing.T) { // what is in the main file while everything is in the log
		db, err := sql.Open("sqlite", file+"?_pragma=journal_mode(WAL)")
		if err == nil {
			err = db.Ping()
		}
		if err != nil {
			t.Fatal(err)
		}
		db.Close()
	}
	nothing := func(t *testing.T) { writeFile(t, file, "") }
	missing := func(*testing.T) {}
	for name, c := range map[string]struct {
		made            func(*testing.T)
		beside          string // another file of the data directory
		code            int    // of the check
		says, list, log string
	}{
		"a copy without the log":        {copied, "keys.json", 78, lost, empty, lost},
		"a file of no bytes":            {nothing, "keys.json", 78, lost, empty, lost},
		"beside secrets alone":          {copied, "mount-secrets.json", 78, lost, empty, lost},
		"no file":                       {missing, "keys.json", 0, lost, "there is no store at", lost},
		"no file, beside secrets alone": {missing, "mount-secrets.json", 0, lost, "there is no store at", lost},
		"a new file":                    {copied, "", 0, empty, empty, `"created the store"`},
		"nothing yet":                   {missing, "", 0, "fine", "there is no store at", `"created the store"`},
	} {
		t.Run(name, func(t *testing.T) {
			dir, err := os.MkdirTemp("", "lost") // short: a socket's path is bounded
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { os.RemoveAll(dir) })
			t.Chdir(dir)
			writeFile(t, "cardea.yaml", "data: d\nserver: {listen: '127.0.0.1:0', admin_listen: '127.0.0.1:0', shutdown_delay: 0s}\n")
			if serveUntilUp(t); c.beside == "" {
				os.RemoveAll("d/keys.json")
				os.RemoveAll("d/mount-secrets.json")
			}
			if c.beside == "mount-secrets.json" {
				os.Remove("d/keys.json")
				writeFile(t, "d/mount-secrets.json", `{"key":"`+strings.Repeat("A", 26)+`","mounts":{}}`)
			}
			os.Remove(file)
			c.made(t)
			if code, out := here(t, "config check"); code != c.code || strings.Count(out, c.says) != 1 || strings.Contains(out, "older version") {
				t.Errorf("config check: %d\n%s", code, out)
			}
			if code, out := here(t, "user list"); code == 0 || !strings.Contains(out, c.list) {
				t.Errorf("user list: %d\n%s", code, out)
			}
			if _, out := here(t, "doctor "+stub(t, nil)); strings.Contains(out, "BAD  database") != (c.beside != "") {
				t.Errorf("doctor says\n%s", out)
			}
			if started, said := serveUntilUp(t); !started || strings.Count(said, c.log) != 1 || strings.Contains(said, `"level":"ERROR"`) != (c.beside != "") || strings.Contains(said, "created the store") != (c.beside == "") {
				t.Errorf("started %t, got output\n%s", started, said)
			}
		})
	}
}

// TestStore_damaged: the message about a file that is not a database names the backup.
func TestStore_damaged(t *testing.T) {
	t.Chdir(t.TempDir())
	writeFile(t, "cardea.yaml", "data: d\n")
	here(t, "user add anna")
	writeFile(t, "d/cardea.db", strings.Repeat("no database ", 1000))
	for _, args := range []string{"config check", "user list", "user disable anna"} {
		if code, out := here(t, args); code == 0 || !strings.Contains(out, "restore it from the backup") {
			t.Errorf("%s: exit %d, want a failure that names the backup:\n%s", args, code, out)
		}
	}
}
