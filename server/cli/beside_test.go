package cli

import (
	"database/sql"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestBeside_changes runs each command that revokes something while a server is running
// that has already seen the credential, and waits until the server refuses it.
func TestBeside_changes(t *testing.T) {
	s := startDev(t, t.TempDir())
	for _, c := range []struct {
		name    string
		command func(login, keyID string) []string
	}{
		{"disable", func(login, _ string) []string { return []string{"user", "disable", login} }},
		{"passwd", func(login, _ string) []string { return []string{"user", "passwd", login} }},
		{"delete", func(login, _ string) []string { return []string{"user", "delete", login} }},
		{"revoke", func(_, id string) []string { return []string{"apikey", "revoke", id} }},
	} {
		login := "u-" + c.name
		password := newPassword(t, s.cardea("user", "add", login, "--email", login+"@example.com"))
		made := s.cardea("apikey", "create", login)
		token, key := bearer(s.login(login, password)), "X-API-Key: "+newKey(t, made)
		for _, credential := range []string{token, key, basic(login, password)} {
			if a := s.get("/hello", credential); a.status != 200 {
				t.Fatalf("%s: %q gets %d before the change", c.name, credential, a.status)
			}
		}
		s.cardea(c.command(login, field(t, `created key (\S+)`, made))...)
		switch c.name {
		case "revoke":
			t.Logf("%s: obeyed after %s", c.name, s.until(401, "/hello", key))
			if a := s.get("/hello", token); a.status != 200 {
				t.Errorf("the token gets %d after another credential was revoked", a.status)
			}
		default:
			t.Logf("%s: obeyed after %s", c.name, s.until(401, "/hello", token))
			s.until(401, "/hello", basic(login, password))
		}
		if c.name == "disable" || c.name == "delete" {
			s.until(401, "/hello", key)
		}
		if c.name == "passwd" {
			if a := s.get("/hello", key); a.status != 200 {
				t.Errorf("a new password ends the API key: %d", a.status)
			}
		}
	}
	s.cardea("user", "disable", "--undo", "u-disable")
	fresh := strings.TrimSpace(s.cardea("token", "issue", "u-disable"))
	s.until(200, "/hello", bearer(fresh))
}

// TestBeside_token issues and inspects tokens while a server is running whose address is
// not the profile's.
func TestBeside_token(t *testing.T) {
	s := startDev(t, t.TempDir())
	issued := strings.TrimSpace(s.cardea("token", "issue", "admin"))
	if a := s.get("/admin/x/y", bearer(issued)); a.status != 200 {
		t.Errorf("an issued token gets %d: %s", a.status, a.body)
	}
	for name, token := range map[string]string{"issued": issued, "of a login": s.login("admin", *s.Password)} {
		out := s.cardea("token", "inspect", token)
		if !strings.Contains(out, `verdict    accepted: user "admin", roles administrator`) {
			t.Errorf("token inspect of one %s says %s", name, out)
		}
	}
	live := s.cardea("hooks", "list")
	if !strings.Contains(live, "auth-expire") || !strings.Contains(live, "short-expiry(0)") || !strings.Contains(live, "metrics(-1000)") {
		t.Errorf("hooks list beside the server lacks what runs there:\n%s", live)
	}
}

// TestKill kills the server during logins.
func TestKill(t *testing.T) {
	dir := t.TempDir()
	s := startDev(t, dir)
	token := s.login("admin", *s.Password)
	const kills = 3
	addr, password, key := s.Listen, *s.Password, *s.APIKey
	for i := range kills {
		stop := make(chan struct{})
		var clients sync.WaitGroup
		for range 4 {
			clients.Go(func() {
				for {
					select {
					case <-stop:
						return
					default: // refused once the server is dead
						s.try("/hello", basic("admin", password))
						exchange(s, "admin", password)
					}
				}
			})
		}
		s.cardea("user", "add", "late"+string(rune('a'+i)), "--email", string(rune('a'+i))+"@example.com")
		time.Sleep(time.Duration(50+70*i) * time.Millisecond) // a different time in each run
		s.kill()
		close(stop)
		clients.Wait()
		s = startDev(t, dir, "--listen", addr)
		if s.Password != nil {
			t.Fatal("the start after a kill created another user")
		}
		for name, credential := range map[string]string{"password": basic("admin", password), "key": "X-API-Key: " + key, "token": bearer(token)} {
			if a := s.get("/admin/x/y", credential); a.status != 200 {
				t.Errorf("after kill %d the %s gets %d: %s", i+1, name, a.status, a.body)
			}
		}
		if list := s.cardea("user", "list"); strings.Count(list, "late") != i+1 {
			t.Errorf("after kill %d the users are\n%s", i+1, list)
		}
	}
	s.stop()
	db, err := sql.Open("sqlite", filepath.Join(dir, "cardea-data", "cardea.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var verdict string
	if err := db.QueryRow("PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
		t.Errorf("integrity check: %q, %v; want ok", verdict, err)
	}
}

// TestBroken starts a server with damaged files.
func TestBroken(t *testing.T) {
	for _, c := range []struct{ file, says string }{
		{"cardea.db", "cardea.db"},
		{"keys.json", "keys.json"},
		{"cardea.yaml", "cardea.yaml:"},
	} {
		dir := t.TempDir()
		startDev(t, dir).stop()
		writeFile(t, filepath.Join(dir, "cardea-data", c.file), strings.Repeat("garbage: [\n", 1000))
		cmd := exec.Command("cardea", "dev", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0")
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err == nil || !strings.Contains(string(out), c.says) || strings.Contains(string(out), "goroutine ") {
			t.Errorf("a damaged %s: %v, %s; want a sentence that names it", c.file, err, out)
		}
		t.Logf("%s: %s", c.file, out)
	}
}
