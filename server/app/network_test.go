package app

import (
	"encoding/json"
	"strings"
	"testing"
)

const networkConfig = `
data: d
store: {driver: memory}
server: {listen: "127.0.0.1:0", admin_listen: "127.0.0.1:0", shutdown_delay: 0s}
`

// TestNetwork_rewritten: files of a WordPress network are closed wherever the rewrite rules of
// its web server lead to them, for each kind of upstream that is read as a WordPress.
func TestNetwork_rewritten(t *testing.T) {
	for _, kind := range []string{"wordpress", "auto"} {
		g := openServer(t, networkConfig+`
upstreams: {wordpress: {url: "builtin:demo", rest_path: [/wp-json, /site2/wp-json], kind: `+kind+`}}
mounts: [{name: main, dialect: wpjwt, issuer: "http://h"}, {name: site2, dialect: wpjwt, prefix: /site2, issuer: "http://h/site2"}]
rules:
  - {name: calls, path: /xmlrpc.php, roles: [administrator]}
  - {name: screens, path: /wp-admin/**, roles: [administrator]}
  - {name: private, path: /wp-content/uploads/private/**, roles: [administrator]}
  - {name: backup, path: /wp-backup/**, roles: [administrator]}
  - {name: includes, path: /wp-includes/index.php, roles: [administrator]}
  - {name: front, path: /reports/, roles: [administrator]}
  - {name: open, path: /wp-content/**, access: public}
  - {name: api, path: /wp-json/**, access: public}
  - {name: all, path: /**, access: optional}
`)
		for _, target := range []string{
			"/xmlrpc.php", "/foo/xmlrpc.php", "/foo/bar/xmlrpc.php", "/xmlrpc.phpx", "/foo/xmlrpc.phpx", "/foo/xmlrpc.php.txt", "/foo/xmlrpc.php%20",
			"/wp-json/xmlrpc.php", "/wp-json/foo/xmlrpc.php", "/wp-json/wp-json/xmlrpc.php", "/wp-json/wp-admin/options.php", "/wp-json/wp-admin/", "/wp-json/wp-backup/x.txt",
			"/wp-json/wp-content/uploads/private/x.txt", "/wp-admin/options.php", "/foo/wp-admin/options.php", "/wp-content/wp-admin/options.php",
			"/wp-includes/wp-admin/options.php", "/wp-content/wp-content/wp-admin/options.php", "/wp-contentx/wp-admin/options.php", "/foo/wp-contentx/wp-admin/options.php",
			"/wp-content/uploads/private/x.txt", "/wp-content/wp-content/uploads/private/x.txt", "/foo/wp-content/wp-content/uploads/private/x.txt",
			"/wp-backup/x", "/foo/wp-backup/x.txt", "/wp-x/wp-backup/x.txt", "/foo/reports/index.php", "/wp-includes/", "/foo/wp-includes/", "/wp-json/wp-includes/",
		} {
			if got := g.get(target); got.status != 401 {
				t.Errorf("kind %s: %s: got %d %.200s, want 401", kind, target, got.status, got.body)
			}
			if got := g.get(target, basic("bob", password)); got.status != 403 {
				t.Errorf("kind %s: %s as bob: got %d %.200s, want 403", kind, target, got.status, got.body)
			}
			if got := g.get(target, basic("alice", password)); got.status != 200 {
				t.Errorf("kind %s: %s as alice: got %d %.200s, want 200", kind, target, got.status, got.body)
			}
		}
		for _, target := range []string{
			"/", "/foo/", "/foo/bar", "/wp-login.php", "/foo/wp-login.php", "/foo/wp-content/themes/x/style.css", "/wp-content/themes/x/style.css", "/wp-content/plugins/wp-x/wp-y.js",
			"/wp-content/plugins/p/wp-admin/x.css", "/wp-content/uploads/x.php.jpg", "/wp-json/", "/wp-json/wp/v2/posts", "/wp-json/wp-site-health/v1/x", "/wp-json/wp/v2/plugins/wp-x/wp-y",
			"/foo/wp-json/wp/v2/posts", "/site2/", "/site2/wp-login.php", "/site2/wp-content/themes/x/style.css", "/site2/wp-json/wp/v2/posts",
		} {
			if got := g.get(target); got.status != 200 {
				t.Errorf("kind %s: %s: got %d %.200s, want 200", kind, target, got.status, got.body)
			}
		}
	}
}

