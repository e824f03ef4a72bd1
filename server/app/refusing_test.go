package app

import (
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
)

// TestRefusing proves that a bad token on another route is answered as the
// mount's plugin does, and elsewhere in Cardea's own words.
func TestRefusing(t *testing.T) {
	const base = `
data: d
store: {driver: memory}
server: {listen: "127.0.0.1:0", admin_listen: "127.0.0.1:0", shutdown_delay: 0s}
upstreams: {app: {url: "builtin:demo"}}
rules: [{name: site, path: /**, access: optional}, {name: shut, path: /wp-json/shut/**}]
`
	for _, c := range []struct {
		name, mounts, path string
		status             int
		says               string
	}{
		{"wpjwt", "mounts: [{name: m, dialect: wpjwt}]", "/wp-json/wp/v2/posts", 403, `"code":"jwt_auth_invalid_token"`},
		{"wpjwt below a prefix", "mounts: [{name: m, dialect: wpjwt, prefix: /blog}]", "/blog/wp-json/wp/v2/posts", 403, `"code":"jwt_auth_invalid_token"`},
		{"wpjwt elsewhere", "mounts: [{name: m, dialect: wpjwt}]", "/page", 401, `"code":"token_malformed"`},
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
			r.Header.Set("Authorization", "Bearer not-a-token")
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
