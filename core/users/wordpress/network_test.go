package wordpress_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/core/store/memory"
	"github.com/cardea-auth/cardea/core/users"
	"github.com/cardea-auth/cardea/core/users/wordpress"
	"github.com/cardea-auth/cardea/examples/e2e/parts"
	"github.com/cardea-auth/cardea/methods/basic"
	"github.com/cardea-auth/cardea/methods/jwt"
)

// testNetworkSites: a network has sites, without those that are gone, and a WordPress alone
// has none.
func testNetworkSites(t *testing.T, db *parts.Database) {
	log := memory.New()
	defer log.Close()
	d, err := wordpress.Open(t.Context(), wordpress.Config{DSN: api.Secret("ro:ro-pass@tcp(" + db.Addr + ")/wp"), Prefix: "x_", Log: log, Timeout: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if got, err := d.NetworkSites(t.Context()); err != nil || len(got) != 0 {
		t.Errorf("without a network: NetworkSites() = %v, %v; want 0 entries", got, err)
	}
	db.Exec(t, "wp", `CREATE TABLE x_blogs (blog_id bigint, domain varchar(200), path varchar(100), archived tinyint, spam tinyint, deleted tinyint);
INSERT INTO x_blogs VALUES (2, 'h', '/de/', 0, 0, 0), (1, 'h', '/', 0, 0, 0), (3, 'h', '/x/', 1, 0, 0), (4, 'h', '/y/', 0, 1, 0), (5, 'h', '/z/', 0, 0, 1)`)
	want := []wordpress.NetworkSite{{Number: 1, Host: "h", Path: "/"}, {Number: 2, Host: "h", Path: "/de/"}}
	if got, err := d.NetworkSites(t.Context()); err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v; want %v", got, err, want)
	}
}

// testNetwork tests an engine with members of two sites of one network: their roles are
// those of the requested site, and one change ends them at both.
func testNetwork(t *testing.T, db *parts.Database) {
	log := memory.New()
	defer log.Close()
	db.Exec(t, "wp", `CREATE TABLE x_options LIKE x_2_options; INSERT INTO x_options (option_name, option_value) VALUES
 ('x_user_roles', 'a:2:{s:6:"editor";a:1:{s:4:"name";s:6:"Editor";}s:13:"administrator";a:1:{s:4:"name";s:1:"A";}}');
INSERT INTO x_users (ID, user_login, user_pass) VALUES (20, 'both', '5f4dcc3b5aa765d61d8327deb882cf99'), (21, 'main', '*');
INSERT INTO x_usermeta (user_id, meta_key, meta_value) VALUES (20, 'x_capabilities', 'a:1:{s:13:"administrator";b:1;}'),
 (20, 'x_2_capabilities', 'a:1:{s:6:"editor";b:1;}'), (21, 'x_capabilities', 'a:1:{s:6:"editor";b:1;}')`)
	testNetworkSites(t, db)
	var dirs []users.Directory
	for name, site := range map[string]int64{"main": 1, "second": 2} {
		d, err := wordpress.Open(t.Context(), wordpress.Config{
			Name: name, Subject: name, DSN: api.Secret("ro:ro-pass@tcp(" + db.Addr + ")/wp"), Prefix: "x_", Site: site,
			Log: log, Every: 20 * time.Millisecond, Timeout: 10 * time.Second,
		})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		dirs = append(dirs, d)
	}
	e, err := core.New(t.Context(), core.Config{Store: log, Directories: dirs, PollEvery: 20 * time.Millisecond, Policy: core.Policy{
		Methods: []core.NamedMethod{{Name: "jwt", Opener: jwt.Config{}}, {Name: "basic", Opener: basic.Config{}}},
		Rules: []route.Rule{
			{Name: "main", Path: "/main/**", Directory: "main"}, {Name: "second", Path: "/second/**", Directory: "second"},
		},
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	at := func(path, line string) core.Decision {
		return e.Decide(t.Context(), &api.Attempt{Method: "GET", Host: "h", RawTarget: path, Header: api.Header{"Authorization": {line}}})
	}
	member, err := e.Tokens().User(t.Context(), "main:20")
	if err != nil {
		t.Fatal(err)
	}
	issued, err := e.Tokens().Issue(t.Context(), core.IssueRequest{Identity: member})
	if err != nil {
		t.Fatal(err)
	}
	token := "Bearer " + issued.Text.Reveal()
	for _, line := range []string{token, "Basic Ym90aDpwYXNzd29yZA=="} {
		for path, want := range map[string]string{"/main/x": "main:20 [administrator]", "/second/x": "second:20 [editor]"} {
			for range 2 {
				d := at(path, line)
				roles := slices.DeleteFunc(slices.Clone(d.Identity.Roles), func(role string) bool { return role != "administrator" && role != "editor" })
				if got := d.Identity.Subject + " [" + strings.Join(roles, ",") + "]"; d.Outcome != core.Allowed || got != want {
					t.Errorf("%.10s at %s: %s (%v), want %s", line, path, got, d.Err, want)
				}
			}
		}
	}
	if elsewhere, err := e.Tokens().User(t.Context(), "main:21"); err != nil {
		t.Error(err)
	} else if issued, err := e.Tokens().Issue(t.Context(), core.IssueRequest{Identity: elsewhere}); err != nil {
		t.Error(err)
	} else if d := at("/second/x", "Bearer "+issued.Text.Reveal()); d.Outcome == core.Allowed {
		t.Errorf("a user who is not a member of the second site is accepted there as %s %v", d.Identity.Subject, d.Identity.Roles)
	}
	db.Exec(t, "wp", "UPDATE x_usermeta SET meta_value = 'a:1:{s:8:\"customer\";b:1;}' WHERE user_id = 20 AND meta_key = 'x_2_capabilities'")
	for until := time.Now().Add(10 * time.Second); at("/second/x", token).Identity.HasRole("editor"); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatal("roles at the second site were taken away, and the token still has them there")
		}
	}
}
