package app

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/cardea-auth/cardea/server/check"
)

// readingConfig is a WordPress behind a gateway with the rules that quickstart writes,
// and shop routes that require a login.
const readingConfig = `
data: d
store: {driver: memory}
server: {listen: "127.0.0.1:0", admin_listen: "127.0.0.1:0", shutdown_delay: 0s}
mounts: [%MOUNT%]
upstreams: {wordpress: {url: "%URL%", kind: wordpress%MORE%}}
rules:
  - {name: orders, path: %API%/wc/**, access: required}
  - {name: erase, path: %API%/notes/**, methods: [DELETE], access: required}
  - {name: pages, path: /members/**, access: required}
  - {name: api, path: %API%/open/**, access: public}
  - {name: site, path: /**, access: optional}
`

// TestReading: a request that WordPress could read as a route that a rule closes is
// refused, in every form; no other is, and allowed requests arrive unchanged.
func TestReading(t *testing.T) {
	const mount = "{name: m, dialect: wpjwt}"
	type row struct {
		method, target string
		status         int
	}
	for name, tc := range map[string]struct {
		api, more, mount string
		rows             []row
	}{
		"at the root": {"/wp-json", "", mount, []row{
			{"GET", "/wp-json/wc/v3/orders", 401},
			{"GET", "/index-php/wp-json/wc/v3/orders", 401},
			{"GET", "/index.php/wp-json/wc/v3/orders", 401},
			{"GET", "/pt-br/wp-json/wc/v3/orders", 401},
			{"GET", "/pt-br/wp-json/WC/v3/orders/", 401},
			{"GET", "/a/b/wp-js%6Fn/wc/v3/orders", 401},
			{"GET", "/x/wp-json/y/wp-json/wc/v3/orders", 401},
			{"GET", "/sitewp-json/wc/v3/orders", 401},
			{"GET", "/wp/index.php/wp-json/wc/v3/orders", 401},
			{"GET", "/?rest_route=/wc/v3/orders", 401},
			{"GET", "/??rest_route=/wc/v3/orders", 400},
			{"GET", "/?a;rest_route=/wc/v3/orders", 400},
			{"GET", "/pt-br/?rest_route=/wc/v3/orders", 400},
			{"GET", "/wp-trackback.php/wp-json/wc/v3/orders", 400},
			{"GET", "/wp-content/plugins/x/api.php/wp-json/wc/v3/orders", 400},
			{"GET", "/index.php/wp-json/wc%3F/x", 400},
			{"GET", "/wp-json/notes/1", 200},
			{"delete", "/wp-json/notes/1", 401},
			{"dElEtE", "/x/wp-json/notes/1", 401},
			{"delete", "/?rest_route=/notes/1", 401},
			{"post", "/wp-json/notes/1?_method=Delete", 401},
			{"GET", "/members/wp-json/open/1", 401}, // as a page
			{"GET", "/index.php/wp-json/open/1", 200},
			{"GET", "/index.php/wp-json/open/index.php", 200},
			{"GET", "/pt-br/wp-json/open/1", 200},
			{"GET", "/wp-content/x/wp-json/wc/v3/orders", 200},
			{"GET", "/wp-includes/wp-json/wc/x.js", 200},
			{"GET", "/about-wp-json/", 200},
			{"GET", "/pt-br/wp-json/jwt-auth/v1/token", 403},
			{"GET", "/sitewp-json/jwt-auth/v1/token", 403},
			{"GET", "/index-php/wp-json/jwt-auth/v1/token/validate", 403},
		}},
		"below /blog": {"/blog/wp-json", ", rest_path: /blog/wp-json", mount, []row{
			{"GET", "/blog/wp-json/wc/v3/orders", 401},
			{"GET", "/blog/index.php/blog/wp-json/wc/v3/orders", 401},
			{"GET", "/blogwp-json/wc/v3/orders", 401},
			{"GET", "/BLOG/wp-json/wc/v3/orders", 401},
			{"GET", "/blogindex-php/wp-json/wc/v3/orders", 401},
			{"GET", "/wp-json/wc/v3/orders", 401},
			{"GET", "/blog/wp-content/wp-json/wc/x", 200},
			{"GET", "/blog/wp-json/open/1", 200},
			{"GET", "/blog/wp-json/jwt-auth/v1/token", 404}, // the mount's answer
			{"POST", "/wp-json/jwt-auth/v1/token", 403},
		}},
		"another name": {"/api", ", rest_path: /api", mount, []row{
			{"GET", "/api/wc/v3/orders", 401},
			{"GET", "/index-php/api/wc/v3/orders", 401},
			{"GET", "/wp-json/wc/v3/orders", 200},
			{"GET", "/api/jwt-auth/v1/token", 404}, // the mount's answer
			{"GET", "/?rest_route=/jwt-auth/v1/token", 404},
			{"POST", "/de/api/jwt-auth/v1/token", 403},
			{"POST", "/wp-json/jwt-auth/v1/token", 200},
		}},
		"several": {"/wp-json", `, rest_path: [/wp-json, /forum/wp-json], path_info: [/wp-content/plugins/x/api.php]`, mount, []row{
			{"GET", "/forum/wp-json/wc/v3/orders", 200}, // another site with rules of its own
			{"GET", "/forum/WP-json/wc/v3/orders", 401},
			{"GET", "/forum/?rest_route=/wc/v3/orders", 200},
			{"GET", "/wp-content/plugins/x/api.php/y", 200},
			{"GET", "/wp-content/plugins/x/api.php/wp-json/wc/v3/orders", 401},
			{"POST", "/forum/wp-json/jwt-auth/v1/token", 403},
		}},
		"a mount at another site": {"/wp-json", "", "{name: m, dialect: wpjwt, prefix: /forum}", []row{
			{"GET", "/forum/wp-json/jwt-auth/v1/token", 404}, // the mount's answer
			{"POST", "/wp-json/jwt-auth/v1/token", 403},
			{"GET", "/forum/wp-json/WC/v3/orders", 200},
			{"GET", "/de/wp-json/wc/v3/orders", 401},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			upstream := &targets{}
			behind := httptest.NewServer(upstream)
			t.Cleanup(behind.Close)
			_, public, _ := start(t, load(t, strings.NewReplacer("%URL%", behind.URL, "%MORE%", tc.more, "%API%", tc.api, "%MOUNT%", tc.mount).Replace(readingConfig)), nil)
			for _, r := range tc.rows {
				if got := status(t, public, r.method, r.target, ""); got != r.status {
					t.Errorf("%s %s: got %d, want %d", r.method, r.target, got, r.status)
				}
				if got := upstream.take(); r.status == 200 && got != r.method+" "+r.target || r.status != 200 && got != "" {
					t.Errorf("%s %s: the upstream was asked for %q", r.method, r.target, got)
				}
			}
		})
	}
}

