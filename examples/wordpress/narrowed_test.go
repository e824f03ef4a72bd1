package wordpress_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/examples/e2e/parts"
	"github.com/cardea-auth/cardea/methods/all"
	"github.com/cardea-auth/cardea/server/app"
	"github.com/cardea-auth/cardea/server/config"
	dialects "github.com/cardea-auth/cardea/server/dialect/all"
)

// narrowGateway configures every kind of credential that may do less than its user.
const narrowGateway = `
data: d
server: {listen: "127.0.0.1:0", admin_listen: "127.0.0.1:0", shutdown_delay: 0s}
tokens: {issuer: %q}
methods: [{type: apikey}, {type: basic}, {type: jwt}]
users: [{type: wordpress, dsn: "ro:ro-pass@tcp(%s)/wordpress"}, {type: store}]
mounts:
  - {name: site, dialect: wpjwt, directory: wordpress, issuer: %q, secret: %q}
  - {name: auth, dialect: native}
upstreams:
  shop: {url: %q, %s}
rules: [{name: all, path: /**}]
hooks:
  - {point: login-after, expr: 'user.login == "editor1" ? {"user.roles": []} : nil'}
  - {point: identity-resolved, expr: 'req.header["x-less"] == "1" ? {"user.roles": []} : nil'}
`

// newNarrowGateway starts a gateway with that configuration, and creates API keys of the
// administrator with and without a restriction.
func newNarrowGateway(t *testing.T, site *parts.Site, identity string) (g gateway, keys map[string]string) {
	t.Helper()
	g, keys = gateway{site: site}, map[string]string{}
	path := filepath.Join(gatewayDir(t), config.FileName)
	text := fmt.Sprintf(narrowGateway, issuer, site.DB.Addr, issuer, siteSecret, site.URL, identity)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, _, err := config.Load(config.LoadOptions{Types: config.Types{Methods: all.Types(), Dialects: dialects.Types()}, Path: path, Required: true})
	if err != nil {
		t.Fatal(err)
	}
	off, err := app.OpenBare(cfg, app.Options{})
	if err != nil {
		t.Fatal(err)
	}
	accounts, err := off.Admin().Accounts()
	if err != nil {
		t.Fatal(err)
	}
	for name, n := range map[string]core.NewAPIKey{
		"full": {}, "without a role": {Roles: []string{}}, "as administrator": {Roles: []string{"administrator"}}, "scoped": {Scopes: []string{"read"}},
	} {
		var key api.Secret
		n.Subject = "wp:1"
		if key, _, err = accounts.CreateAPIKey(t.Context(), n, "test"); err != nil {
			t.Fatal(err)
		}
		keys[name] = key.Reveal()
	}
	if err := off.Close(); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(identity, "assertion") {
		g.trust(t, cfg)
	}
	g.url = serve(t, cfg)
	return g, keys
}

// TestNarrowed: a credential that may do less than its user also does less at the site. If
// the site cannot be told, the request is refused.
func TestNarrowed(t *testing.T) {
	site := newSite(t)
	letRead(t, site)
	g, keys := newNarrowGateway(t, site, fmt.Sprintf("identity: assertion, audience: %q", site.URL))
	const settings, posts, me, passwords = "/wp-json/wp/v2/settings", "/wp-json/wp/v2/posts", "/wp-json/wp/v2/users/me", "/wp-json/wp/v2/users/me/application-passwords"
	editor, author := g.native(t, "editor1", "editor1-pass"), g.native(t, "author1", "author1-pass")
	for _, tc := range []struct {
		name, header, value, method, target, body string
		status                                    int
	}{
		{"a full key", "X-API-Key", keys["full"], "GET", settings, "", 200},
		{"a full key changes its account", "X-API-Key", keys["full"], "POST", passwords, `{"name":"a"}`, 201},
		{"a full key is not an application password", "X-API-Key", keys["full"], "GET", passwords + "/introspect", "", 404},
		{"a key of the same role", "X-API-Key", keys["as administrator"], "GET", settings, "", 200},
		{"a key without a role", "X-API-Key", keys["without a role"], "GET", settings, "", 403},
		{"reads what all may", "X-API-Key", keys["without a role"], "GET", me, "", 200},
		{"writes nothing", "X-API-Key", keys["without a role"], "POST", posts, `{"title":"x"}`, 403},
		{"makes no application password", "X-API-Key", keys["without a role"], "POST", passwords, `{"name":"b"}`, 403},
		{"chooses no password", "X-API-Key", keys["without a role"], "POST", me, `{"password":"another-pass"}`, 403},
		{"roles dropped at login", "Authorization", "Bearer " + editor, "POST", posts, `{"title":"x"}`, 403},
		{"roles kept at login", "Authorization", "Bearer " + author, "POST", posts, `{"title":"x"}`, 201},
		{"roles dropped at login by Basic", "Authorization", "Basic ZWRpdG9yMTplZGl0b3IxLXBhc3M=", "POST", posts, `{"title":"x"}`, 403},
	} {
		if status, body := g.as(t, "", tc.method, tc.target, tc.body, http.CanonicalHeaderKey(tc.header), tc.value); status != tc.status {
			t.Errorf("%s: got %d %.300s, want %d", tc.name, status, body, tc.status)
		}
	}
	if status, body := g.as(t, "", "GET", settings, "", "X-Api-Key", keys["full"], "X-Less", "1"); status != 403 {
		t.Errorf("roles dropped by identity-resolved: got %d %.200s, want status 403", status, body)
	}
}

// native logs in at Cardea's own endpoint.
func (g gateway) native(t *testing.T, user, password string) string {
	t.Helper()
	status, text := g.as(t, "", "POST", "/auth/login", fmt.Sprintf(`{"username":%q,"password":%q}`, user, password))
	token := jws.FindString(text)
	if status != 200 || token == "" {
		t.Fatalf("login of %s: %d %s", user, status, text)
	}
	return token
}

// TestNarrowed_untold: modes that cannot tell the site refuse the request.
func TestNarrowed_untold(t *testing.T) {
	site := parts.WordPress(t, "define('JWT_AUTH_SECRET_KEY', '"+siteSecret+"');")
	letRead(t, site)
	list := filepath.Join(gatewayDir(t), "passwords")
	if err := os.WriteFile(list, []byte("admin:x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, identity := range []string{"identity: plugin-compat, mount: site", fmt.Sprintf("identity: application-password, passwords_file: %q", list)} {
		g, keys := newNarrowGateway(t, site, identity)
		for name, key := range keys {
			status, body := g.as(t, "", "GET", "/wp-json/wp/v2/settings", "", "X-Api-Key", key)
			if refused := strings.Contains(body, "narrowed"); refused != (name != "full") || refused && status != 403 {
				t.Errorf("%s, key %s: got %d %.200s", identity, name, status, body)
			}
		}
	}
}
