package gateway

import (
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/wordpress"
)

const (
	encodedType = "application/x-www-form-urlencoded"
	partsType   = "multipart/form-data; boundary=b"
)

// field is a form with one part, whose name is written as given.
func field(name string) string {
	return "--b\r\nContent-Disposition: form-data; name=" + name + "\r\n\r\n/wp/v2/users\r\n--b--\r\n"
}

// TestServe_form: forms that name a route are refused for a WordPress; bodies that PHP
// does not parse as forms are forwarded.
func TestServe_form(t *testing.T) {
	public := []route.Rule{{Name: "all", Path: "/**", Access: route.Public}}
	g := newTestGateway(t, openEngine(t, core.Policy{Rules: public}), func(c *Config) { c.Inspectors = map[string]Inspector{"": wordpress.Inspector{}} })
	other := newTestGateway(t, openEngine(t, core.Policy{Rules: public}), nil)
	const bad = "a=b&rest_route=/wp/v2/users"
	for name, tc := range map[string]struct {
		body    string
		headers []string
		status  int
	}{
		"innocent":      {"a=b", []string{"Content-Type: " + encodedType}, 200},
		"guilty":        {bad, []string{"Content-Type: " + encodedType}, 400},
		"in capitals":   {bad, []string{"Content-Type: Application/X-WWW-Form-URLEncoded; charset=x"}, 400},
		"parts":         {field(`"rest_route"`), []string{"Content-Type: " + partsType}, 400},
		"quoted":        {field(`"a"`), []string{`Content-Type: multipart/form-data; charset=x; boundary="b"; x=y`}, 200},
		"in browsers":   {strings.ReplaceAll(field(`"a"`), "--b", "------WebKitFormBoundary7MA4"), []string{"Content-Type: multipart/form-data; boundary=----WebKitFormBoundary7MA4"}, 200},
		"as Firefox":    {strings.ReplaceAll(field(`"a"`), "--b", "-----------------------------9051914041544843365972754266"), []string{"Content-Type: multipart/form-data; boundary=---------------------------9051914041544843365972754266"}, 200},
		"two, in case":  {field(`"a"`), []string{"Content-Type: multipart/form-data; Boundary=c; x=boundary=b"}, 400},
		"no boundary":   {field(`"a"`), []string{"Content-Type: multipart/form-data"}, 400},
		"two of them":   {field(`"a"`), []string{"Content-Type: multipart/form-data; xboundary=a; boundary=b"}, 400},
		"one far away":  {field(`"a"`), []string{"Content-Type: multipart/form-data; boundary; x=b"}, 400},
		"empty":         {field(`"a"`), []string{`Content-Type: multipart/form-data; boundary=""`}, 400},
		"open":          {field(`"a"`), []string{`Content-Type: multipart/form-data; boundary="b`}, 400},
		"no RFC's":      {field(`"a"`), []string{"Content-Type: multipart/form-data; boundary=b b"}, 400},
		"long":          {field(`"a"`), []string{"Content-Type: multipart/form-data; boundary=" + strings.Repeat("b", 201)}, 400},
		"two types":     {"a=b", []string{"Content-Type: " + encodedType, "Content-Type: " + partsType}, 400},
		"two, one form": {bad, []string{"Content-Type: text/plain", "Content-Type: " + encodedType}, 400},
		"compressed":    {"a=b", []string{"Content-Type: " + encodedType, "Content-Encoding: gzip"}, 400},
		"no type":       {bad, nil, 200},
		"JSON":          {bad, []string{"Content-Type: application/json"}, 200},
	} {
		a := g.post(t, "/", tc.body, tc.headers...)
		if a.status != tc.status || tc.status == 400 && !strings.Contains(a.body, `"bad_path"`) {
			t.Errorf("%s: got %d %s, want %d", name, a.status, a.body, tc.status)
		}
		if a := other.post(t, "/", tc.body, tc.headers...); a.status != 200 {
			t.Errorf("%s to another application: got %d %s, want status 200", name, a.status, a.body)
		}
	}
}
