package app

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/server/cors"
)

// dialectsConfig has a mount of each dialect, at a host of its own.
const dialectsConfig = `
data: d
store: {driver: memory}
server: {listen: "127.0.0.1:0", admin_listen: "127.0.0.1:0", shutdown_delay: 0s}
upstreams: {app: {url: "UPSTREAM", kind: wordpress}}
rules:
  - {name: open, path: /wp-json/open/**, access: public}
  - {name: own, path: /wp-json/own/**, header: {name: X-Site-Token}}
  - {name: all, path: /**}
methods: [{type: basic, sites: ['*']}]
tokens: {sites: ['*']}
mounts:
  - {name: auth, dialect: native, host: native.example}
  - {name: wpjwt, dialect: wpjwt, host: wpjwt.example, issuer: a}
  - {name: wpjwtpro, dialect: wpjwtpro, host: wpjwtpro.example, issuer: b}
  - {name: usefulteam, dialect: usefulteam, host: usefulteam.example, issuer: c}
  - {name: cocart, dialect: cocart, host: cocart.example, issuer: d}
  - {name: cocart1, dialect: cocart1, host: cocart1.example, issuer: e}
  - {name: miniorange, dialect: miniorange, host: miniorange.example, secret: 0123456789abcdef0123456789abcdef, header: {name: X-Orange}}
`

// ownCall is a call of a page of another origin to an answer of Cardea's own.
type ownCall struct {
	dialect, method, path string
	header                string // needs permission; "": a call without a preflight
	status                int
	unreadable            bool // the plugin's answer is, too, unless CORS is configured
}

func ownCalls() []ownCall {
	list := []ownCall{
		{"native", "POST", "/auth/login", "Content-Type", 400, false},
		{"native", "POST", "/auth/refresh", "Content-Type", 400, false},
		{"native", "GET", "/auth/me", "Authorization", 401, false},
		{"native", "GET", "/auth/login", "", 405, false},
		{"cocart", "POST", "/wp-json/cocart/v2/login", "Content-Type", 401, false},
		{"cocart", "POST", "/wp-json/cocart/v2/login", "CoCart-API-Cart-Key", 401, false},
		{"cocart", "POST", "/wp-json/cocart/jwt/validate-token", "Authorization", 403, false},
		{"cocart", "POST", "/wp-json/cocart/jwt/refresh-token", "Content-Type", 403, false},
		{"cocart", "GET", "/wp-json/cocart/v2/cart", "CoCart-API-Cart-Key", 401, false},
		{"cocart1", "POST", "/wp-json/cocart/v2/login", "Content-Type", 401, false},
		{"miniorange", "POST", "/wp-json/api/v1/token", "Content-Type", 400, true},
		{"miniorange", "GET", "/wp-json/api/v1/token-validate", "X-Orange", 401, true},
		{"miniorange", "GET", "/wp-json/api/v1/nope", "", 404, false},
		{"miniorange", "GET", "/wp-json/wp/v2/users/me", "X-Orange", 401, true},
	}
	for _, dialect := range []string{"wpjwt", "wpjwtpro", "usefulteam"} {
		list = append(list,
			ownCall{dialect, "POST", "/wp-json/jwt-auth/v1/token", "Content-Type", 0, false},
			ownCall{dialect, "POST", "/wp-json/jwt-auth/v1/token", "", 0, false},
			ownCall{dialect, "POST", "/wp-json/jwt-auth/v1/token/validate", "Authorization", 0, false},
			ownCall{dialect, "GET", "/wp-json/jwt-auth/v1", "", 200, false},
			ownCall{dialect, "POST", "/?rest_route=/jwt-auth/v1/token", "Content-Type", 0, false},
			ownCall{dialect, "PUT", "/wp-json/jwt-auth/v1/nope", "X-WP-Nonce", 404, false},
			ownCall{dialect, "GET", "/wp-json/wp/v2/users/me", "Authorization", 0, false},
			ownCall{dialect, "GET", "/wp-json/own/x", "X-Site-Token", 401, false},
			ownCall{dialect, "DELETE", "/wp-json/wc/store/v1/cart", "Cart-Token", 401, false},
			ownCall{dialect, "POST", "/wp-json/wc/store/v1/cart", "Nonce", 401, false},
			ownCall{dialect, "GET", "/wp-json/wp//v2", "", 400, false},
			ownCall{dialect, "GET", "/wp-json/open/x", "", 502, false},
		)
	}
	return list
}

