package app

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/hooks"
)

// reflecting is an upstream with WordPress's CORS headers, which allow every origin with
// cookies.
func reflecting(t *testing.T) string {
	t.Helper()
	l := listener(t)
	s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if origin := r.Header.Get("Origin"); origin != "" {
			w.Header().Set("Access-Control-Allow-Origin", origin)
			w.Header().Set("Access-Control-Allow-Credentials", "true")
			w.Header().Set("Access-Control-Allow-Methods", "OPTIONS, GET, POST, PUT, PATCH, DELETE")
			w.Header().Set("Access-Control-Allow-Headers", "X-Tenant")
			w.Header().Add("Vary", "Accept")
		}
		w.Header().Set("Access-Control-Expose-Headers", "X-Told")
		w.Write([]byte(`[]`))
	})}
	go s.Serve(l)
	t.Cleanup(func() { s.Close() })
	return "http://" + l.Addr().String()
}

const corsConfig = `
data: d
store: {driver: memory}
server: {listen: "127.0.0.1:0", admin_listen: "127.0.0.1:0", shutdown_delay: 0s}
upstreams: {app: {url: "UPSTREAM"}}
rules:
  - {name: open, path: /open/**, access: public}
  - {name: own, path: /own/**, header: {name: X-Site-Token}}
  - {name: all, path: /**}
mounts:
  - {name: auth, dialect: native}
  - {name: site, dialect: wpjwt}
`

// cross sends a request as a browser does for a page of another origin.
func cross(t *testing.T, method, url, origin string, headers ...string) *http.Response {
	t.Helper()
	return crossAt(t, "", method, url, origin, headers...)
}

