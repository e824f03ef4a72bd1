package app

import (
	"fmt"
	"strings"
	"testing"
)

// pagesConfig is an application behind the mounts that cardea dev writes, with rules for some
// of its pages.
const pagesConfig = `
data: d
store: {driver: memory}
server: {listen: "127.0.0.1:0", admin_listen: "127.0.0.1:0", shutdown_delay: 0s}
upstreams: {app: {url: "builtin:demo"%KIND%}}
mounts: [{name: auth, dialect: native}, {name: wp, dialect: wpjwt}]
rules:
  - {name: admin, path: /admin/**, roles: [administrator]}
  - {name: docs, path: /docs/index.php, roles: [administrator]}
  - {name: dashboard, path: /wp-admin/index.php, roles: [administrator]}
  - {name: front, path: /, roles: [administrator]}
  - {name: report, path: /report.pdf, roles: [administrator]}
  - {name: remove, path: /posts/**, methods: [DELETE], roles: [administrator]}
  - {name: all, path: /**}
`

// TestPages: other paths at which an application may serve a page are refused to those who may
// not have the page, for each kind of application. One that is only assumed to be a WordPress
// may be any other, too. Who may have the page gets it, unless a path is refused to all (400).
func TestPages(t *testing.T) {
	kinds := []string{"other", "wordpress", "auto"}
	servers := map[string]*testServer{}
	for _, kind := range kinds {
		servers[kind] = openServer(t, strings.Replace(pagesConfig, "%KIND%", ", kind: "+kind, 1))
	}
	for _, c := range []struct {
		line string
		want [3]int // for bob, who is no administrator, by kind
	}{
		{"GET /admin/x", [3]int{403, 403, 403}}, {"GET /x/y", [3]int{200, 200, 200}}, {"GET /x.json", [3]int{200, 200, 200}},
		// Formats and other endings.
		{"GET /admin.json", [3]int{403, 200, 403}}, {"GET /admin.tar.gz", [3]int{403, 200, 403}}, {"GET /admin.json/", [3]int{403, 200, 403}}, {"GET /report", [3]int{403, 200, 403}},
		{"DELETE /posts.json", [3]int{403, 200, 403}}, {"DELETE /posts/1", [3]int{403, 403, 403}},
		// Below scripts: a WordPress routes by what follows them, too.
		{"GET /index.php/admin/x", [3]int{400, 403, 400}}, {"GET /a/index.php/admin/x", [3]int{400, 200, 400}}, {"GET /index.php/x", [3]int{200, 200, 200}}, {"GET /index.php/", [3]int{400, 403, 400}},
		{"GET /index.php/admin.json", [3]int{403, 200, 403}},
		// Routes in the query.
		{"GET /index.php?/admin/x", [3]int{400, 403, 400}}, {"GET /a/?/admin/x", [3]int{403, 200, 403}}, {"GET /a/?%2Fadmin.json", [3]int{403, 200, 403}}, {"GET /a/?/x", [3]int{200, 200, 200}},
		// Data of pages.
		{"GET /_next/data/B/admin/x.json", [3]int{403, 200, 403}}, {"GET /page-data/admin/page-data.json", [3]int{403, 200, 403}}, {"GET /_next/data/B/x.json", [3]int{200, 200, 200}},
		// Directories and their indexes.
		{"GET /docs/", [3]int{403, 403, 403}}, {"GET /docs", [3]int{403, 403, 403}}, {"GET /wp-admin/", [3]int{403, 403, 403}}, {"GET /index.php", [3]int{400, 403, 400}}, {"GET /docs/x", [3]int{200, 200, 200}},
		// Methods in forms: a WordPress takes none from its body.
		{"POST /index.php/posts/1 _method=DELETE", [3]int{400, 200, 400}}, {"POST /posts.json _method=DELETE", [3]int{403, 200, 403}}, {"POST /posts.json a=b", [3]int{200, 200, 200}},
		// The REST API of what may be a WordPress has no other paths.
		{"GET /wp-json/wp/v2/x?/admin/x", [3]int{403, 200, 200}}, {"GET /x/?rest_route=/wp/v2/x", [3]int{200, 400, 400}},
		// Other applications serve the page, whatever the query says of a route.
		{"GET /?rest_route=/wp/v2/x", [3]int{403, 200, 403}}, {"GET /index.php?rest_route=/wp/v2/x", [3]int{400, 200, 400}}, {"GET /?/admin/x?a&rest_route=/y", [3]int{403, 200, 403}},
		{"POST /posts.json?rest_route=/y _method=DELETE", [3]int{403, 400, 400}}, {"GET /admin.json?rest_route=/y", [3]int{403, 400, 400}}, {"GET /wp-json/wp/v2/admin.json", [3]int{200, 200, 200}},
		// What a WordPress serves.
		{"GET /wp-content/themes/x/style.css", [3]int{200, 200, 200}}, {"POST /wp-login.php log=a", [3]int{200, 200, 200}}, {"GET /wp-admin/admin-ajax.php?action=x", [3]int{200, 200, 200}},
		{"GET /2024/10/hello/", [3]int{200, 200, 200}}, {"GET /feed/", [3]int{200, 200, 200}},
	} {
		for i, kind := range kinds {
			for user, want := range map[string]int{"bob": c.want[i], "alice": min(c.want[i], 400)} {
				if want == 400 && c.want[i] == 403 {
					want = 200
				}
				if got := servers[kind].line(c.line, basic(user, password)); got.status != want {
					t.Errorf("kind %s: %s as %s: got %d %.200s, want %d", kind, c.line, user, got.status, got.body, want)
				}
			}
		}
	}
}

// line sends a request: its method, its target and, after a blank, its form.
func (g *testServer) line(text string, header string) answer {
	g.t.Helper()
	method, rest, _ := strings.Cut(text, " ")
	target, form, _ := strings.Cut(rest, " ")
	head := fmt.Sprintf("%s %s HTTP/1.1\r\nHost: h\r\nConnection: close\r\n%s\r\n", method, target, header)
	if form != "" {
		head += fmt.Sprintf("Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n", len(form))
	}
	return g.raw(loopback, head+"\r\n"+form)
}
