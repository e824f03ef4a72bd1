package e2e

import (
	_ "embed"
	"encoding/json"
	"maps"
	"net/url"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/examples/e2e/parts"
)

//go:embed corslogin.html
var corsLoginPage []byte

// corsLoginConfig has a mount of each dialect, and no CORS settings.
const corsLoginConfig = `
store: {driver: memory}
server: {shutdown_delay: 0s}
upstreams: {app: {url: "builtin:demo"}}
rules: [{name: all, path: /**}]
mounts:
  - {name: native, dialect: native}
  - {name: wpjwt, dialect: wpjwt, prefix: /wpjwt, issuer: "https://a.example"}
  - {name: wpjwtpro, dialect: wpjwtpro, prefix: /wpjwtpro, issuer: "https://b.example"}
  - {name: usefulteam, dialect: usefulteam, prefix: /usefulteam, issuer: "https://c.example"}
  - {name: cocart, dialect: cocart, prefix: /cocart, issuer: "https://d.example"}
  - {name: cocart1, dialect: cocart1, prefix: /cocart1, issuer: "https://e.example"}
  - {name: miniorange, dialect: miniorange, prefix: /miniorange, secret: 0123456789abcdef0123456789abcdef}
`

// pageCall is a call of the page.
type pageCall struct {
	Name   string `json:"name"`
	Method string `json:"method"`
	Path   string `json:"path"`
	Type   string `json:"type,omitempty"`   // Content-Type of the body
	Body   string `json:"body,omitempty"`   // no body for ""
	Bearer string `json:"bearer,omitempty"` // "good" is the token of the last login
}

// pageCalls are a login in both forms, a bad token, a good one, and what a rule refuses.
func pageCalls(login, validateMethod, validate, other string) []pageCall {
	const anna = `{"username":"anna","password":"pw-pw-pw-pw"}`
	return []pageCall{
		{Name: "form", Method: "POST", Path: login, Type: "application/x-www-form-urlencoded", Body: "username=anna&password=pw-pw-pw-pw"},
		{Name: "json", Method: "POST", Path: login, Type: "application/json", Body: anna},
		{Name: "wrong", Method: "POST", Path: login, Type: "application/json", Body: strings.Replace(anna, "pw-", "no-", 1)},
		{Name: "bad", Method: validateMethod, Path: validate, Bearer: "bad"},
		{Name: "good", Method: validateMethod, Path: validate, Bearer: "good"},
		{Name: "refused", Method: "DELETE", Path: other},
	}
}

// seenOf is what the page may read, by the calls of pageCalls.
func seenOf(form, json, wrong, bad, good, refused string) map[string]string {
	return map[string]string{"form": form, "json": json, "wrong": wrong, "bad": bad, "good": good, "refused": refused}
}

// TestCORS_login logs in at each dialect from a page of another origin in Chromium. It may
// read what it may read at the plugin: all answers, except those of miniOrange's plugin.
// With CORS configured for its origin it may read these, too. Native endpoints allow no
// DELETE, and the demo upstream, which answers a good token at cocart1, allows no origin.
func TestCORS_login(t *testing.T) {
	chromium := parts.Find(t, "chromium", "chromium")
	page := newPage(t, corsLoginPage)
	const jwt, hidden = "/wp-json/jwt-auth/v1/token", "TypeError"
	open := corsGateway(t, corsLoginConfig)
	listed := corsGateway(t, corsLoginConfig+"cors: {enabled: true, credentials: true, origins: ["+page.origin+"]}\n")
	for name, c := range map[string]struct {
		gateway string
		calls   []pageCall
		want    map[string]string
	}{
		"native":     {open, pageCalls("/auth/login", "GET", "/auth/me", "/auth/apikeys/leaked"), seenOf("400", "200", "401", "401", "200", hidden)},
		"wpjwt":      {open, pageCalls("/wpjwt"+jwt, "POST", "/wpjwt"+jwt+"/validate", "/wpjwt/wp-json/x"), seenOf("200", "200", "403", "403", "200", "401")},
		"wpjwtpro":   {open, pageCalls("/wpjwtpro"+jwt, "POST", "/wpjwtpro"+jwt+"/validate", "/wpjwtpro/wp-json/x"), seenOf("200", "200", "403", "403", "200", "401")},
		"usefulteam": {open, pageCalls("/usefulteam"+jwt, "POST", "/usefulteam"+jwt+"/validate", "/usefulteam/wp-json/x"), seenOf("200", "200", "401", "401", "200", "401")},
		"cocart":     {open, pageCalls("/cocart/wp-json/cocart/v2/login", "POST", "/cocart/wp-json/cocart/jwt/validate-token", "/cocart/wp-json/x"), seenOf("200", "200", "401", "403", "200", "401")},
		"cocart1":    {open, pageCalls("/cocart1/wp-json/cocart/v2/login", "GET", "/cocart1/wp-json/cocart/v2/cart", "/cocart1/wp-json/x"), seenOf("200", "200", "401", "401", hidden, "401")},
		"miniorange": {open, pageCalls("/miniorange/wp-json/api/v1/token", "GET", "/miniorange/wp-json/api/v1/token-validate", "/miniorange/wp-json/x"), seenOf(hidden, hidden, hidden, hidden, hidden, hidden)},
		"miniorange, listed": {listed, pageCalls("/miniorange/wp-json/api/v1/token", "GET", "/miniorange/wp-json/api/v1/token-validate", "/miniorange/wp-json/x"),
			seenOf("200", "200", "400", "401", "200", "401")},
	} {
		calls, err := json.Marshal(c.calls)
		if err != nil {
			t.Fatal(err)
		}
		got := page.visit(t, chromium, url.Values{"gateway": {c.gateway}, "calls": {string(calls)}})
		if !maps.Equal(got, c.want) {
			t.Errorf("%s: the page saw %v, want %v", name, got, c.want)
		}
	}
}