// targets records the targets of requests.
type targets struct {
	mu   sync.Mutex
	seen string
}

func (s *targets) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = r.Method + " " + r.RequestURI
}

func (s *targets) take() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	seen := s.seen
	s.seen = ""
	return seen
}

func status(t *testing.T, public, method, target, body string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, public+target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	res, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	return res.StatusCode
}

// TestReading_batch: a batch is inspected wherever it could be one.
func TestReading_batch(t *testing.T) {
	behind := httptest.NewServer(&targets{})
	t.Cleanup(behind.Close)
	_, public, _ := start(t, load(t, strings.NewReplacer("%URL%", behind.URL, "%MORE%", "", "%API%", "/wp-json", "%MOUNT%", "{name: m, dialect: wpjwt}").Replace(readingConfig)), nil)
	for inner, want := range map[string]int{
		`{"path":"/open/a"}`: 200, `{"path":"/wc/v3/orders"}`: 401, `{"path":"/WC/v3/orders"}`: 401, `{"path":"/jwt-auth/v1/token"}`: 403,
		`{"method":"DELETE","path":"/notes/1"}`: 401, `{"path":"/batch/v1"}`: 400,
	} {
		for _, target := range []string{"/wp-json/batch/v1", "/pt-br/wp-json/batch/v1", "/index-php/wp-json/Batch/v1/", "/?rest_route=/batch/v1", "/sitewp-json/batch/v1"} {
			if got := status(t, public, "POST", target, `{"requests":[`+inner+`]}`); got != want {
				t.Errorf("%s of %s: got %d, want %d", target, inner, got, want)
			}
		}
	}
}

