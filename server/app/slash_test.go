package app

import (
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"net/http"
	"testing"

	"github.com/cardea-auth/cardea/core/users"
)

// TestTrailingSlash requests paths with and without a trailing slash. With same, a rule
// for one matches both, and the upstream gets the path unchanged.
func TestTrailingSlash(t *testing.T) {
	const rules = `
data: d
store: {driver: memory}
server: {listen: "127.0.0.1:0", admin_listen: "127.0.0.1:0", shutdown_delay: 0s}
upstreams: {app: {url: "builtin:demo"}}
rules:
  - {name: admin, path: /admin}
  - {name: docs, path: /docs/}
  - {name: one, path: "/one/*"}
  - {name: alone, path: /alone, trailing_slash: distinct}
  - {name: both, path: /both, trailing_slash: same}
  - {name: rest, path: /**, access: public}
`
	for setting, want := range map[string]map[string]int{
		"":                           {"/admin": 401, "/admin/": 200, "/docs": 200, "/docs/": 401, "/one/x/": 200, "/alone/": 200, "/both": 401, "/both/": 401},
		"trailing_slash: distinct\n": {"/admin": 401, "/admin/": 200},
		"trailing_slash: same\n": {
			"/admin": 401, "/admin/": 401, "/docs": 401, "/docs/": 401, "/one/x": 401, "/one/x/": 401, "/one": 200, "/one/": 200,
			"/alone": 401, "/alone/": 200, "/both/": 401, "/admin/x": 200, "/": 200,
		},
	} {
		s, public, _ := start(t, load(t, rules+setting), slog.New(slog.DiscardHandler))
		accounts, err := s.Engine().Admin().Accounts()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := accounts.Create(t.Context(), users.NewUser{Login: "anna", Password: password}, "test"); err != nil {
			t.Fatal(err)
		}
		anna := "Basic " + base64.StdEncoding.EncodeToString([]byte("anna:"+password))
		for target, status := range want {
			if got, _ := demo(t, public+target, ""); got != status {
				t.Errorf("%q: %s is answered %d, want %d", setting, target, got, status)
			}
			if got, seen := demo(t, public+target, anna); got != 200 || seen != target {
				t.Errorf("%q: %s of a user is answered %d and forwarded as %s", setting, target, got, seen)
			}
		}
	}
}

// TestLeadingSlashes: several leading slashes are one if the request is for a WordPress,
// for rules, mounts and the upstream; elsewhere they are refused.
func TestLeadingSlashes(t *testing.T) {
	_, public, _ := start(t, load(t, `
data: d
store: {driver: memory}
server: {listen: "127.0.0.1:0", admin_listen: "127.0.0.1:0", shutdown_delay: 0s}
upstreams:
  shop: {url: "builtin:demo", kind: wordpress}
  other: {url: "builtin:demo", kind: other}
mounts:
  - {name: site, dialect: wpjwt, issuer: "https://shop.example", secret: "a-secret-of-the-site-that-is-long-enough-1"}
  - {name: auth, dialect: native}
rules:
  - {name: settings, path: /wp-json/wp/v2/settings, roles: [administrator], upstream: shop}
  - {name: posts, path: /wp-json/wp/v2/**, access: public, upstream: shop}
  - {name: home, path: /, access: public, upstream: shop}
  - {name: post, path: /post/**, methods: [POST], access: public, upstream: shop}
  - {name: other, path: /other/**, access: public, upstream: other}
`), slog.New(slog.DiscardHandler))
	for target, want := range map[string]struct {
		status int
		seen   string
	}{
		"//wp-json/wp/v2/posts":             {200, "/wp-json/wp/v2/posts"},
		"////wp-json/wp/v2/posts?a=//b":     {200, "/wp-json/wp/v2/posts?a=//b"},
		"//?rest_route=/wp/v2/posts":        {200, "/?rest_route=/wp/v2/posts"},
		"//":                                {200, "/"},
		"//wp-json/wp/v2/settings":          {401, ""},
		"//wp-json/wp/v2/posts/../settings": {400, ""},
		"//?rest_route=/wp/v2/settings":     {401, ""},
		"//wp-json/jwt-auth/v1/token":       {404, ""}, // the mount's route, which accepts POST only
		"//wp-json/jwt-auth/v1":             {200, ""}, // its index
		"/wp-json//wp/v2/posts":             {400, ""},
		"//wp-json//wp/v2/posts":            {400, ""},
		"/%2Fwp-json/wp/v2/posts":           {400, ""},
		"//other/x":                         {400, ""},
		"//auth/me":                         {400, ""},
		"//nowhere":                         {400, ""},
		"//post/x":                          {400, ""}, // another method
	} {
		if status, seen := demo(t, public+target, ""); status != want.status || seen != want.seen {
			t.Errorf("%s: got %d, forwarded as %q; want %d and %q", target, status, seen, want.status, want.seen)
		}
	}
}

// demo sends a request to the demo upstream and returns the target that it received.
func demo(t *testing.T, url, authorization string) (status int, target string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if authorization != "" {
		r.Header.Set("Authorization", authorization)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var seen struct{ Target string }
	json.NewDecoder(res.Body).Decode(&seen) // a refusal has no such body
	return res.StatusCode, seen.Target
}
