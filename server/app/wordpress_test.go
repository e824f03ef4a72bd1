package app

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/server/check"
)

// deadSite is a gateway whose WordPress database does not answer.
const deadSite = `
data: d
server: {listen: "127.0.0.1:0", admin_listen: "127.0.0.1:0", shutdown_delay: 0s}
users:
  - {type: store}
  - {type: wordpress, dsn: "ro:x@tcp(127.0.0.1:1)/wordpress"}
upstreams: {app: {url: "builtin:demo", identity: assertion, audience: "https://site.example"}}
rules:
  - {name: posts, path: "/wp-json/wp/v2/Posts", methods: [GET], access: public}
  - {name: batch, path: /wp-json/batch/v1, access: public}
  - {name: rest, path: /**}
mounts:
  - {name: site, dialect: wpjwt, directory: wordpress}
`

func TestServer_deadWordPress(t *testing.T) {
	_, public, admin := start(t, load(t, deadSite), nil)
	begin := time.Now()
	res, err := http.PostForm(public+"/wp-json/jwt-auth/v1/token", map[string][]string{"username": {"editor1"}, "password": {"x"}})
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("login: %d %s after %s, want 503", res.StatusCode, body, time.Since(begin))
	}
	for _, c := range []struct {
		url    string
		status int
		body   string
	}{
		{admin + "/readyz", 200, "ok"},
		{admin + "/metrics", 200, `cardea_directory_staleness_seconds{directory="wordpress"}`},
		{public + "/wp-json/wp/v2/posts", 200, "X-Cardea-Assertion"},
		{public + "/wp-json/wp/v2/POSTS/", 200, "X-Cardea-Assertion"},
		{public + "/?rest_route=/wp/v2/posts", 200, "X-Cardea-Assertion"},
		{public + "/index.php/wp-json/wp/v2/posts", 200, "X-Cardea-Assertion"},
		{public + "/wp-json/wp/v2/posts?rest_route=/wp/v2/users", 401, "no_credential"},
		{public + "/wp-json/wp/v2/posts?_method=DELETE", 401, "no_credential"},
		{public + "/?rest_route=/a&rest_route=/b", 400, "bad_path"},
	} {
		if status, body := get(t, c.url); status != c.status || !strings.Contains(body, c.body) {
			t.Errorf("%s: %d %s; want %d %s", c.url, status, body, c.status, c.body)
		}
	}
}

// TestServer_batch: rules apply to each request in a batch.
func TestServer_batch(t *testing.T) {
	_, public, _ := start(t, load(t, deadSite), nil)
	for inner, want := range map[string]int{
		`{"method":"GET","path":"/wp/v2/posts"}`: 200, `{"path":"/wp/v2/posts"}`: 401, `{"path":"//"}`: 400,
	} {
		res, err := http.Post(public+"/?rest_route=/batch/v1", "application/json", strings.NewReader(`{"requests":[`+inner+`]}`))
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("%s: got %d, want %d", inner, res.StatusCode, want)
		}
	}
}

// TestNew_identity: settings that an upstream's identity lacks are reported at the start,
// without secrets.
func TestNew_identity(t *testing.T) {
	const head = `
store: {driver: memory}
server: {listen: "127.0.0.1:0", admin_listen: "127.0.0.1:0"}
rules: [{name: all, path: /**}]
mounts: [{name: site, dialect: wpjwt, secret: %SECRET%}]
`
	for want, text := range map[string]string{
		"no dsn":      "users: [{type: wordpress}]\nupstreams: {app: {url: 'builtin:demo'}}\n",
		"no password": "upstreams: {app: {url: 'builtin:demo', identity: application-password, login: hunter}}\n",
		"no secret":   "upstreams: {app: {url: 'builtin:demo', identity: plugin-compat}}\n",
		"passwords_":  "upstreams: {app: {url: 'builtin:demo', identity: application-password, passwords_file: nowhere}}\n",
	} {
		cfg := load(t, strings.Replace(head, "%SECRET%", `""`, 1)+text)
		if want != "passwords_" && check.Check(cfg) == nil {
			t.Errorf("%s: the check finds nothing", want)
		}
		s, err := New(cfg, Options{})
		if err == nil {
			s.Stop(t.Context())
			t.Errorf("%s: the server starts", want)
		}
	}
}
