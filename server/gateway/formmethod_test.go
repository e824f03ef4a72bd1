package gateway

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// TestServe_formMethod: the rule for a method that a form names applies, for every kind
// of application.
func TestServe_formMethod(t *testing.T) {
	rules := []route.Rule{
		{Name: "delete", Path: "/posts/**", Methods: []string{"DELETE"}, Roles: []string{"administrator"}},
		{Name: "cache", Path: "/cache/**", Methods: []string{"PURGE", "LINK"}, Roles: []string{"administrator"}},
		{Name: "owner", Path: "/owner/**", Roles: []string{"administrator"}},
		{Name: "all", Path: "/**", Access: route.Public},
	}
	g := newTestGateway(t, openEngine(t, core.Policy{Rules: rules}), nil)
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
		{"/posts/1", encodedType, "X-HTTP-Method-Override=DELETE", "X: y", 400},
		{"/posts/1", encodedType, "a=b&x-http-method=delete", "X: y", 400},
		{"/posts/1", encodedType, "X-HTTP-Method-Override=PUT&a=b", "X: y", 200},
		{"/posts/1", encodedType, "a=X-HTTP-Method-Override&X-Method=DELETE", "X: y", 200},
		{"/posts/1", encodedType, "_method=PUT&X-Method-Override=PUT", "X: y", 400},
		{"/posts/1", partsType, part(`"X-HTTP-Method-Override"`, "DELETE"), "X: y", 400},
		{"/posts/1", partsType, part(`"X-HTTP-Method-Override"`, "PUT"), "X: y", 200},
		{"/posts/1", "application/json", `{"X-HTTP-Method-Override":"PUT"}`, "X: y", 200},
		{"/posts/1", "application/json", `{"X-HTTP-Method-Override":"DELETE"}`, "X: y", 400},
		{"/posts/1", encodedType, "a=_method", "X: y", 200},
		{"/posts/1", encodedType, "a=" + strings.Repeat("b", 1<<20), "X: y", 200},
		{"/posts/1", encodedType, "a=" + strings.Repeat("b", 1<<20) + "&_method=DELETE", "X: y", 400},
		{"/posts/1", encodedType, "a=" + strings.Repeat("b", 1<<20) + "&_method=PUT", "X: y", 400},
		{"/posts/1", partsType, part(`"a"`, strings.Repeat("b", 3<<20)), "X: y", 200},
		{"/posts/1", partsType, part(`"a"`, strings.Repeat("b", 3<<20)) + part(`"_method"`, "DELETE"), "X: y", 400},
		{"/posts/1", encodedType, "a=b", "Content-Encoding: gzip", 400},
		{"/posts/1", partsType, part(`"_method"`, "DELETE"), "X: y", 400},
		{"/posts/1", partsType, part("_method", "delete"), "X: y", 400},
		{"/posts/1", partsType, part(`"_method"`, "PUT"), "X: y", 200},
		{"/posts/1", partsType, part(`"a"`, "_method DELETE"), "X: y", 200},
		{"/posts/1", partsType, part("\"_method\"\r\nX: \n\nPOST\n", "DELETE"), "X: y", 400},
		{"/posts/1", partsType, part("\"_method\"\r\nContent-Transfer-Encoding: base64", "REVMRVRF"), "X: y", 400},
		{"/posts/1", partsType, "--b\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: form-data; name=\"_method\"\r\n\r\nREVMRVRF\r\n--b--\r\n", "X: y", 400},
		{"/posts/1", partsType, "--b\r\ncontent-transfer-encoding :\r\n base64\r\n--x\r\nContent-Disposition: form-data; name=\"_method\"\r\n\r\nREVMRVRF\r\n--b--\r\n", "X: y", 400},
		{"/posts/1", partsType, "--b\r\nContent-Transfer-Encoding: 8bit\r\nContent-Disposition: form-data; name=\"_method\"\r\n\r\nPUT\r\n--b--\r\n", "X: y", 200},
		{"/posts/1", partsType, "--b\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nREVMRVRF\r\n--b--\r\n", "X: y", 200},
		{"/posts/1", partsType, part(`="_method"`, "DELETE"), "X: y", 400},
		{"/posts/1", partsType, part(`==_method`, "DELETE"), "X: y", 400},
		{"/posts/1", partsType, part("_met\nhod", "DELETE"), "X: y", 400},
		{"/posts/1", partsType, part("\"_\r\nmethod\"", "DELETE"), "X: y", 400},
		{"/posts/1", partsType, part("_met\r\nhod\r\nX : y", "DELETE"), "X: y", 400},
		{"/posts/1", partsType, part("_met\nh\nod\x00:\nX : y", "DELETE"), "X: y", 400},
		{"/posts/1", partsType, "--b\r\nContent-Disposition: form-data; na\nme=_method\r\n\r\nDELETE\r\n--b--\r\n", "X: y", 400},
		{"/posts/1", partsType, part("_method", "PUT"), "X: y", 200},
		{"/posts/1", partsType, part(`"a"`, "x\r\n_method\r\nDELETE"), "X: y", 200},
		{"/posts/1", partsType, part(`=' .method'`, "DELETE"), "X: y", 400},
		{"/posts/1", partsType, part(`=="=?utf-8?q?=5fmethod?="`, "DELETE"), "X: y", 400},
		{"/posts/1", partsType, part(`"_method"`, "\r\nDELETE"), "X: y", 400},
		{"/posts/1", partsType, part(`"\_method"`, "DELETE"), "X: y", 400},
		{"/posts/1", partsType, part(`"_m\ethod"`, "DELETE"), "X: y", 400},
		{"/posts/1", partsType, part(`"[_method]"`, "DELETE"), "X: y", 400},
		{"/posts/1", partsType, part(`"_METHOD"`, "DELETE"), "X: y", 400},
		{"/posts/1", partsType, part(`"x"; name*=utf-8'en'%5fmethod`, "DELETE"), "X: y", 400},
		{"/posts/1", partsType, part(`"x"; name*0="_me"; name*1="thod"`, "DELETE"), "X: y", 400},
		{"/posts/1", partsType, part(`"x"; Name*0*=utf-8''%5fme; name*1=thod`, "DELETE"), "X: y", 400},
		{"/posts/1", partsType, part(`"x";name *= utf-8''a`, "b"), "X: y", 400},
		{"/posts/1", partsType, part(`"=?UTF-8?B?X21ldGhvZA==?="`, "DELETE"), "X: y", 400},
		{"/posts/1", partsType, part(`=?utf-8?q?=5fmethod?=`, "DELETE"), "X: y", 400},
		{"/posts/1", partsType, part("\r\n \"=?utf-8?q?=5fmethod?=\"", "DELETE"), "X: y", 400},
		{"/posts/1", partsType, part(`"a"; filename*=utf-8''b.png; filename="=?utf-8?q?b?="`, "c"), "X: y", 200},
		{"/posts/1", partsType, part(`"a"`, "name*0=b; file name*1"), "X: y", 200},
		{"/posts/1", partsType, part(`"shipping_method"`, "DELETE"), "X: y", 200},
		{"/posts/1", partsType, "--b\r\nContent-ID: <_method>\r\n\r\nDELETE\r\n--b--\r\n", "X: y", 400},
		{"/posts/1", partsType, part(`"_method"`, "PUT") + part(`"_method"`, "PUT"), "X: y", 400},
		{"/posts/1", "multipart/mixed; boundary=b", part(`"_method"`, "DELETE"), "X: y", 400},
		{"/posts/1", "multipart/related; boundary=b", part(`"_method"`, "DELETE"), "X: y", 400},
		{"/posts/1", "", "_method=DELETE", "X: y", 400},
		{"/posts/1", "", "_method=PUT", "X: y", 200},
		{"/posts/1", "", "a=b", "X: y", 200},
		{"/posts/1", "text/plain", "_method=DELETE", "Content-Type: " + encodedType, 400},
		{"/posts/1", "x", "_method=DELETE", "X: y", 400},
		{"/posts/1", "application/unknown", "_method=DELETE", "X: y", 400},
		{"/posts/1", encodedType, "_METHOD=DELETE", "X: y", 400},
		{"/posts/1", encodedType, "_Method=PUT", "X: y", 200},
		{"/posts/1", encodedType, "[_method]=DELETE", "X: y", 400},
		{"/posts/1", encodedType, "a=b&+_method=DELETE", "X: y", 400},
		{"/posts/1", encodedType, "_method%00x=DELETE", "X: y", 400},
		{"/posts/1", encodedType, "%00_%00m%00e%00t%00h%00o%00d=%00D", "X: y", 400},
		{"/posts/1", encodedType, "_method=PUT&_method=PUT", "X: y", 400},
		{"/posts/1", encodedType, "payment_method=DELETE&_methods=b", "X: y", 200},
		{"/posts/1", encodedType + "; charset=utf-16", "a=b", "X: y", 400},
		{"/posts/1", encodedType + "; charset=ibm037", "\x6d\x94\x85", "X: y", 400},
		{"/posts/1", encodedType + "; charset=utf-8; charset*=utf-16", "a=b", "X: y", 400},
		{"/posts/1", encodedType + `; charset="UTF-8"`, "a=b", "X: y", 200},
		{"/posts/1", "application/json", `{"_method":"PUT"}`, "X: y", 200},
		{"/posts/1", "application/json", `{"_method" : "put", "a": 1}`, "X: y", 200},
		{"/posts/1", "application/json", `{"\u005fmethod":"DELETE"}`, "X: y", 400},
		{"/posts/1", "application/json", `{"_method":["PUT"]}`, "X: y", 400},
		{"/posts/1", "application/json", `{"_method":"PUT","_method":"DELETE"}`, "X: y", 400},
		{"/posts/1", "application/json", "{\x00\"\x00_\x00m\x00e\x00t\x00h\x00o\x00d\x00\"\x00:", "X: y", 400},
		{"/posts/1", "application/json", `{"payment_method":"DELETE","a":"a _method"}`, "X: y", 200},
		{"/posts/1", "application/json", `{"a":"` + strings.Repeat("b", 1<<20) + `"}`, "X: y", 200},
		{"/posts/1", "application/json", `{"a":"` + strings.Repeat("b", 1<<20) + `","_method":"DELETE"}`, "X: y", 400},
		{"/posts/1", "application/vnd.api+json", `{"_method":"DELETE"}`, "X: y", 400},
		{"/posts/1", "application/json", `{"a":"b"}`, "Content-Encoding: identity", 400},
		{"/posts/1", "application/json", "\x1f\x8b", "Content-Encoding: gzip", 400},
		{"/posts/1", "application/json; charset=utf-16", "\x1f\x8b", "Content-Encoding: gzip", 400},
		{"/posts/1", "application/xml", "<r/>", "Content-Encoding: br", 400},
		{"/posts/1", "application/unknown", "a", "Content-Encoding: x", 400},
		{"/posts/1", "application/xml", "<r xmlns:a='b'><a:_method>DELETE</a:_method></r>", "X: y", 400},
		{"/posts/1", "application/xml", "<r><_METHOD>DELETE</_METHOD></r>", "X: y", 400},
		{"/posts/1", "image/svg+xml", "<r><_METHOD>DELETE</_METHOD></r>", "X: y", 400},
		{"/posts/1", "text/plain; a=application/json", `{"_method":"DELETE"}`, "X: y", 400},
		{"/posts/1", "text/plain; charset=utf-16", "_method=DELETE", "X: y", 200},
		{"/posts/1", "application/octet-stream", "_method=DELETE", "Content-Encoding: gzip", 200},
		{"/posts/1", "image/png", strings.Repeat("b", 2<<20), "X: y", 200},
		{"/posts./1", encodedType, "_method=DELETE", "X: y", 400},
		{"/cache/1", encodedType, "_method=PURGE", "X: y", 400},
		{"/cache/1", encodedType, "_method=link", "X: y", 400},
		{"/cache/1", encodedType, "_method=DELETE", "X: y", 200},
		{"/other", "application/json", `{"_method":"DELETE"}`, "Content-Encoding: gzip", 200},
		{"/posts/1", "application/json", `{"_method":"DELETE"}`, "X: y", 400},
		{"/other", encodedType, "_method=DELETE", "X: y", 200},
		{"/other", encodedType, "a=" + strings.Repeat("b", 1<<20), "X: y", 200},
		{"/other", encodedType, "_method=MOVE", "Destination: /owner/y", 401},
		{"/other", encodedType, "a=b", "Destination: Paris", 200},
	} {
		a := g.post(t, c.target, c.body, "Content-Type: "+c.kind, c.header)
		seen := g.seen.take()
		begun := len(c.body) > 1<<20 // the application sees that the body is incomplete
		if a.status != c.want || (len(seen) == 1) != (c.want == 200) && !begun {
			t.Errorf("%s %s %.80q, %s: %d %s, want %d", c.target, c.kind, c.body, c.header, a.status, a.body, c.want)
		}
	}
}

