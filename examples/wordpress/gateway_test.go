package wordpress_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/examples/e2e/parts"
	"github.com/cardea-auth/cardea/methods/all"
	"github.com/cardea-auth/cardea/server/app"
	"github.com/cardea-auth/cardea/server/assertion"
	"github.com/cardea-auth/cardea/server/config"
	dialects "github.com/cardea-auth/cardea/server/dialect/all"
	"github.com/cardea-auth/cardea/server/state"
)

// gatewayFile is the configuration of the gateway in front of the real WordPress.
const gatewayFile = `
data: d
server: {listen: "127.0.0.1:0", admin_listen: "127.0.0.1:0", shutdown_delay: 0s}
tokens: {issuer: %q}
users: [{type: wordpress, dsn: "ro:ro-pass@tcp(%s)/wordpress"}]
mounts:
  - {name: site, dialect: wpjwt, issuer: %q, secret: %q}
  - {name: auth, dialect: native}
upstreams:
  shop: {url: %q, %s}
rules:
  - {name: posts, path: /wp-json/wp/v2/posts, methods: [GET], access: public}
  - {name: settings, path: /wp-json/wp/v2/settings, roles: [administrator]}
  - {name: tags, path: /wp-json/wp/v2/tags/**, roles: [administrator]}
  - {name: keys, path: /wp-json/wc/**, access: optional}
  - {name: rest, path: /wp-json/**}
  - {name: home, path: /**, access: optional}
`

// siteSecret is the secret that the mount and the site's plugin sign with.
const siteSecret = "a-secret-of-the-site-that-is-long-enough-1"

// gateway is Cardea in front of a real WordPress that trusts it.
type gateway struct {
	site *parts.Site
	url  string
}

