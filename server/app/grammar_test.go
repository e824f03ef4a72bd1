package app

import (
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
)

// TestGrammar: a server reads Authorization on a mount's routes as the plugin does and
// strictly elsewhere, and accepts one kind of credential if a mount has a mode.
func TestGrammar(t *testing.T) {
	const base = `
data: d
store: {driver: memory}
server: {listen: "127.0.0.1:0", admin_listen: "127.0.0.1:0", shutdown_delay: 0s}
upstreams: {app: {url: "builtin:demo"}}
`
	const open, shut = "rules: [{name: site, path: /**, access: optional}]\n", "rules: [{name: site, path: /**}]\n"
	const wpjwt, jwt = "mounts: [{name: m, dialect: wpjwt}]\n", "methods: [{type: jwt}]\n"
	for _, c := range []struct {
		name, config, path, auth string
		status                   int
		says                     string
	}{
		{"overlooked by wpjwt", open + jwt + wpjwt, "/wp-json/wp/v2/posts", "bearer x", 200, `"target":"/wp-json/wp/v2/posts"`},
		{"overlooked scheme", open + jwt + wpjwt, "/wp-json/wp/v2/posts", "Token x", 200, `"target":"/wp-json/wp/v2/posts"`},
		{"Basic without a method", open + jwt + wpjwt, "/?rest_route=/wp/v2/posts", "Basic YTpi", 200, `"target"`},
		{"Basic with a method", open + "methods: [{type: jwt}, {type: basic}]\n" + wpjwt, "/wp-json/wp/v2/posts", "Basic YTpi", 401, ``},
		{"no blank", open + jwt + wpjwt, "/wp-json/wp/v2/posts", "Bearerx", 403, `jwt_auth_invalid_token`},
		{"another page is nothing to wpjwt", open + jwt + wpjwt, "/page", "Token x", 200, `"target":"/page"`},
		{"and strict where it asks", shut + jwt + wpjwt, "/page", "Token x", 401, `bad_credential`},
		{"an unknown scheme is the application's", open + jwt, "/wp-json/wp/v2/posts", "Token x", 200, `"Authorization":["Token x"]`},
		{"no plugin is strict", shut + jwt, "/wp-json/wp/v2/posts", "Token x", 401, `bad_credential`},
		{"mode refuses a token", shut + "methods: [{type: jwt}, {type: basic}]\nmounts: [{name: m, dialect: miniorange, mode: basic}]\n",
			"/wp-json/wp/v2/posts", "Bearer a.b.c", 401, `must be type of Basic`},
		{"any mode reads a token", shut + "methods: [{type: jwt}, {type: basic}]\nmounts: [{name: m, dialect: miniorange}]\n",
			"/wp-json/wp/v2/posts", "Bearer a.b.c", 401, `SEGMENT_FAULT`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, public, _ := start(t, load(t, base+c.config), slog.New(slog.DiscardHandler))
			r, err := http.NewRequestWithContext(t.Context(), "GET", public+c.path, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", c.auth)
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