// TestServe_formOfOtherMethods: CakePHP takes _method out of the URL-encoded form of a PUT, PATCH
// or DELETE, too.
func TestServe_formOfOtherMethods(t *testing.T) {
	rules := []route.Rule{
		{Name: "delete", Path: "/posts/**", Methods: []string{"DELETE"}, Roles: []string{"administrator"}},
		{Name: "put", Path: "/pages/**", Methods: []string{"PUT", "PATCH"}, Roles: []string{"administrator"}},
		{Name: "all", Path: "/**", Access: route.Public},
	}
	g := newTestGateway(t, openEngine(t, core.Policy{Rules: rules}), nil)
	for _, c := range []struct {
		method, target, kind, body string
		want                       int
	}{
		{"PUT", "/posts/1", encodedType, "_method=DELETE", 400}, {"PATCH", "/posts/1", encodedType, "a=b&_METHOD=delete", 400}, {"DELETE", "/pages/1", encodedType, "_method=PUT", 400},
		{"PUT", "/posts/1", strings.ToUpper(encodedType) + "; charset=utf-8", "%5Fmethod=DELETE", 400}, {"PUT", "/posts/1", encodedType, "X-HTTP-Method-Override=DELETE", 400},
		{"PUT", "/posts/1", encodedType, "_method=PATCH", 200}, {"PUT", "/posts/1", encodedType, "a=_method", 200}, {"PUT", "/other", encodedType, "_method=DELETE", 200},
		{"PUT", "/posts/1", "application/json", `{"_method":"DELETE"}`, 200}, {"PUT", "/posts/1", partsType, "--b--", 200}, {"PUT", "/posts/1", "image/png", "_method=DELETE", 200},
		{"DELETE", "/pages/1", encodedType, "a=b", 200}, {"QUERY", "/posts/1", encodedType, "_method=DELETE", 200},
	} {
		head := request(c.method, c.target, "Content-Type: "+c.kind, fmt.Sprintf("Content-Length: %d", len(c.body)))
		if a := g.send(t, head+c.body, 1)[0]; a.status != c.want || (len(g.seen.take()) == 1) != (c.want == 200) {
			t.Errorf("%s %s %s %q: %d %s, want %d", c.method, c.target, c.kind, c.body, a.status, a.body, c.want)
		}
	}
}

