package wordpress_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/examples/e2e/parts"
	"github.com/cardea-auth/cardea/methods/all"
	"github.com/cardea-auth/cardea/server/config"
	dialects "github.com/cardea-auth/cardea/server/dialect/all"
)

// TestModes: a WordPress without cardea.php learns the user from its existing plugin, or
// from application passwords.
func TestModes(t *testing.T) {
	site := parts.WordPress(t, "define('JWT_AUTH_SECRET_KEY', '"+siteSecret+"');")
	letRead(t, site)
	letTell(t, site)
	t.Run("plugin-compat", func(t *testing.T) { testCompat(t, site) })
	t.Run("application-password", func(t *testing.T) { testApplicationPassword(t, site) })
}

func openGateway(t *testing.T, site *parts.Site, identity string) gateway {
	t.Helper()
	g := gateway{site: site}
	g.url = serve(t, g.config(t, gatewayDir(t), identity))
	return g
}

// testMode sends requests through the gateway; elsewhere is the user that the site sees for
// an editor outside of REST.
func testMode(t *testing.T, g gateway, elsewhere string) {
	editor, sub := g.login(t, "editor1", "editor1-pass"), g.login(t, "sub1", "sub1-pass")
	for _, tc := range []struct {
		name, token, method, route, body string
		status                           int
		want                             string
	}{
		{"me", editor, "GET", "/wp/v2/users/me", "", 200, `"name":"Edna Editor"`},
		{"another me", sub, "GET", "/wp/v2/users/me", "", 200, `"name":"Sue Scriber"`},
		{"post as editor", editor, "POST", "/wp/v2/posts", `{"title":"One","status":"publish"}`, 201, `"author":2`},
		{"post as subscriber", sub, "POST", "/wp/v2/posts", `{"title":"Two"}`, 403, "rest_cannot_create"},
		{"nobody", "", "GET", "/wp/v2/users/me", "", 401, "no_credential"},
		{"nobody, public", "", "GET", "/wp/v2/posts", "", 200, "["},
		{"not the rule's role", editor, "GET", "/wp/v2/settings", "", 403, "role"},
	} {
		for form, target := range map[string]string{"pretty": "/wp-json" + tc.route, "rest_route": "/?rest_route=" + tc.route, "index.php": "/index.php?rest_route=" + tc.route} {
			if status, body := g.as(t, tc.token, tc.method, target, tc.body); status != tc.status || !strings.Contains(body, tc.want) {
				t.Errorf("%s, %s: got %d %.300s, want %d with %s", tc.name, form, status, body, tc.status, tc.want)
			}
		}
	}
	testRouteInBody(t, g, editor)
	for _, target := range []string{"/wp-admin/admin-ajax.php?action=whoami", "/graphql"} {
		if status, body := g.as(t, editor, "POST", target, ""); status != 200 || body != elsewhere {
			t.Errorf("%s: got %d %.200s, want %s", target, status, body, elsewhere)
		}
	}
}

// testRouteInBody: WordPress reads rest_route from a form before the path. By the gateway's
// rules only administrators may change tags.
func testRouteInBody(t *testing.T, g gateway, editor string) {
	bodies := map[string]string{"application/x-www-form-urlencoded": "rest_route=/wp/v2/tags&name=sneaked", "multipart/form-data; boundary=b": part(`"rest_route"`)}
	for contentType, body := range bodies {
		for _, target := range []string{"/", "/index.php", "/hello-world/", "/wp-json/wp/v2/posts", "/wp-admin/none"} {
			status, answer := g.as(t, editor, "POST", target, body, "Content-Type", contentType)
			if status != 400 || !strings.Contains(answer, "rest_route") {
				t.Errorf("%s: got %d %.200s, want status 400 and text with %q", target, status, answer, "rest_route")
			}
		}
	}
	if n := strings.TrimSpace(g.site.DB.Exec(t, "wordpress", "SELECT COUNT(*) FROM wp_terms WHERE name = 'sneaked'")); n != "0" {
		t.Errorf("there are %s tags", n)
	}
}