// config loads the gateway's configuration in dir. identity has the members of its upstream
// that say how the site learns the user.
func (g gateway) config(t *testing.T, dir, identity string) *config.Config {
	t.Helper()
	path := filepath.Join(dir, config.FileName)
	text := fmt.Sprintf(gatewayFile, issuer, g.site.DB.Addr, g.site.URL, siteSecret, g.site.URL, identity)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, _, err := config.Load(config.LoadOptions{Types: config.Types{Methods: all.Types(), Dialects: dialects.Types()}, Path: path, Required: true})
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// newGateway starts the server in front of site and makes the site trust its keys.
func newGateway(t *testing.T, site *parts.Site) gateway {
	t.Helper()
	g := gateway{site: site}
	cfg := g.config(t, gatewayDir(t), fmt.Sprintf("identity: assertion, audience: %q", site.URL))
	g.trust(t, cfg)
	g.url = serve(t, cfg)
	return g
}

// gatewayDir returns a directory whose path is short enough for the control socket.
func gatewayDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "gate")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// trust replaces the test key's constants in the site with those of the gateway.
func (g gateway) trust(t *testing.T, cfg *config.Config) {
	t.Helper()
	ring, err := state.OpenAssertionKeys(t.Context(), cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer ring.Close()
	by, audience := app.Assertions(cfg, cfg.Upstreams["shop"])
	lines, err := assertion.Constants(by, audience, []api.Key{ring.Active()})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(g.site.Dir, "wp-config.php")
	old, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	kept := strings.NewReplacer("define('CARDEA_", "if (false) define('CARDEA_").Replace(string(old))
	parts.Write(t, g.site.Dir, "wp-config.php", strings.Replace(kept, "<?php\n", "<?php\n"+lines, 1))
	t.Cleanup(func() { parts.Write(t, g.site.Dir, "wp-config.php", string(old)) })
}

func serve(t *testing.T, cfg *config.Config) string {
	t.Helper()
	listen := func() net.Listener {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	public, admin := listen(), listen()
	s, err := app.New(cfg, app.Options{Version: "test", Listener: public, AdminListener: admin, Logger: slog.New(slog.NewTextHandler(t.Output(), nil))})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		if err := s.Stop(context.Background()); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	return "http://" + public.Addr().String()
}

// as asks with a token, or without one.
func (g gateway) as(t *testing.T, token, method, target, body string, header ...string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, g.url+target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header[header[i]] = []string{header[i+1]}
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(text)
}

// login gets a token as a client of the plugin does.
func (g gateway) login(t *testing.T, user, password string) string {
	t.Helper()
	in, err := json.Marshal(map[string]string{"username": user, "password": password})
	if err != nil {
		t.Fatal(err)
	}
	status, text := g.as(t, "", "POST", "/wp-json/jwt-auth/v1/token", string(in))
	var out struct{ Token string }
	if err := json.Unmarshal([]byte(text), &out); err != nil || status != 200 || out.Token == "" {
		t.Fatalf("login of %s: %d %s", user, status, text)
	}
	return out.Token
}

func TestGateway(t *testing.T) {
	site := newSite(t)
	letRead(t, site)
	letTakeKeys(t, site)
	g := newGateway(t, site)
	t.Run("application's keys", func(t *testing.T) { testAppKeys(t, g) })
	t.Run("application passwords", func(t *testing.T) { testIntrospect(t, g) })
	t.Run("routes", func(t *testing.T) { testRoutes(t, g) })
	t.Run("batch", func(t *testing.T) { testBatch(t, g) })
	t.Run("clients", func(t *testing.T) { testClients(t, g) })
	t.Run("clock", func(t *testing.T) {
		testClock(t, site, g, 401, map[int]bool{0: true, -3: true, -25: true, 3: true, 25: true, -120: false, 120: false})
	})
	t.Run("forged", func(t *testing.T) { testForged(t, g) })
	t.Run("dies", func(t *testing.T) { testDies(t, g) })
	t.Run("dead database", func(t *testing.T) { testDeadDatabase(t, g) })
}

// letRead creates the database account in the gateway's configuration.
func letRead(t *testing.T, site *parts.Site) {
	t.Helper()
	site.DB.Exec(t, "", "CREATE USER ro@127.0.0.1 IDENTIFIED BY 'ro-pass'; GRANT SELECT ON wordpress.* TO ro@127.0.0.1;")
}

func testRoutes(t *testing.T, g gateway) {
	editor, sub, admin := g.login(t, "editor1", "editor1-pass"), g.login(t, "sub1@example.test", "sub1-pass"), g.login(t, "admin", parts.AdminPassword)
	const post = `{"title":"From the gateway","status":"publish"}`
	for _, tc := range []struct {
		name, token, method, route, body string
		status                           int
		want                             string
	}{
		{"me", editor, "GET", "/wp/v2/users/me", "", 200, `"name":"Edna Editor"`},
		{"another me", sub, "GET", "/wp/v2/users/me", "", 200, `"name":"Sue Scriber"`},
		{"post as editor", editor, "POST", "/wp/v2/posts", post, 201, "From the gateway"},
		{"post as subscriber", sub, "POST", "/wp/v2/posts", post, 403, "rest_cannot_create"},
		{"nobody", "", "GET", "/wp/v2/users/me", "", 401, "no_credential"},
		{"nobody, public", "", "GET", "/wp/v2/posts", "", 200, "["},
		{"rule's role", admin, "GET", "/wp/v2/settings", "", 200, "title"},
		{"not the rule's role", editor, "GET", "/wp/v2/settings", "", 403, "role"},
		{"not in capitals either", editor, "GET", "/wp/v2/SETTINGS/", "", 403, "role"},
		{"decided in the wrong letters", editor, "GET", "/WP/v2/Users/ME/", "", 200, `"name":"Edna Editor"`},
		{"bad token", editor[:len(editor)-4] + "AAAA", "GET", "/wp/v2/users/me", "", 403, "jwt_auth_invalid_token"},
	} {
		for form, target := range map[string]string{"pretty": "/wp-json" + tc.route, "rest_route": "/?rest_route=" + tc.route, "index.php": "/index.php?rest_route=" + tc.route} {
			if status, body := g.as(t, tc.token, tc.method, target, tc.body); status != tc.status || !strings.Contains(body, tc.want) {
				t.Errorf("%s, %s: got %d %.300s, want %d with %s", tc.name, form, status, body, tc.status, tc.want)
			}
		}
	}
	// If WordPress could find another route, both rules apply, and the site gets both.
	for token, want := range map[string]int{editor: 200, "": 401} {
		for _, target := range []string{"/index-php/wp-json/wp/v2/users/me", "/index.php/index.php/wp-json/wp/v2/users/me"} {
			if status, body := g.as(t, token, "GET", target, ""); status != want {
				t.Errorf("%s: got %d %.200s, want %d", target, status, body, want)
			}
		}
	}
	if status, body := g.as(t, editor, "GET", "/wp-admin/admin-ajax.php?action=whoami", ""); status != 200 || body != "editor1" {
		t.Errorf("admin-ajax: got %d %.200s, want status 200 and \"editor1\"", status, body)
	}
	if status, body := g.as(t, editor, "POST", "/graphql", "{}"); status != 200 || body != "editor1" {
		t.Errorf("GraphQL: got %d %.200s, want status 200 and \"editor1\"", status, body)
	}
	if status, body := g.as(t, "", "GET", "/", ""); status != 200 {
		t.Errorf("a public page: got %d %.200s, want status 200", status, body)
	}
}

func testForged(t *testing.T, g gateway) {
	me := ask{method: "GET", target: "/wp-json/wp/v2/users/me"}
	forged := assert(t, g.site.URL, me, object{"login": "admin"}) // signed with a key that the site no longer trusts
	sub := g.login(t, "sub1", "sub1-pass")
	for name, header := range map[string]string{
		"X-Cardea-Assertion": forged, "x_cardea_assertion": forged, "X-Auth-User": "admin", "X-Remote-User": "admin", "Remote-User": "admin",
	} {
		if status, body := g.as(t, "", me.method, me.target, "", name, header); status != 401 {
			t.Errorf("%s without a token: got %d %.200s, want status 401", name, status, body)
		}
		if status, body := g.as(t, sub, me.method, me.target, "", name, header); status != 200 || !strings.Contains(body, "Sue Scriber") {
			t.Errorf("%s with another's token: got %d %.200s, want status 200 and text with %q", name, status, body, "Sue Scriber")
		}
		for _, target := range []string{"/wp-admin/admin-ajax.php?action=whoami", "/graphql"} {
			if status, body := g.as(t, "", "POST", target, "", name, header); status != 200 || body != "nobody" {
				t.Errorf("%s at %s: got %d %.200s, want an anonymous request", name, target, status, body)
			}
		}
	}
	for _, target := range []string{me.target, "/?rest_route=/wp/v2/users/me", "/wp-json/wp/v2/posts", "/graphql"} {
		direct := ask{method: "GET", target: target}
		if status, body := direct.do(t, g.site.URL, ""); status != 401 || !strings.Contains(body, "cardea_required") {
			t.Errorf("direct hit of %s: got %d %.200s, want status 401 and text with %q", target, status, body, "cardea_required")
		}
		if status, body := direct.do(t, g.site.URL, assert(t, g.site.URL, direct, object{"login": "admin"})); status != 401 || !strings.Contains(body, "cardea_bad_assertion") {
			t.Errorf("direct hit of %s with a forged assertion: got %d %.200s, want status 401 and text with %q", target, status, body, "cardea_bad_assertion")
		}
	}
	for name, target := range map[string]string{
		"route over a public path": "/wp-json/wp/v2/posts?rest_route=/wp/v2/users/me",
		"method over a public one": "/wp-json/wp/v2/posts?_method=POST",
	} {
		if status, body := g.as(t, "", "GET", target, ""); status != 401 {
			t.Errorf("%s: as: got %d %.200s, want status 401", name, status, body)
		}
	}
}

func testDies(t *testing.T, g gateway) {
	for name, code := range map[string]string{
		"role change":     "(new WP_User(%d))->set_role('subscriber');",
		"password change": "wp_set_password('another-pass', %d);",
		"e-mail change":   "wp_update_user(['ID' => %d, 'user_email' => 'other-' . uniqid() . '@example.test']);",
		"deletion":        "wp_delete_user(%d);",
		"logout":          "",
	} {
		t.Run(name, func(t *testing.T) {
			login := fmt.Sprintf("u%d", time.Now().UnixNano())
			number := g.site.Run(t, fmt.Sprintf("echo wp_insert_user(['user_login' => '%[1]s', 'user_pass' => 'first-pass', 'user_email' => '%[1]s@example.test', 'role' => 'editor']);", login))
			token := g.login(t, login, "first-pass")
			alive := func() bool {
				status, body := g.as(t, token, "GET", "/wp-json/wp/v2/settings", "") // decided by the gateway alone
				if status != 403 && status != 401 {
					t.Fatalf("got %d %.200s, want 401 or 403", status, body)
				}
				return strings.Contains(body, `"code":"role"`)
			}
			if !alive() {
				t.Fatal("a fresh token is dead")
			}
			changed := time.Now()
			if code == "" {
				if status, body := g.as(t, token, "POST", "/auth/logout", ""); status/100 != 2 {
					t.Fatalf("logout: got %d %s", status, body)
				}
			} else {
				var id int
				fmt.Sscan(number, &id)
				changed = moment(t, g.site, fmt.Sprintf(code, id))
			}
			for alive() {
				if time.Since(changed) > 10*within*slack {
					t.Fatal("the token outlived the change")
				}
				time.Sleep(5 * time.Millisecond)
			}
			took := time.Since(changed)
			t.Logf("dead %s after it at the latest", took.Round(time.Millisecond))
			if took > within*slack {
				t.Errorf("dead only after %s, want %s", took, within*slack)
			}
		})
	}
}

// moment runs PHP inside WordPress, and returns when it was done.
func moment(t *testing.T, site *parts.Site, code string) time.Time {
	t.Helper()
	var done float64
	out := site.Run(t, code+" printf('%.6f', microtime(true));")
	if _, err := fmt.Sscan(out, &done); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	return time.UnixMicro(int64(done * 1e6))
}

// testDeadDatabase: known tokens still work, logins are 503. WordPress itself is down too,
// so only the gateway's own responses are tested.
func testDeadDatabase(t *testing.T, g gateway) {
	editor := g.login(t, "editor1", "editor1-pass")
	if status, _ := g.as(t, editor, "GET", "/auth/me", ""); status != 200 {
		t.Fatalf("as: got %d, want status 200", status)
	}
	g.site.DB.Stop()
	if status, body := g.as(t, editor, "GET", "/wp-json/wp/v2/settings", ""); status != 403 || !strings.Contains(body, "role") {
		t.Errorf("a known token: got %d %.200s, want status 403 and text with %q", status, body, "role")
	}
	if status, body := g.as(t, "", "POST", "/wp-json/jwt-auth/v1/token", `{"username":"editor1","password":"editor1-pass"}`); status != 503 {
		t.Errorf("login: got %d %.200s, want 503", status, body)
	}
	g.site.DB.Restart(t)
	if status, body := g.as(t, editor, "GET", "/wp-json/wp/v2/users/me", ""); status != 200 || !strings.Contains(body, "Edna") {
		t.Errorf("after the restart: got %d %.200s, want status 200 and text with %q", status, body, "Edna")
	}
	g.login(t, "editor1", "editor1-pass")
}