// TestServe_formMethodWordPress: an application that is only assumed to be a WordPress may be
// one that takes the method from a body. A WordPress does not, and the REST routes of one
// are no other application's.
func TestServe_formMethodWordPress(t *testing.T) {
	rules := []route.Rule{
		{Name: "posts", Path: "/posts/**", Methods: []string{"DELETE"}, Roles: []string{"administrator"}},
		{Name: "admin", Path: "/wp-admin/**", Methods: []string{"DELETE"}, Roles: []string{"administrator"}},
		{Name: "rest", Path: "/wp-json/wp/**", Methods: []string{"DELETE"}, Roles: []string{"administrator"}},
		{Name: "index", Path: "/index.php/**", Methods: []string{"DELETE"}, Roles: []string{"administrator"}},
		{Name: "all", Path: "/**", Access: route.Public},
	}
	policy := core.Policy{Rules: rules, Application: core.Application{Read: func(_, method, path, query string) (route.Reading, error) {
		return wordpress.Reader{}.Read(method, path, query)
	}}}
	gates := map[bool]*testGateway{}
	for _, assumed := range []bool{true, false} {
		gates[assumed] = newTestGateway(t, openEngine(t, policy), func(c *Config) {
			c.Inspectors = map[string]Inspector{"": wordpress.Inspector{Assumed: assumed}}
		})
	}
	upload := "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n" + strings.Repeat("b", 3<<20) + "\r\n--b\r\nContent-Disposition: form-data; name=\"c\"\r\n\r\nd\r\n--b--\r\n"
	hidden := strings.Replace(upload, `"c"`, `"_method"`, 1)
	for _, c := range []struct {
		target, kind, body, header string
		assumed, known             int
	}{
		{"/posts/1", encodedType, "_method=DELETE", "X: y", 400, 200},
		{"/posts/1", encodedType, "_method=PUT", "X: y", 200, 200},
		{"/posts/1", encodedType, "a=b", "X: y", 200, 200},
		{"/posts/1", encodedType, "a=b&_method=PUT&_method=PUT", "X: y", 400, 200},
		{"/posts/1", "application/json", `{"_method":"DELETE"}`, "X: y", 400, 200},
		{"/wp-admin/post.php", encodedType, "_method=DELETE", "X: y", 400, 200},
		{"/wp-admin/async-upload.php", partsType, upload, "X: y", 200, 200},
		{"/wp-admin/async-upload.php", partsType, hidden, "X: y", 400, 200},
		{"/wp-json/wp/v2/posts/1", "application/json", `{"_method":"DELETE"}`, "X: y", 200, 200},
		{"/wp-json/wp/v2/posts/1?_method=DELETE", "application/json", `{}`, "X: y", 401, 401},
		{"/?rest_route=/wp/v2/posts/1", "application/json", `{"_method":"DELETE"}`, "X: y", 200, 200},
		{"/wp-json/wp/v2/media", "application/json", `{"_method":"` + strings.Repeat("b", 2<<20) + `"}`, "X: y", 200, 200},
		{"/index.php/wp-json/wp/v2/posts/1", "application/json", `{"_method":"DELETE"}`, "X: y", 200, 200},
		{"/index.php/wp-json/wp/v2/posts/index.php", "application/json", `{"_method":"DELETE"}`, "X: y", 400, 200}, // also a page
		{"/other", encodedType, "_method=DELETE", "X: y", 200, 200},
	} {
		for assumed, want := range map[bool]int{true: c.assumed, false: c.known} {
			if a := gates[assumed].post(t, c.target, c.body, "Content-Type: "+c.kind, c.header); a.status != want {
				t.Errorf("%s %s %.60q, assumed %v: %d %s, want %d", c.target, c.kind, c.body, assumed, a.status, a.body, want)
			}
		}
	}
}

// TestServe_formMethodHooks: hooks are also called for a method that a body names.
func TestServe_formMethodHooks(t *testing.T) {
	h := core.NewHooks()
	h.RouteAccess.Bind("no-delete", func(_ context.Context, a core.Access) (core.Access, error) {
		if a.Attempt.Method == "DELETE" {
			return a, api.E(api.Denied, "no_delete", "no")
		}
		return a, nil
	})
	g := newTestGateway(t, openEngine(t, core.Policy{Rules: []route.Rule{{Name: "all", Path: "/**"}}, Hooks: h}), nil)
	for _, c := range []struct {
		kind, body string
		want       int
	}{
		{encodedType, "_method=DELETE", 403},
		{encodedType, "_method=PUT", 200},
		{encodedType, "a=b", 200},
		{"application/json", `{"_method":"DELETE"}`, 403},
		{"application/json", `{"_method":1}`, 400},
		{"application/octet-stream", "_method=DELETE", 200},
	} {
		if a := g.post(t, "/x", c.body, "Content-Type: "+c.kind, valid); a.status != c.want {
			t.Errorf("%s %s: %d %s, want %d", c.kind, c.body, a.status, a.body, c.want)
		}
	}
}
