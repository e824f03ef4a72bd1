package app

import (
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
)

// TestRefusing: a bad token on another route is answered as the mount's plugin does, and
// elsewhere in Cardea's format.
func TestRefusing(t *testing.T) {
	const base = `
data: d
store: {driver: memory}
server: {listen: "127.0.0.1:0", admin_listen: "127.0.0.1:0", shutdown_delay: 0s}
upstreams: {app: {url: "builtin:demo"}}
rules: [{name: site, path: /**, access: optional}, {name: shut, path: /wp-json/shut/**}, {name: closed, path: /shut}]
`
	for _, c := range []struct {
		name, mounts, path string
		status             int
		says               string
	}{
		{"wpjwt", "mounts: [{name: m, dialect: wpjwt}]", "/wp-json/wp/v2/posts", 403, `"code":"jwt_auth_invalid_token"`},
		{"wpjwt below a prefix", "mounts: [{name: m, dialect: wpjwt, prefix: /blog}]", "/blog/wp-json/wp/v2/posts", 403, `"code":"jwt_auth_invalid_token"`},
		{"wpjwt by query", "mounts: [{name: m, dialect: wpjwt}]", "/?rest_route=/wp/v2/posts", 403, `"code":"jwt_auth_invalid_token"`},
		{"wpjwt does not look at pages", "mounts: [{name: m, dialect: wpjwt}]", "/page", 200, `"target":"/page"`},
		{"wpjwt told to deny", "mounts: [{name: m, dialect: wpjwt, on_bad_token: deny}]", "/page", 401, `"code":"token_malformed"`},
		{"wpjwt told to overlook", "mounts: [{name: m, dialect: wpjwt, on_bad_token: anonymous}]", "/wp-json/wp/v2/posts", 200, `"target"`},
		{"wpjwt stays required", "mounts: [{name: m, dialect: wpjwt}]", "/shut", 401, `"code":"token_malformed"`},
		{"outside every site", "mounts: [{name: m, dialect: usefulteam, prefix: /blog}]", "/page", 401, `"code":"token_malformed"`},
		{"at the host of a mount", "mounts: [{name: m, dialect: usefulteam, host: 127.0.0.1}]", "/page", 200, `"target":"/page"`},
		{"at another host", "mounts: [{name: m, dialect: usefulteam, host: else.example}]", "/page", 401, `"code":"token_malformed"`},
		{"the mount of the host governs", "mounts: [{name: m, dialect: wpjwt}, {name: h, dialect: usefulteam, issuer: 'https://h', host: 127.0.0.1}]" + anywhere, "/wp-json/wp/v2/posts", 200, `"target"`},
		{"the mount of the path governs", "mounts: [{name: m, dialect: wpjwt}, {name: b, dialect: usefulteam, issuer: 'https://b', prefix: /blog}]", "/blog/wp-json/wp/v2/posts", 200, `"target"`},
		{"cocart on its cart", "mounts: [{name: m, dialect: cocart}]", "/wp-json/cocart/v2/cart", 403, `"code":"cocart_authentication_error"`},
		{"cocart on another's", "mounts: [{name: m, dialect: cocart}]", "/wp-json/wc/x", 200, `"target":"/wp-json/wc/x"`},
		{"cocart on another's by query", "mounts: [{name: m, dialect: cocart}]", "/?rest_route=/wc/x", 200, `"target"`},
		{"cocart on a page", "mounts: [{name: m, dialect: cocart}]", "/hello", 200, `"target":"/hello"`},
		{"cocart1 on its cart", "mounts: [{name: m, dialect: cocart1}]", "/wp-json/cocart/v1/cart", 401, `"code":"cocart_jwt_auth`},
		{"cocart1 on another's", "mounts: [{name: m, dialect: cocart1}]", "/wp-json/wc/x", 200, `"target"`},
		{"cocart stays required", "mounts: [{name: m, dialect: cocart}]", "/wp-json/shut/x", 401, ``},
		{"miniorange on the REST API", "mounts: [{name: m, dialect: miniorange}]", "/wp-json/wp/v2/posts", 401, `"error":"SEGMENT_FAULT"`},
		{"miniorange on a page", "mounts: [{name: m, dialect: miniorange}]", "/hello", 200, `"target":"/hello"`},
		{"wpjwtpro is lenient", "mounts: [{name: m, dialect: wpjwtpro}]", "/wp-json/wp/v2/posts", 200, `"target"`},
		{"usefulteam is lenient", "mounts: [{name: m, dialect: usefulteam}]", "/wp-json/wp/v2/posts", 200, `"target":"/wp-json/wp/v2/posts"`},
		{"usefulteam told to deny", "mounts: [{name: m, dialect: usefulteam, on_bad_token: deny}]", "/page", 401, `"code":"token_malformed"`},
		{"required stays required", "mounts: [{name: m, dialect: usefulteam}]", "/wp-json/shut/x", 401, ``},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, public, _ := start(t, load(t, base+c.mounts+"\n"), slog.New(slog.DiscardHandler))
			r, err := http.NewRequestWithContext(t.Context(), "GET", public+c.path, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", "Bearer not.a.token")
			resp, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			body, err := io.ReadAll(resp.Body)
			if err != nil {
				t.Fatal(err)
			}
			if resp.StatusCode != c.status || !strings.Contains(string(body), c.says) {
				t.Errorf("got %d %s, want %d with %s", resp.StatusCode, body, c.status, c.says)
			}
		})
	}
}