// TestNetwork_upstreams: it is the same for a network whose sites have an upstream each.
func TestNetwork_upstreams(t *testing.T) {
	g := openServer(t, networkConfig+`
upstreams: {main: {url: "builtin:demo", kind: wordpress}, shop: {url: "builtin:demo", kind: wordpress, rest_path: /shop/wp-json}}
mounts: [{name: main, dialect: wpjwt, issuer: "http://h"}, {name: shop, dialect: wpjwt, prefix: /shop, issuer: "http://h/shop"}]
rules:
  - {name: calls, path: /xmlrpc.php, roles: [administrator], upstream: main}
  - {name: screens, path: /wp-admin/**, roles: [administrator], upstream: main}
  - {name: shop-calls, path: /shop/xmlrpc.php, roles: [administrator], upstream: shop}
  - {name: shop-screens, path: /shop/wp-admin/**, roles: [administrator], upstream: shop}
  - {name: shop, path: /shop/**, access: optional, upstream: shop}
  - {name: all, path: /**, access: optional, upstream: main}
`)
	for _, home := range []string{"", "/shop"} {
		for _, path := range []string{
			"/xmlrpc.php", "/foo/xmlrpc.php", "/foo/bar/xmlrpc.php", "/shop/xmlrpc.php", "/wp-json/xmlrpc.php", "/foo/xmlrpc.phpx", "/wp-admin/options.php", "/foo/wp-admin/options.php",
			"/wp-content/wp-admin/options.php", "/wp-json/wp-admin/options.php",
		} {
			if got := g.get(home + path); got.status != 401 {
				t.Errorf("%s%s: got %d %.200s, want 401", home, path, got.status, got.body)
			}
		}
		for _, path := range []string{"/", "/foo/bar", "/wp-login.php", "/foo/wp-login.php", "/wp-content/themes/x/style.css", "/wp-json/wp/v2/posts", "/index.php"} {
			if got := g.get(home + path); got.status != 200 {
				t.Errorf("%s%s: got %d %.200s, want 200", home, path, got.status, got.body)
			}
		}
	}
}

// TestNetwork_sites: a site's own token counts at all of the site's paths, and at no other's.
func TestNetwork_sites(t *testing.T) {
	g := openServer(t, networkConfig+`
upstreams: {wordpress: {url: "builtin:demo", rest_path: [/wp-json, /site2/wp-json]}}
mounts: [{name: main, dialect: wpjwt, issuer: "http://h"}, {name: site2, dialect: wpjwt, prefix: /site2, issuer: "http://h/site2"}]
rules: [{name: all, path: /**, access: optional}]
`)
	header := map[string]string{"main": bearer(g.siteToken("")), "site2": bearer(g.siteToken("/site2"))}
	for _, path := range []string{
		"/", "/wp-json/wp/v2/posts", "/wp-admin/", "/wp-admin/admin-ajax.php", "/wp-content/uploads/sites/2/a.jpg", "/wp-comments-post.php", "/wp-login.php", "/wp-cron.php",
		"/wp-content/plugins/p/a.php", "/index.php", "/xmlrpc.php", "/wp-includes/js/x.js",
	} {
		for site, prefix := range map[string]string{"main": "", "site2": "/site2"} {
			for of, line := range header {
				got := g.get(prefix+path, line)
				if user, _ := got.user(); (user == "alice") != (of == site) || of == site && got.status != 200 {
					t.Errorf("%s%s with the token of %s: got %d as %q, want alice with 200 at its own site alone", prefix, path, of, got.status, user)
				}
			}
		}
	}
}

// siteToken returns a token of alice from the mount with a prefix.
func (g *testServer) siteToken(prefix string) string {
	g.t.Helper()
	a := g.post(prefix+"/wp-json/jwt-auth/v1/token", map[string]string{"username": "alice", "password": password})
	var got struct{ Token string }
	if err := json.Unmarshal(a.body, &got); err != nil || got.Token == "" {
		g.t.Fatalf("a token of %q: got %d %s", prefix, a.status, a.body)
	}
	return got.Token
}

// TestNetwork_none: a WordPress of its own in a directory serves its scripts and files, without
// a rest_path, too.
func TestNetwork_none(t *testing.T) {
	for _, rules := range []string{
		"[{name: screens, path: /blog/wp-admin/**, access: optional}, {name: blog, path: /blog/**, access: optional}]",
		"[{name: blog, path: /blog/**, access: optional}, {name: rest, path: /**, roles: [administrator]}]",
	} {
		g := openServer(t, strings.Join([]string{
			networkConfig, `upstreams: {wordpress: {url: "builtin:demo", kind: wordpress}}`, "mounts: [{name: blog, dialect: wpjwt, prefix: /blog}]", "rules: " + rules, "",
		}, "\n"))
		for _, path := range []string{
			"/blog/", "/blog/wp-content/themes/x/style.css", "/blog/wp-includes/js/x.js", "/blog/wp-login.php", "/blog/index.php", "/blog/wp-admin/admin-ajax.php", "/blog/index.php/2024/x",
		} {
			if got := g.get(path); got.status != 200 {
				t.Errorf("%s under %s: got %d %.200s, want 200", path, rules, got.status, got.body)
			}
		}
	}
}