// TestReading_check: a mount is refused between two sites, and taken where one of them is
// its own.
func TestReading_check(t *testing.T) {
	const hosts = `
mounts: [{name: m, dialect: wpjwt}]
upstreams: {a: {url: "http://127.0.0.1:1", kind: wordpress}, b: {url: "http://127.0.0.1:2", kind: wordpress, rest_path: /api}}
rules: [{name: a, host: a.example, path: /**, upstream: a}, {name: b, host: b.example, path: /**, upstream: b}]
`
	const network = `
mounts: [{name: m, dialect: wpjwt, issuer: "https://h"}, {name: de, dialect: wpjwt, prefix: /de, issuer: "https://h/de"}, {name: fr, dialect: wpjwt, prefix: /fr, issuer: "https://h/fr"}]
upstreams: {m: {url: "http://127.0.0.1:1", kind: wordpress}, de: {url: "http://127.0.0.1:1", kind: wordpress, rest_path: /de/wp-json}, fr: {url: "http://127.0.0.1:1", kind: wordpress, rest_path: /fr/wp-json}}
rules: [{name: m, path: /**, upstream: m}, {name: de, path: /de/**, upstream: de}, {name: fr, path: /fr/**, upstream: fr}]
`
	for name, c := range map[string]struct{ text, want string }{
		"two hosts":                   {hosts, "give it the host of one"},
		"sites of one host":           {network, ""},
		"the first has all APIs":      {strings.Replace(network, "kind: wordpress}", `kind: wordpress, rest_path: ["/wp-json", "/de/wp-json", "/fr/wp-json"]}`, 1), ""},
		"no site at the mount's path": {strings.Replace(network, "kind: wordpress}", "kind: wordpress, rest_path: /it/wp-json}", 1), "below which the upstream of that site has its rest_path"},
		"sites of their own":          {strings.Replace(network, "127.0.0.1:1", "127.0.0.1:2", 1), ""},
		"two names for one API":       {strings.Replace(network, "rest_path: /fr/wp-json", "rest_path: /de/api", 1), "stands at /de/wp-json of upstream de and at /de/api of fr"},
	} {
		err := check.Check(load(t, "store: {driver: memory}\n"+c.text))
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: Check: got %v, want an error with %q", name, err, c.want)
		}
	}
}

// TestLint_unread: with several applications, the configuration must say which are a
// WordPress.
func TestLint_unread(t *testing.T) {
	const head = "mounts: [{name: m, dialect: wpjwt, host: a.example}]\nrules: [{name: a, host: a.example, path: /**, upstream: a}, {name: b, host: b.example, path: /**, upstream: b}]\nupstreams: "
	for text, want := range map[string]bool{
		`{a: {url: "http://h"}, b: {url: "http://h"}}`:                      true,
		`{a: {url: "http://h", kind: wordpress}, b: {url: "http://h"}}`:     false,
		`{a: {url: "http://h", kind: other}, b: {url: "http://h"}}`:         false,
		`{a: {url: "http://h", identity: assertion}, b: {url: "http://h"}}`: false,
	} {
		got := strings.Join(check.Lint(load(t, head+text)), " ")
		if strings.Contains(got, `upstream "a" is not read as a WordPress`) != want || strings.Contains(got, `upstream "b" is not`) {
			t.Errorf("%s: got %q, want a warning of upstream a: %v", text, got, want)
		}
	}
}