// call makes a call as a browser does for a page of the origin. readable is nil if the page
// gets the answer.
func (c ownCall) call(t *testing.T, public, origin string) (res *http.Response, readable error) {
	t.Helper()
	host := c.dialect + ".example"
	headers := []string{}
	if c.header != "" {
		asked := crossAt(t, host, "OPTIONS", public+c.path, origin, "Access-Control-Request-Method", c.method, "Access-Control-Request-Headers", strings.ToLower(c.header))
		if err := cors.CheckPreflight(asked.StatusCode, asked.Header, origin, c.method, c.header); err != nil {
			return asked, err
		}
		headers = append(headers, c.header, map[string]string{"Authorization": "Bearer a.b.c", "Content-Type": "application/json"}[c.header])
	}
	res = crossAt(t, host, c.method, public+c.path, origin, headers...)
	return res, cors.CheckReadable(res.Header, origin)
}

// TestCORS_own: pages of every origin may read Cardea's own answers in each dialect where
// they may read the plugin's, and those of the listed origins with CORS configured; only
// the latter may use cookies.
func TestCORS_own(t *testing.T) {
	dead := listener(t)
	dead.Close()
	for name, c := range map[string]struct {
		settings            string
		anybody, configured bool
	}{
		"off": {"", true, false},
		"on":  {"cors: {enabled: true, origins: ['" + friend + "'], methods: [GET], headers: [X-Mine], credentials: true}\n", false, true},
	} {
		t.Run(name, func(t *testing.T) {
			_, public, _ := start(t, load(t, strings.Replace(dialectsConfig, "UPSTREAM", "http://"+dead.Addr().String(), 1)+c.settings), nil)
			for _, call := range ownCalls() {
				for _, origin := range []string{friend, "https://unlisted.example"} {
					want := (c.anybody || origin == friend) && (c.configured || !call.unreadable)
					res, err := call.call(t, public, origin)
					if (err == nil) != want || want && call.status != 0 && res.StatusCode != call.status {
						t.Errorf("%s %s %s from %s: %d %v, want %d and readable %v: %v", call.dialect, call.method, call.path, origin, res.StatusCode, err, call.status, want, res.Header)
					}
					cookies := res.Header.Get("Access-Control-Allow-Credentials") == "true"
					if cookies != (c.configured && origin == friend) || !slices.Contains(res.Header["Vary"], "Origin") && want {
						t.Errorf("%s %s from %s: with cookies %v, Vary %v", call.dialect, call.path, origin, cookies, res.Header["Vary"])
					}
				}
				if res := crossAt(t, call.dialect+".example", call.method, public+call.path, ""); corsOf(res) != "" {
					t.Errorf("%s %s without an origin: %v", call.dialect, call.path, res.Header)
				}
			}
		})
	}
}

// TestCORS_ownElsewhere: answers outside of mounts and REST APIs, and preflights there, are
// left as they are.
func TestCORS_ownElsewhere(t *testing.T) {
	_, public, _ := start(t, load(t, strings.Replace(dialectsConfig, "UPSTREAM", reflecting(t), 1)), nil)
	for _, path := range []string{"/", "/wp-admin/x", "/wp-jsonx", "/authx"} {
		for _, host := range []string{"wpjwt.example", "native.example"} {
			res := crossAt(t, host, "OPTIONS", public+path, friend, "Access-Control-Request-Method", "POST")
			if res.StatusCode != 401 || corsOf(res) != "" {
				t.Errorf("%s%s: got %d with CORS %q, want 401 without", host, path, res.StatusCode, corsOf(res))
			}
		}
	}
}
