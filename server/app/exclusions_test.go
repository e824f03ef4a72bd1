package app

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/server/check"
)

// TestExclude: an excluded route is public in each form that WordPress reads, and no
// other route is.
func TestExclude(t *testing.T) {
	text := strings.Replace(serverConfig, `{url: "builtin:demo"}`,
		`{url: "builtin:demo", kind: wordpress, exclude: [/wp/v2/posts, /Shop/**, "GET,POST /wp/v2/media", /wp/v2/pages/**]}`, 1)
	text = strings.Replace(text, "rules: [", `rules: [
  {name: drafts, path: /wp-json/wp/v2/pages/drafts},
  {name: hooked, path: /hooked, access: public},
  {name: other, host: other.example, path: /**}, `, 1)
	s, public, _ := start(t, load(t, text), nil)
	g := &testServer{Server: s, t: t, public: strings.TrimPrefix(public, "http://")}
	for _, c := range []struct {
		host, method, target string
		status               int
	}{
		{"h", "GET", "/wp-json/wp/v2/posts", 200},
		{"h", "DELETE", "/wp-json/wp/v2/posts", 200},
		{"h", "GET", "/wp-json/wp/v2/posts/", 200},
		{"h", "GET", "/wp-json/WP/v2/Posts", 200},
		{"h", "GET", "/wp-json/wp/v2/posts?per_page=1", 200},
		{"h", "GET", "/?rest_route=/wp/v2/posts", 200},
		{"h", "GET", "/?rest_route=%2Fwp%2Fv2%2Fposts%2F", 200},
		{"h", "GET", "/index.php?rest_route=/wp/v2/posts", 200},
		{"h", "GET", "/index.php/wp-json/wp/v2/posts", 200},
		{"other.example", "GET", "/wp-json/wp/v2/posts", 200},

		{"h", "GET", "/wp-json/wp/v2/posts/1", 401},
		{"h", "GET", "/?rest_route=/wp/v2/posts/1", 401},
		{"h", "GET", "/index.php/wp-json/wp/v2/posts/1", 401},
		{"h", "GET", "/wp-json/wp/v2", 401},
		{"h", "GET", "/wp-json", 401},
		{"h", "GET", "/wp/v2/posts", 401},
		{"h", "GET", "/wp-json/wp/v2/postscript", 401},
		{"h", "GET", "/wp-json/wp/v2/posts?rest_route=/wp/v2/users", 401},
		{"h", "GET", "/?rest_route=/wp/v2/posts&rest_route=/wp/v2/users", 400},
		{"h", "GET", "/wp-json/wp/v2/posts/../users", 400},
		{"h", "GET", "/wp-json/wp/v2/posts%2f..%2fusers", 400},
		{"h", "GET", "/wp-json/wp/v2/users/..%2fposts", 400},

		{"h", "GET", "/wp-json/shop", 200},
		{"h", "GET", "/wp-json/shop/orders/1", 200},
		{"h", "GET", "/?rest_route=/shop/orders/1", 200},
		{"h", "GET", "/wp-json/shopping", 401},

		{"h", "GET", "/wp-json/wp/v2/media", 200},
		{"h", "POST", "/wp-json/wp/v2/media", 200},
		{"h", "PUT", "/wp-json/wp/v2/media", 401},
		{"h", "POST", "/wp-json/wp/v2/media?_method=DELETE", 401},
		{"h", "GET", "/wp-json/wp/v2/media?_method=DELETE", 401},

		{"h", "GET", "/wp-json/wp/v2/pages/1", 200},
		{"h", "GET", "/wp-json/wp/v2/pages/drafts", 401}, // a rule that is more specific
	} {
		a := g.raw(loopback, c.method+" "+c.target+" HTTP/1.1\r\nHost: "+c.host+"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
		if a.status != c.status {
			t.Errorf("%s %s%s: %d %s, want %d", c.method, c.host, c.target, a.status, a.body, c.status)
		}
	}
	// A credential is not looked at, and does not reach the application.
	if a := g.get("/wp-json/wp/v2/posts", bearer("not-a-token")); a.status != 200 || strings.Contains(string(a.body), "not-a-token") {
		t.Errorf("with a bad token: %d %s", a.status, a.body)
	}
	// The hook has the last word.
	must(t, s.Engine().Hooks().RouteExclusion.Bind("test", func(_ context.Context, x core.Exclusion) (core.Exclusion, error) {
		x.Public = x.Public && !strings.HasPrefix(x.Rule, "exclude /wp/v2/posts")
		return x, nil
	}))
	for target, want := range map[string]int{"/wp-json/wp/v2/posts": 401, "/?rest_route=/wp/v2/posts": 401, "/wp-json/shop": 200} {
		if a := g.get(target); a.status != want {
			t.Errorf("hooked, %s: %d, want %d", target, a.status, want)
		}
	}
}

// TestExclude_check: entries without effect and entries that conflict with rules are
// reported.
func TestExclude_check(t *testing.T) {
	for want, change := range map[string][2]string{
		"is for a WordPress's REST API": {`{url: "builtin:demo"}`, `{url: "builtin:demo", exclude: [/wp/v2/posts]}`},
		"no rule leads":                 {`{app: {url: "builtin:demo"}}`, `{app: {url: "builtin:demo"}, wp: {url: "builtin:demo", kind: wordpress, exclude: [/wp/v2/posts]}}`},
		"neither is more specific":      {`{url: "builtin:demo"}`, `{url: "builtin:demo", kind: wordpress, exclude: [/a/b, /A/b]}`},
	} {
		text := strings.Replace(serverConfig, change[0], change[1], 1)
		text = strings.Replace(text, "path: /**}", "path: /**, upstream: app}", 1)
		if err := check.Check(load(t, text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: Check: got %v, want an error with %q", want, err, want)
		}
	}
}

func TestExclude_json(t *testing.T) {
	text := strings.Replace(serverConfig, `{url: "builtin:demo"}`, `{url: "builtin:demo", kind: wordpress, rest_path: /site/api, exclude: [/wp/v2/posts]}`, 1)
	s, public, _ := start(t, load(t, text), nil)
	g := &testServer{Server: s, t: t, public: strings.TrimPrefix(public, "http://")}
	var seen struct{ Target string }
	a := g.get("/site/index.php/api/wp/v2/posts")
	if err := json.Unmarshal(a.body, &seen); a.status != 200 || err != nil || seen.Target != "/site/index.php/api/wp/v2/posts" {
		t.Errorf("another path of the API: got %d %s, %v; want status 200 and Target \"/site/index.php/api/wp/v2/posts\"", a.status, a.body, err)
	}
	if a := g.get("/wp-json/wp/v2/posts"); a.status != 401 {
		t.Errorf("the usual path is not the API here: %d", a.status)
	}
}

// TestExclude_ofOneSite: the exclusions of one site of a host do not apply to another.
func TestExclude_ofOneSite(t *testing.T) {
	const text = `
data: d
server: {listen: "127.0.0.1:0", admin_listen: "127.0.0.1:0", shutdown_delay: 0s}
store: {driver: memory}
users:
  - {type: wordpress, name: main-users, dsn: "ro:x@tcp(127.0.0.1:1)/wp", site: 1}
  - {type: wordpress, name: shop-users, dsn: "ro:x@tcp(127.0.0.1:1)/wp", site: 2}
mounts:
  - {name: main, dialect: wpjwt, host: net.example, directory: main-users, issuer: "https://net.example", secret: "0123456789abcdefghijklmnopqrstuvwxyz"}
  - {name: shop, dialect: wpjwt, host: net.example, prefix: /shop, directory: shop-users, issuer: "https://net.example/shop", secret: "0123456789abcdefghijklmnopqrstuvwxyz"}
upstreams:
  main: {url: "builtin:demo", kind: wordpress, directory: main-users, exclude: ["GET /wp/v2/users", /wp/v2/posts, "/wc/**", /wp/v2/mixed]}
  shop: {url: "builtin:demo", kind: wordpress, directory: shop-users}
rules:
  - {name: main, host: net.example, path: /**, upstream: main}
  - {name: shop, host: net.example, path: /shop/**, upstream: shop}
  - {name: mixed, host: net.example, path: /wp-json/wp/v2/mixed, methods: [POST], upstream: shop}
`
	s, public, _ := start(t, load(t, text), nil)
	g := &testServer{Server: s, t: t, public: strings.TrimPrefix(public, "http://")}
	for _, c := range []struct {
		method, target string
		open           bool
	}{
		{"GET", "/wp-json/wp/v2/users", true},
		{"GET", "/?rest_route=/wp/v2/users", true},
		{"POST", "/wp-json/wp/v2/posts", true},
		{"GET", "/wp-json/wc/v3/orders", true},
		{"GET", "/wp-json/wp/v2/mixed", true},
		{"POST", "/wp-json/wp/v2/mixed", false},
		{"GET", "/shop/wp-json/wp/v2/users", false},
		{"GET", "/shop/?rest_route=/wp/v2/users", false},
		{"GET", "/shop/index.php/wp-json/wp/v2/users", false},
		{"POST", "/shop/wp-json/wp/v2/posts", false},
		{"GET", "/shop/wp-json/wc/v3/orders", false},
		{"GET", "/SHOP/wp-json/wp/v2/users", false},
	} {
		a := g.raw(loopback, c.method+" "+c.target+" HTTP/1.1\r\nHost: net.example\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
		if (a.status == 200) != c.open {
			t.Errorf("%s %s: %d %s, want open: %v", c.method, c.target, a.status, a.body, c.open)
		}
	}
}