// crossAt is cross for a host name; "" is that of the URL.
func crossAt(t *testing.T, host, method, url, origin string, headers ...string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if origin != "" {
		r.Header.Set("Origin", origin)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	r.Host = host
	res, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	return res
}

// corsOf returns the Access-Control-Allow-Origin and -Credentials of a response.
func corsOf(res *http.Response) string {
	return strings.TrimSpace(res.Header.Get("Access-Control-Allow-Origin") + " " + res.Header.Get("Access-Control-Allow-Credentials"))
}

const friend, friendly = "https://app.example.org", "https://a.friends.example"

func TestCORS(t *testing.T) {
	text := strings.Replace(corsConfig, "UPSTREAM", reflecting(t), 1) +
		"cors: {enabled: true, origins: ['" + friend + "', 'https://*.friends.example'], credentials: true}\n"
	_, public, _ := start(t, load(t, text), nil)
	for _, c := range []struct {
		name, method, path, origin string
		preflight                  bool
		status                     int
		cors                       string
	}{
		{"preflight of a gated route", "OPTIONS", "/wp-json/wp/v2/posts", friend, true, 204, friend + " true"},
		{"preflight of a public route", "OPTIONS", "/open/x", friend, true, 204, friend + " true"},
		{"preflight of our own login", "OPTIONS", "/auth/login", friend, true, 204, friend + " true"},
		{"preflight of the plugin's login", "OPTIONS", "/wp-json/jwt-auth/v1/token", friend, true, 204, friend + " true"},
		{"preflight by ?rest_route", "OPTIONS", "/?rest_route=/jwt-auth/v1/token", friend, true, 204, friend + " true"},
		{"preflight for a pattern", "OPTIONS", "/x", friendly, true, 204, friendly + " true"},
		{"preflight of an unlisted origin", "OPTIONS", "/x", "https://evil.example", true, 403, ""},
		{"two labels for one", "OPTIONS", "/x", "https://a.b.friends.example", true, 403, ""},
		{"the pattern's parent", "OPTIONS", "/x", "https://friends.example", true, 403, ""},
		{"a look-alike", "OPTIONS", "/x", "https://evilfriends.example", true, 403, ""},
		{"another scheme", "OPTIONS", "/x", "http://app.example.org", true, 403, ""},
		{"another port", "OPTIONS", "/x", friend + ":8443", true, 403, ""},
		{"a prefix of the name", "OPTIONS", "/x", friend + ".evil.example", true, 403, ""},
		{"null", "OPTIONS", "/x", "null", true, 403, ""},
		{"OPTIONS that is not a preflight", "OPTIONS", "/open/x", friend, false, 200, friend + " true"},
		{"refusal of the gateway", "GET", "/x", friend, false, 401, friend + " true"},
		{"refusal of the plugin's", "POST", "/wp-json/jwt-auth/v1/token/validate", friend, false, 403, friend + " true"},
		{"bad path", "GET", "/a//../%2e", friend, false, 400, friend + " true"},
		{"upstream's origin is replaced", "GET", "/open/x", friend, false, 200, friend + " true"},
		{"taken out for unlisted origins", "GET", "/open/x", "https://evil.example", false, 200, ""},
		{"without an origin", "GET", "/open/x", "", false, 200, ""},
		{"keys", "GET", "/.well-known/jwks.json", friend, false, 200, friend + " true"},
	} {
		var headers []string
		if c.preflight {
			headers = []string{"Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "authorization,x-site-token"}
		}
		res := cross(t, c.method, public+c.path, c.origin, headers...)
		if res.StatusCode != c.status || corsOf(res) != c.cors {
			t.Errorf("%s: %d %q, want %d %q", c.name, res.StatusCode, corsOf(res), c.status, c.cors)
		}
		if vary := strings.Join(res.Header["Vary"], ","); !strings.Contains(vary, "Origin") {
			t.Errorf("%s: Vary is %q", c.name, vary)
		}
		if c.preflight && c.status == 204 {
			allowed := res.Header.Get("Access-Control-Allow-Headers")
			for _, want := range []string{"Authorization", "X-WP-Nonce", "X-Site-Token"} {
				if !strings.Contains(allowed, want) {
					t.Errorf("%s: allowed headers are %q without %s", c.name, allowed, want)
				}
			}
			if says := strings.Contains(allowed, "X-Tenant"); says != strings.HasPrefix(c.path, "/open/") {
				t.Errorf("%s: allowed headers are %q, want the upstream's only where it gets the preflight", c.name, allowed)
			}
			if res.Header.Get("Access-Control-Allow-Methods") == "" || res.Header.Get("Access-Control-Max-Age") != "600" {
				t.Errorf("%s: got headers %v, want allowed methods and Max-Age 600", c.name, res.Header)
			}
		}
		exposed := strings.Contains(res.Header.Get("Access-Control-Expose-Headers"), "X-Told")
		if want := strings.Contains(c.path, "/open/") && !c.preflight && c.cors != ""; exposed != want {
			t.Errorf("%s: exposes what the upstream does: %v, want %v", c.name, exposed, want)
		}
	}
}

// TestCORS_off: upstreams send their own CORS headers, a WordPress cannot allow cookies,
// and preflights are ordinary requests.
func TestCORS_off(t *testing.T) {
	_, public, _ := start(t, load(t, strings.Replace(corsConfig, "UPSTREAM", reflecting(t), 1)), nil)
	ask := []string{"Access-Control-Request-Method", "POST"}
	for path, want := range map[string]int{"/x": 401, "/open/x": 200} {
		if res := cross(t, "OPTIONS", public+path, friend, ask...); res.StatusCode != want {
			t.Errorf("%s: %d, want %d", path, res.StatusCode, want)
		}
	}
	if got := corsOf(cross(t, "GET", public+"/open/x", friend)); got != friend {
		t.Errorf("got the upstream's headers %q, want %q", got, friend)
	}
}

func TestCORS_anyOrigin(t *testing.T) {
	text := strings.Replace(corsConfig, "UPSTREAM", reflecting(t), 1) + "cors: {enabled: true}\n"
	_, public, _ := start(t, load(t, text), nil)
	for _, method := range []string{"GET", "OPTIONS"} {
		res := cross(t, method, public+"/open/x", "https://anybody.example", "Access-Control-Request-Method", "PUT")
		if got := corsOf(res); got != "*" {
			t.Errorf("%s: %q, want * without credentials", method, got)
		}
	}
}

// TestCORS_mounts: each site has its own origins, in any order of the mounts, and a site
// without origins has the general ones.
func TestCORS_mounts(t *testing.T) {
	const bank = "https://bank.example"
	const (
		blog    = "{name: blog, dialect: wpjwt, prefix: /blog, issuer: b, cors_origins: ['" + friendly + "']}"
		root    = "{name: root, dialect: wpjwt, cors_origins: ['" + friendly + "']}"
		plain   = "{name: plain, dialect: wpjwt, prefix: /blog, issuer: b}"
		hosted  = "{name: hosted, dialect: wpjwt, host: bank.example, issuer: h, cors_origins: ['" + bank + "']}"
		without = "{name: without, dialect: wpjwt, host: bank.example, issuer: h}"
	)
	for _, c := range []struct {
		mounts             []string
		host, path, origin string
		want               string
	}{
		{[]string{blog}, "h", "/blog/wp-json/jwt-auth/v1/token", friendly, friendly},
		{[]string{blog}, "h", "/blog/?rest_route=/wp/v2/posts", friendly, friendly},
		{[]string{blog}, "h", "/blog/wp-json/wp/v2/posts", friend, ""},
		{[]string{blog}, "h", "/wp-json/wp/v2/posts", friend, friend},
		{[]string{blog}, "h", "/wp-json/wp/v2/posts", friendly, ""},
		{[]string{root, plain}, "h", "/blog/wp-json/wp/v2/posts", friend, friend},
		{[]string{root, plain}, "h", "/blog/wp-json/wp/v2/posts", friendly, ""},
		{[]string{root, hosted}, "bank.example", "/wp-json/wp/v2/posts", bank, bank},
		{[]string{root, hosted}, "bank.example", "/wp-json/wp/v2/posts", friendly, ""},
		{[]string{root, hosted}, "bank.example", "/?rest_route=/wp/v2/posts", friendly, ""},
		{[]string{root, hosted}, "h", "/wp-json/wp/v2/posts", friendly, friendly},
		{[]string{root, hosted}, "h", "/wp-json/wp/v2/posts", bank, ""},
		{[]string{root, without}, "bank.example", "/wp-json/wp/v2/posts", friendly, ""},
		{[]string{root, without}, "bank.example", "/wp-json/wp/v2/posts", friend, friend},
	} {
		for range 2 {
			slices.Reverse(c.mounts)
			text := strings.Replace(corsConfig, "UPSTREAM", reflecting(t), 1)
			text = strings.Replace(text, "{name: site, dialect: wpjwt}", strings.Join(c.mounts, "\n  - "), 1)
			text += "cors: {enabled: true, origins: ['" + friend + "']}\nmethods: [{type: basic, sites: ['*']}]\ntokens: {sites: ['*']}\n"
			_, public, _ := start(t, load(t, text), nil)
			if got := corsOf(crossAt(t, c.host, "GET", public+c.path, c.origin)); got != c.want {
				t.Errorf("%v: %s%s from %s: %q, want %q", c.mounts, c.host, c.path, c.origin, got, c.want)
			}
		}
	}
}

// TestCORS_hook tests which changes hooks may make.
func TestCORS_hook(t *testing.T) {
	text := strings.Replace(corsConfig, "UPSTREAM", reflecting(t), 1) +
		"cors: {enabled: true, origins: ['" + friend + "'], credentials: true}\n"
	const unlisted = "https://unlisted.example"
	for name, c := range map[string]struct {
		hook   func(core.CORSHeaders) (core.CORSHeaders, error)
		origin string
		want   string
	}{
		"widened, without credentials": {func(h core.CORSHeaders) (core.CORSHeaders, error) { h.Allow = h.Origin; return h, nil }, unlisted, unlisted},
		"any, without credentials":     {func(h core.CORSHeaders) (core.CORSHeaders, error) { h.Allow = "*"; return h, nil }, friend, "*"},
		"narrowed":                     {func(h core.CORSHeaders) (core.CORSHeaders, error) { h.Allow = ""; return h, nil }, friend, ""},
		"another's origin":             {func(h core.CORSHeaders) (core.CORSHeaders, error) { h.Allow = friend; return h, nil }, unlisted, ""},
		"refused": {func(h core.CORSHeaders) (core.CORSHeaders, error) {
			return h, api.E(api.Denied, api.ReasonHook, "no")
		}, friend, ""},
		"by path": {func(h core.CORSHeaders) (core.CORSHeaders, error) {
			if h.Attempt.Path != "/open/x" {
				h.Allow = ""
			}
			return h, nil
		}, friend, friend + " true"},
		"a header that is two": {func(h core.CORSHeaders) (core.CORSHeaders, error) {
			h.Headers = "X-Evil\r\nSet-Cookie: a=b"
			return h, nil
		}, friend, friend + " true"},
	} {
		t.Run(name, func(t *testing.T) {
			s, public, _ := start(t, load(t, text), nil)
			must(t, s.Engine().Hooks().CORSHeaders.Bind("test", func(_ context.Context, h core.CORSHeaders) (core.CORSHeaders, error) { return c.hook(h) }))
			preflight := cross(t, "OPTIONS", public+"/open/x", c.origin, "Access-Control-Request-Method", "PUT")
			simple := cross(t, "GET", public+"/open/x", c.origin)
			if corsOf(simple) != c.want || corsOf(preflight) != c.want {
				t.Errorf("got %q, for a preflight %q; want %q", corsOf(simple), corsOf(preflight), c.want)
			}
			if _, set := preflight.Header["Set-Cookie"]; set || strings.Contains(preflight.Header.Get("Access-Control-Allow-Headers"), "X-Evil") {
				t.Errorf("the hook's header was passed on: %v", preflight.Header)
			}
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestCORS_credentials: hooks never see the credential of a request, whichever header
// carries it.
func TestCORS_credentials(t *testing.T) {
	var seen []string
	look := Hook{Name: "look", Bind: func(h *core.Hooks, name string, order hooks.Option) error {
		return h.CORSHeaders.BindView(name, func(_ context.Context, v hooks.View) error {
			seen = v.Keys("req.header.")
			return nil
		}, order)
	}}
	text := strings.Replace(corsConfig, "UPSTREAM", reflecting(t), 1) + "cors: {enabled: true, origins: ['" + friend + "']}\n"
	_, public, _ := startWith(t, load(t, text), Options{Hooks: []Hook{look}, Logger: slog.New(slog.DiscardHandler)})
	for _, name := range []string{"Authorization", "X-API-Key", "X-Site-Token", "x_site_token", "Cookie"} {
		cross(t, "GET", public+"/own/x", friend, name, "secret", "X-Plain", "x")
		if !slices.Contains(seen, "req.header.x-plain") || slices.ContainsFunc(seen, func(key string) bool { return route.IsAlias(key, "req.header."+name) }) {
			t.Errorf("with %s: hooks see %v", name, seen)
		}
	}
}
