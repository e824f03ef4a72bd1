package e2e

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/examples/e2e/parts"
)

// TestClients runs unmodified third-party clients, and the samples in this directory,
// through gateways in front of a real WordPress.
func TestClients(t *testing.T) {
	s := newSite(t)
	t.Run("walk", func(t *testing.T) { testWalks(t, s) })
	t.Run("wpapi", func(t *testing.T) { testWPAPI(t, s) })
	t.Run("cocart", func(t *testing.T) { testCoCart(t, s) })
}

// client runs a command as one of the site's users and returns its output.
func (s site) client(t *testing.T, address, login string, command []string, env ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), command[0], command[1:]...)
	cmd.Env = append(os.Environ(), "SITE="+address, "LOGIN="+login, "PASSWORD="+login+"-pass", "CODE=123456", "NODE_EXTRA_CA_CERTS="+s.ca)
	cmd.Env = append(cmd.Env, env...)
	var errout bytes.Buffer
	cmd.Stderr = &errout
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", cmd, err, out, &errout)
	}
	return string(out)
}

// testWalks: each sample gets a token, validates it, writes a post and reads its user; then
// the post must exist with the right author.
func testWalks(t *testing.T, s site) {
	command := func(t *testing.T, args ...string) string { return s.client(t, s.blog, "editor1", args) }
	for name, walk := range map[string]func(*testing.T) string{
		"curl": func(t *testing.T) string {
			parts.Find(t, "curl", "curl")
			return command(t, "./walk.sh")
		},
		"fetch": func(t *testing.T) string { return command(t, node(t), "walk.mjs") },
		"requests": func(t *testing.T) string {
			return command(t, parts.Python(t, "requests", "python3-requests"), "walk.py")
		},
		"wp_remote_post": func(t *testing.T) string {
			sample, err := os.ReadFile("walk.php")
			if err != nil {
				t.Fatal(err)
			}
			return s.Run(t, "putenv('SITE="+s.blog+"'); putenv('LOGIN=editor1'); putenv('PASSWORD=editor1-pass');"+
				strings.TrimPrefix(string(sample), "<?php"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			want := lines("token for editor1@example.test", "validate: jwt_auth_valid_token", "post: 201", "me: Edna Editor")
			if got := walk(t); got != want {
				t.Errorf("got\n%swant\n%s", got, want)
			}
			title := "Written with " + name
			if got := s.DB.Exec(t, "wordpress", "SELECT post_author, post_status FROM wp_posts WHERE post_title = '"+title+"'"); got != "2\tpublish\n" {
				t.Errorf("in WordPress %q is by %q, want editor1's (2), published, once", title, got)
			}
		})
	}
}

func testWPAPI(t *testing.T, s site) {
	want := lines("discovered, pages: true", "anonymous: 401", "created: Written with wpapi", "updated: Changed with wpapi", "me: Edna Editor", "deleted: true")
	if got := s.client(t, s.blog, "editor1", []string{node(t), "wpapi.mjs"}); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// testCoCart logs in with JSON, and with Basic over HTTPS; author1 needs a second factor.
func testCoCart(t *testing.T, s site) {
	for login, want := range map[string]string{
		"editor1": lines("login: 200 Edna Editor", "validate: 200 Token is valid.", "me: Edna Editor", "refreshed: 200"),
		"author1": lines("refused: 401 cocart_2fa_required", "login: 200 author1", "validate: 200 Token is valid.", "me: author1", "refreshed: 200"),
	} {
		for _, way := range []string{"basic", "json"} {
			if got := s.client(t, s.shop, login, []string{node(t), "cocart.mjs"}, "WAY="+way); got != want {
				t.Errorf("%s: got\n%swant\n%s", way, got, want)
			}
		}
	}
}
