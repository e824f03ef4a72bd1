package parts_test

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/examples/e2e/parts"
)

func TestMain(m *testing.M) { os.Exit(parts.Main(m)) }

func get(t *testing.T, url string) string {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestWordPress(t *testing.T) {
	site := parts.WordPress(t, "define('CARDEA_TEST', 'seen');")
	for _, path := range []string{"/wp-json/wp/v2/users/1", "/?rest_route=/wp/v2/users/1"} {
		var user struct{ Name string }
		if err := json.Unmarshal([]byte(get(t, site.URL+path)), &user); err != nil || user.Name != "admin" {
			t.Errorf("%s: got %+v, %v, want admin", path, user, err)
		}
	}
	if got := site.Run(t, "echo CARDEA_TEST, count(get_users());"); got != "seen4" {
		t.Errorf("got %q, want seen4", got)
	}
	if got := site.DB.Exec(t, "wordpress", "SELECT user_login FROM wp_users ORDER BY ID"); strings.Fields(got)[1] != "editor1" {
		t.Errorf("got users %q", got)
	}
}

func TestNginx(t *testing.T) {
	addr := parts.Port(t)
	parts.Nginx(t, addr, "server { listen "+addr+"; location / { return 200 'hello'; } }")
	if got := get(t, "http://"+addr+"/"); got != "hello" {
		t.Errorf("got %q, want hello", got)
	}
}

func TestDatabase_Restart(t *testing.T) {
	db := parts.MariaDB(t)
	db.Exec(t, "", "CREATE DATABASE d; CREATE TABLE d.t (n INT); INSERT INTO d.t VALUES (7)")
	db.Stop()
	db.Restart(t)
	if got := strings.TrimSpace(db.Exec(t, "d", "SELECT n FROM t")); got != "7" {
		t.Errorf("got %q after a restart, want 7", got)
	}
}
