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

// field is a form of one part with a name as it is written in the part's header.
func field(name string) string {
	return "--b\r\nContent-Disposition: form-data; name=" + name + "\r\n\r\n/wp/v2/users\r\n--b--\r\n"
}

// TestServe_form: forms that name a route are for nobody's WordPress; whatever is
// no form to PHP goes on as it is.
func TestServe_form(t *testing.T) {
	public := []route.Rule{{Name: "all", Path: "/**", Access: route.Public}}
	g := newGate(t, openEngine(t, core.Policy{Rules: public}), func(c *Config) { c.Inspectors = map[string]Inspector{"": wordpress.Inspector{}} })
	other := newGate(t, openEngine(t, core.Policy{Rules: public}), nil)
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
			t.Errorf("%s: got %d %s", name, a.status, a.body)
		}
		if a := other.post(t, "/", tc.body, tc.headers...); a.status != 200 {
			t.Errorf("%s to another application: got %d %s", name, a.status, a.body)
		}
	}
}

// TestServe_formMethod: a method that a form names is held to the rule for it, whoever
// reads the form.
func TestServe_formMethod(t *testing.T) {
	rules := []route.Rule{
		{Name: "delete", Path: "/posts/**", Methods: []string{"DELETE"}, Roles: []string{"administrator"}},
		{Name: "owner", Path: "/owner/**", Roles: []string{"administrator"}},
		{Name: "all", Path: "/**", Access: route.Public},
	}
	g := newGate(t, openEngine(t, core.Policy{Rules: rules}), nil)
	part := func(name, value string) string {
		return "--b\r\nContent-Disposition: form-data; name=" + name + "\r\n\r\n" + value + "\r\n--b--\r\n"
	}
	for _, c := range []struct {
		target, kind, body, header string
		want                       int
	}{
		{"/posts/1", encodedType, "a=b&_method=DELETE", "X: y", 400},
		{"/posts/1", encodedType, "a=b&%5Fmethod=delete", "X: y", 400},
		{"/posts/1", encodedType, "_method=DELETE%00", "X: y", 400},
		{"/posts/1", encodedType, "_method=PUT&a=b", "X: y", 200},
		{"/posts/1", encodedType, "a=_method", "X: y", 200},
		{"/posts/1", encodedType, "a=" + strings.Repeat("b", 1<<20), "X: y", 400},
		{"/posts/1", encodedType, "a=b", "Content-Encoding: gzip", 400},
		{"/posts/1", partsType, part(`"_method"`, "DELETE"), "X: y", 400},
		{"/posts/1", partsType, part("_method", "delete"), "X: y", 400},
		{"/posts/1", partsType, part(`"_method"`, "PUT"), "X: y", 200},
		{"/posts/1", partsType, part(`"a"`, "_method DELETE"), "X: y", 200},
		{"/posts/1", "application/json", `{"_method":"DELETE"}`, "X: y", 200},
		{"/other", encodedType, "_method=DELETE", "X: y", 200},
		{"/other", encodedType, "a=" + strings.Repeat("b", 1<<20), "X: y", 200},
		{"/other", encodedType, "_method=MOVE", "Destination: /owner/y", 401},
		{"/other", encodedType, "a=b", "Destination: Paris", 200},
	} {
		a := g.post(t, c.target, c.body, "Content-Type: "+c.kind, c.header)
		seen := g.seen.take()
		if a.status != c.want || (len(seen) == 1) != (c.want == 200) {
			t.Errorf("%s %s %.80q, %s: %d %s, want %d", c.target, c.kind, c.body, c.header, a.status, a.body, c.want)
		}
	}
}
