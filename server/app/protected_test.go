package app

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/users"
	"github.com/cardea-auth/cardea/server/check"
)

const tenants = `
data: d
server: {listen: "127.0.0.1:0", admin_listen: "127.0.0.1:0", shutdown_delay: 0s, protected_headers: [X-Region], trusted_proxies: [127.0.0.1]}
upstreams: {app: {url: "builtin:demo", forward_headers: [Remote-User]}}
methods: [{type: basic}]
rules:
  - {name: public, path: /public/**, access: public}
  - {name: admin, path: /admin/**, roles: [administrator]}
  - {name: rest, path: /**}
mounts: [{name: auth, dialect: native}]
hooks:
  - {point: identity-headers, expr: 'user.login == "anna" ? {"X-Tenant": "shop"} : nil'}
  - {point: identity-headers, expr: 'user.login == "eve" ? {"X-Level": user.roles[9]} : nil'}
  - {point: identity-resolved, expr: 'user.login == "mallory" ? {"user.roles": ["administrator"]} : nil', on_error: skip}
  - {point: identity-resolved, expr: 'user.login == "root" ? {"user.roles": ["administrator"]} : nil', allow: [roles.widen]}
`

// TestServer_protectedHeaders: clients cannot set the headers that expressions set or
// that the configuration names, also if the expression fails (eve has no tenth role).
func TestServer_protectedHeaders(t *testing.T) {
	s, public, _ := start(t, load(t, tenants), nil)
	accounts, err := s.Engine().Admin().Accounts()
	if err != nil {
		t.Fatal(err)
	}
	for _, login := range []string{"anna", "eve", "mallory", "root"} {
		if _, err := accounts.Create(t.Context(), users.NewUser{Login: login, Password: "correct horse battery"}, "test"); err != nil {
			t.Fatal(err)
		}
	}
	ask := func(path, login string) (int, string) {
		req, err := http.NewRequest(http.MethodGet, public+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"X-Tenant", "x_tenant", "X.Tenant", "X-Region", "X-Level", "X-SSL-Client-Verify", "remote_user"} {
			req.Header[name] = []string{"forged"}
		}
		req.Header.Set("Remote-User", "proxy's")
		if login != "" {
			req.SetBasicAuth(login, "correct horse battery")
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, string(body)
	}
	for _, row := range []struct{ path, login, want string }{
		{"/x", "anna", `"shop"`}, {"/x", "eve", ""}, {"/public/x", "", ""}, {"/public/x", "anna", ""}, {"/x", "root", ""},
	} {
		status, body := ask(row.path, row.login)
		if status != http.StatusOK || strings.Contains(body, "forged") || !strings.Contains(body, "proxy's") || row.want != "" && !strings.Contains(body, row.want) {
			t.Errorf("%s as %q: %d %s", row.path, row.login, status, body)
		}
	}
	for login, want := range map[string]int{"mallory": http.StatusForbidden, "root": http.StatusOK} {
		if status, body := ask("/admin/x", login); status != want {
			t.Errorf("%s: %d %s, want %d", login, status, body, want)
		}
	}
}

// TestCheck_headers: headers that could not be protected or would be refused later are
// reported before the start.
func TestCheck_headers(t *testing.T) {
	plugin := func(grant, hooks string) string {
		return "plugins: [{name: p, file: p.wasm, grants: {write: [\"" + grant + "\"]}}]\nhooks: [" + hooks + "]\n"
	}
	const bound, both = `{point: identity-headers, plugin: p}`, `{point: identity-headers, plugin: p}, {point: error-response, plugin: p}`
	for text, want := range map[string]string{
		plugin("header.x-tenant", bound):                                                         "",
		plugin("header.vary", both):                                                              "",
		plugin("header.content-language", both):                                                  "",
		plugin("header.*", bound):                                                                "list the headers",
		plugin("header.x-*", bound):                                                              "list the headers",
		plugin("head*", bound):                                                                   "list the headers",
		plugin("header.range", bound):                                                            "would change what the request means",
		plugin("header.x-auth-user", bound):                                                      "Cardea's own",
		"hooks: [{point: identity-headers, expr: '{\"Range\": \"x\"}'}]\n":                       "would change what the request means",
		"hooks: [{point: identity-headers, expr: '{(user.login): \"x\"}'}]\n":                    "in quotes",
		"server: {protected_headers: [Host]}\n":                                                  "cannot be removed",
		"upstreams: {app: {url: \"http://127.0.0.1:1\", forward_headers: [X-Auth-User]}}\n":      "never taken",
		"upstreams: {app: {url: \"http://127.0.0.1:1\", forward_headers: [X-Forwarded-Host]}}\n": "never taken",
		"upstreams: {app: {url: \"http://127.0.0.1:1\", forward_headers: [X-User]}}\n":           "no effect without server.trusted_proxies",
		"server: {trusted_proxies: [10.0.0.0/8]}\nupstreams: {app: {url: \"http://127.0.0.1:1\", forward_headers: [X-User]}}\n":                   "",
		"hooks: [{point: login-after, expr: 'nil', allow: [exp.extend]}]\n":                                                                       "not a right of expressions",
		"hooks: [{point: login-after, expr: 'nil', allow: [roles.widen]}]\n":                                                                      "",
		plugin("user.roles", `{point: login-after, plugin: p, allow: [roles.widen]}`):                                                             "grants.allow",
		"server: {protected_headers: [X-T]}\nupstreams: {a: {url: \"http://127.0.0.1:1\"}}\nrules: [{name: r, path: /**, header: {name: X-T}}]\n": "would be removed",
	} {
		cfg, err := tryLoad(t, text)
		if err == nil {
			err = check.Check(cfg)
		}
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want %q", text, err, want)
		}
	}
}