// testCompat: the site's plugin accepts the gateway's tokens, and the gateway those of the
// plugin, which it can also revoke.
func testCompat(t *testing.T, site *parts.Site) {
	plugin, err := os.ReadFile("testdata/plugin.php")
	if err != nil {
		t.Fatal(err)
	}
	path := parts.Write(t, site.Dir, "wp-content/mu-plugins/plugin.php", string(plugin))
	defer os.Remove(path)
	t.Run("migration", func(t *testing.T) { testMigration(t, site) })
	g := openGateway(t, site, "identity: plugin-compat, mount: site")
	testMode(t, g, "editor1")
	t.Run("clock", func(t *testing.T) {
		testClock(t, site, g, 403, map[int]bool{0: true, -3: true, -50: true, 3: true, 20: true, -300: false, 300: false})
	})

	me := ask{method: "GET", target: "/wp-json/wp/v2/users/me"}
	direct := func(token string) (int, string) {
		me.header = http.Header{"Authorization": {"Bearer " + token}}
		return me.do(t, site.URL, "")
	}
	ours, theirs := g.login(t, "author1", "author1-pass"), site.Run(t, "echo Standin\\issue(3);")
	if status, body := g.as(t, theirs, me.method, me.target, ""); status != 200 || !strings.Contains(body, `"name":"author1"`) {
		t.Errorf("the plugin's token at the gateway: got %d %.200s, want status 200 and text with %q", status, body, `"name":"author1"`)
	}
	if status, body := direct(ours[:len(ours)-4] + "AAAA"); status != 403 {
		t.Errorf("a forged token at the site: got %d %.200s, want status 403", status, body)
	}
	for changed := moment(t, site, "wp_set_password('another-pass', 3);"); ; time.Sleep(5 * time.Millisecond) {
		if status, _ := g.as(t, theirs, me.method, me.target, ""); status == 403 {
			t.Logf("the plugin's token is dead at the gateway %s after the new password", time.Since(changed).Round(time.Millisecond))
			break
		}
		if time.Since(changed) > within*slack {
			t.Fatalf("the gateway accepts the plugin's token %s after the new password", within*slack)
		}
	}
	if status, _ := direct(theirs); status != 200 {
		t.Errorf("without the gateway the plugin refuses it (%d): the stand-in differs from the plugin", status)
	}
}

// testMigration starts the configuration of README.md: each side accepts the other's
// tokens, before and after the name points to the gateway.
func testMigration(t *testing.T, site *parts.Site) {
	dir := gatewayDir(t)
	text := strings.NewReplacer("https://shop.example.org", site.URL, "http://10.0.0.5", site.URL, "0.0.0.0:8080", "127.0.0.1:0").Replace(blocks(t, "yaml")[0])
	path := filepath.Join(dir, config.FileName)
	for name, text := range map[string]string{
		path: text, filepath.Join(dir, "site.secret"): siteSecret,
		filepath.Join(dir, "wordpress.dsn"): "ro:ro-pass@tcp(" + site.DB.Addr + ")/wordpress",
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cfg, _, err := config.Load(config.LoadOptions{Types: config.Types{Methods: all.Types(), Dialects: dialects.Types()}, Path: path, Required: true})
	if err != nil {
		t.Fatal(err)
	}
	cfg.Server.ShutdownDelay, cfg.Data = 0, filepath.Join(dir, "d")
	g := gateway{site: site, url: serve(t, cfg)}
	me := ask{method: "GET", target: "/wp-json/wp/v2/users/me"}
	for name, token := range map[string]string{
		"the gateway's token": g.login(t, "author1", "author1-pass"), "the plugin's token": site.Run(t, "echo Standin\\issue(3);"),
	} {
		me.header = http.Header{"Authorization": {"Bearer " + token}}
		for side, address := range map[string]string{"gateway": g.url, "site": site.URL} {
			if status, body := me.do(t, address, ""); status != 200 || !strings.Contains(body, `"name":"author1"`) {
				t.Errorf("%s at the %s: got %d %.200s, want status 200 and text with %q", name, side, status, body, `"name":"author1"`)
			}
		}
	}
}

// testApplicationPassword uses WordPress's own application passwords, one for each user or
// one for all, which it accepts for its API only.
func testApplicationPassword(t *testing.T, site *parts.Site) {
	password := func(user int) string {
		return site.Run(t, fmt.Sprintf("echo WP_Application_Passwords::create_new_application_password(%d, ['name' => uniqid('gate')])[0];", user))
	}
	list := filepath.Join(gatewayDir(t), "passwords")
	text := fmt.Sprintf("# login:password\neditor1:%s\nsub1:%s\n", password(2), password(4))
	if err := os.WriteFile(list, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	const me = "/wp-json/wp/v2/users/me"
	t.Run("each", func(t *testing.T) {
		g := openGateway(t, site, fmt.Sprintf("identity: application-password, passwords_file: %q", list))
		testMode(t, g, "nobody")
		admin := g.login(t, "admin", parts.AdminPassword)
		if status, body := g.as(t, admin, "GET", me, ""); status != 403 || !strings.Contains(body, "not_a_user_there") {
			t.Errorf("a user without a password: got %d %.200s, want status 403 and text with %q", status, body, "not_a_user_there")
		}
	})
	t.Run("one", func(t *testing.T) {
		g := openGateway(t, site, fmt.Sprintf("identity: application-password, login: sub1, password: %q", password(4)))
		editor := g.login(t, "editor1", "editor1-pass")
		if status, body := g.as(t, editor, "GET", me, ""); status != 200 || !strings.Contains(body, "Sue Scriber") {
			t.Errorf("everybody is one: got %d %.200s, want status 200 and text with %q", status, body, "Sue Scriber")
		}
	})
}
