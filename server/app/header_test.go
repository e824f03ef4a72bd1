package app

import (
	"strings"
	"testing"
)

// TestRefusing_header: the refusal of a credential in the standard header names the
// header of the mount.
func TestRefusing_header(t *testing.T) {
	for _, dialect := range []string{"miniorange", "wpjwt"} {
		_, public, _ := start(t, load(t, ownConfig+`upstreams: {app: {url: "builtin:demo"}}
mounts: [{name: m, dialect: `+dialect+`, on_bad_token: deny, header: {name: X-Site-Token, prefix: Bearer}}]
`), nil)
		g := &testServer{t: t, public: strings.TrimPrefix(public, "http://")}
		got := g.get("/wp-json/wp/v2/posts", bearer("x.y.z"))
		if got.status != 401 || !strings.Contains(string(got.body), "the header X-Site-Token") {
			t.Errorf("%s: got %d %s, want status 401 and text with %q", dialect, got.status, got.body, "the header X-Site-Token")
		}
	}
}
