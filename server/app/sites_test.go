package app

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/server/check"
)

// openMount starts the gateway of serverConfig with a further mount of a WordPress plugin.
func openMount(t *testing.T, mount, further string) *testServer {
	t.Helper()
	text := strings.Replace(serverConfig, "mounts: [", "mounts: ["+mount+", ", 1)
	text = strings.Replace(text, "rules: [", "rules: [{name: own, path: /own/**, header: {name: X-Own}}, {name: lax, path: '/wp-json/lax/**', access: optional}, ", 1)
	s, public, _ := start(t, load(t, text+further), nil)
	g := &testServer{Server: s, t: t, public: strings.TrimPrefix(public, "http://")}
	var err error
	g.accounts, err = s.Engine().Admin().Accounts()
	g.must(err)
	g.user("alice", "administrator")
	g.user("bob", "editor")
	return g
}

// wpLogin logs in at a plugin's endpoint with a form.
func (g *testServer) wpLogin(path, login string) (answer, string) {
	g.t.Helper()
	res, err := client.PostForm("http://"+g.public+path, url.Values{"username": {login}, "password": {password}})
	g.must(err)
	defer res.Body.Close()
	var body struct {
		Token string
		JWT   string `json:"jwt_token"`
		Code  string
		Error string
	}
	g.must(json.NewDecoder(res.Body).Decode(&body))
	return answer{status: res.StatusCode, body: []byte(body.Code + body.Error)}, body.Token + body.JWT
}

const wpToken, moToken = "/wp-json/jwt-auth/v1/token", "/wp-json/api/v1/token"

// TestMount_header: the mount's header replaces Authorization, at its own endpoints and
// at the gateway.
func TestMount_header(t *testing.T) {
	for _, prefix := range []string{"", "Token"} {
		g := openMount(t, "{name: site, dialect: wpjwt, header: {name: x-site-token, prefix: '"+prefix+"'}}", "")
		_, token := g.wpLogin(wpToken, "alice")
		if token == "" {
			t.Fatal("no token")
		}
		own := "X-Site-Token: " + strings.TrimSpace(prefix+" "+token)
		wrong := map[string]string{"": "X-Site-Token: Bearer " + token, "Token": "X-Site-Token: " + token}[prefix]
		for _, c := range []struct {
			name, method, path, line string
			status                   int
			says                     string
		}{
			{"gate", "GET", "/x", own, 200, ""},
			{"gate, standard", "GET", "/x", bearer(token), 401, "bad_credential"},
			{"gate, Basic", "GET", "/x", basic("alice", password), 401, ""},
			{"gate, both", "GET", "/x", own + "\r\n" + bearer(token), 401, ""},
			{"gate, other prefix", "GET", "/x", wrong, 401, ""},
			{"gate, nothing", "GET", "/x", "X-Other: 1", 401, "no_credential"},
			{"a rule's own header is stronger", "GET", "/own/x", "X-Own: " + token, 200, ""},
			{"and leaves the standard one as it says", "GET", "/own/x", bearer(token), 200, ""},
			{"the mount's is none there", "GET", "/own/x", own, 401, "no_credential"},
			{"validate", "POST", wpToken + "/validate", own, 200, "jwt_auth_valid_token"},
			{"validate, standard", "POST", wpToken + "/validate", bearer(token), 403, "jwt_auth_no_auth_header"},
			{"validate, alias of the standard", "POST", wpToken + "/validate", "authorization : Bearer " + token, 400, ""},
			{"validate, other prefix", "POST", wpToken + "/validate", wrong, 403, "jwt_auth_"},
			{"bad token in the plugin's words", "GET", "/wp-json/lax/x", "X-Site-Token: " + strings.TrimSpace(prefix+" a.b.c"), 403, "jwt_auth_invalid_token"},
		} {
			a := g.raw(loopback, c.method+" "+c.path+" HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nConnection: close\r\n"+c.line+"\r\n\r\n")
			if a.status != c.status || !strings.Contains(string(a.body), c.says) {
				t.Errorf("prefix %q, %s: %d %s, want %d %s", prefix, c.name, a.status, a.body, c.status, c.says)
			}
			if strings.Contains(string(a.body), token) {
				t.Errorf("prefix %q, %s: the upstream sees the credential", prefix, c.name)
			}
		}
	}
}

// TestMount_headerHook: custom-header also applies to the mount's own endpoints.
func TestMount_headerHook(t *testing.T) {
	g := openMount(t, "{name: site, dialect: wpjwt}", "")
	_, token := g.wpLogin(wpToken, "alice")
	refuse := false
	must(t, g.Engine().Hooks().CustomHeader.Bind("test", func(_ context.Context, h core.CredentialHeader) (core.CredentialHeader, error) {
		h.Name, h.RefuseStandard = "X-Hooked", refuse
		return h, nil
	}))
	for _, c := range []struct {
		name   string
		refuse bool
		lines  string
		status int
		says   string
	}{
		{"hooked", false, "X-Hooked: " + token, 200, ""},
		{"standard stays", false, bearer(token), 200, ""},
		{"both", false, "X-Hooked: " + token + "\r\n" + bearer(token), 403, "jwt_auth_bad_auth_header"},
		{"twice", false, "X-Hooked: " + token + "\r\nX-Hooked: " + token, 403, "jwt_auth_bad_auth_header"},
		{"refused", true, bearer(token), 403, "jwt_auth_no_auth_header"},
		{"hooked alone", true, "X-Hooked: " + token, 200, ""},
	} {
		refuse = c.refuse
		a := g.raw(loopback, "POST "+wpToken+"/validate HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nConnection: close\r\n"+c.lines+"\r\n\r\n")
		if a.status != c.status || !strings.Contains(string(a.body), c.says) {
			t.Errorf("%s: %d %s, want %d %s", c.name, a.status, a.body, c.status, c.says)
		}
	}
	if a := g.get("/auth/me", "X-Hooked: "+token); a.status != 200 {
		t.Errorf("our own endpoint: got %d %s, want status 200", a.status, a.body)
	}
}

// TestCheck_header: a header that cannot carry a credential is reported before the start.
func TestCheck_header(t *testing.T) {
	for _, name := range []string{"Cookie", "Proxy-Authorization"} {
		cfg := load(t, strings.Replace(serverConfig, "dialect: native", "dialect: native, header: {name: "+name+"}", 1))
		if err := check.Check(cfg); err == nil || !strings.Contains(err.Error(), "mounts[0].header") {
			t.Errorf("%s: Check: got %v, want an error with %q", name, err, "mounts[0].header")
		}
	}
}

// TestMount_headerWithin tests the headers of nested sites and of sites on their own hosts.
func TestMount_headerWithin(t *testing.T) {
	g := openMount(t, "{name: blog, dialect: wpjwt, prefix: /blog, header: {name: X-Blog}}, {name: other, dialect: wpjwt, issuer: 'https://other.example', host: other.example, header: {name: X-Host}}", anywhere)
	token := g.login("alice").Access
	for _, c := range []struct {
		host, path, header string
		status             int
	}{
		{"h", "/blog/x", "X-Blog", 200},
		{"h", "/blog", "X-Blog", 200},
		{"h", "/blogger", "X-Blog", 401},
		{"h", "/x", "X-Blog", 401},
		{"other.example", "/x", "X-Host", 200},
		{"OTHER.example:80", "/x", "X-Host", 200},
		{"h", "/x", "X-Host", 401},
	} {
		a := g.raw(loopback, "GET "+c.path+" HTTP/1.1\r\nHost: "+c.host+"\r\nConnection: close\r\n"+c.header+": "+token+"\r\n\r\n")
		if a.status != c.status {
			t.Errorf("%s%s with %s: %d %s, want %d", c.host, c.path, c.header, a.status, a.body, c.status)
		}
	}
}

// TestRefuseRoles: users with a refused role get no token and no access by that method,
// but by others.
func TestRefuseRoles(t *testing.T) {
	type want struct{ wp, native, basic, bearer int } // status for alice; bob always passes
	for name, c := range map[string]struct {
		mount, further string
		want           want
		words          string
	}{
		"none":                     {"{name: site, dialect: wpjwt}", "", want{200, 200, 200, 200}, ""},
		"login":                    {"{name: site, dialect: wpjwt, refuse_roles: {login: [administrator]}}", "", want{403, 200, 200, 200}, "[jwt_auth] role_refused"},
		"jwt":                      {"{name: site, dialect: wpjwt, refuse_roles: {jwt: [x, administrator]}}", "", want{403, 200, 200, 403}, "[jwt_auth] role_refused"},
		"basic":                    {"{name: site, dialect: wpjwt, refuse_roles: {basic: [administrator]}}", "", want{200, 200, 403, 200}, ""},
		"elsewhere":                {"{name: site, dialect: wpjwt, host: other.example, refuse_roles: {basic: [administrator], jwt: [administrator]}}, {name: here, dialect: wpjwt, issuer: 'https://here'}", anywhere, want{200, 200, 200, 200}, ""},
		"miniorange":               {"{name: site, dialect: miniorange, secret: mo-research-secret-0123456789abcd, refuse_roles: {jwt: [administrator], basic: [administrator]}, allow_weak_secret: true}", "", want{403, 200, 403, 403}, "403ROLE_REFUSED"},
		"every login":              {"{name: site, dialect: wpjwt}", "tokens: {refuse_roles: [administrator]}\n", want{403, 403, 200, 0}, "[jwt_auth] role_refused"},
		"method basic":             {"{name: site, dialect: wpjwt}", "methods: [{type: basic, refuse_roles: [administrator]}, {type: apikey}, {type: jwt}]\n", want{200, 200, 403, 200}, ""},
		"method jwt, tokens stay ": {"{name: site, dialect: wpjwt}", "methods: [{type: basic}, {type: apikey}, {type: jwt, refuse_roles: [administrator]}]\n", want{200, 200, 200, 403}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			g := openMount(t, c.mount, c.further)
			path := wpToken
			if strings.Contains(c.mount, "miniorange") {
				path = moToken
			}
			for _, login := range []string{"alice", "bob"} {
				w := want{200, 200, 200, 200}
				if login == "alice" {
					w = c.want
				}
				a, _ := g.wpLogin(path, login)
				if a.status != w.wp || a.status != 200 && string(a.body) != c.words {
					t.Errorf("%s at the plugin's login: %d %s, want %d %s", login, a.status, a.body, w.wp, c.words)
				}
				if a := g.post("/auth/login", map[string]string{"username": login, "password": password}); a.status != w.native {
					t.Errorf("%s at our login: %d %s, want %d", login, a.status, a.body, w.native)
				}
				for _, path := range []string{"/x", "/wp-json/lax/x", "/?rest_route=/wp/v2/posts"} {
					if a := g.get(path, basic(login, password)); a.status != w.basic {
						t.Errorf("%s by Basic at %s: %d %s, want %d", login, path, a.status, a.body, w.basic)
					}
				}
				if w.bearer != 0 {
					if a := g.get("/x", bearer(g.login(login).Access)); a.status != w.bearer {
						t.Errorf("%s by token: %d %s, want %d", login, a.status, a.body, w.bearer)
					}
				}
			}
		})
	}
}

// TestRefuseRoles_words: each dialect uses its own error format.
func TestRefuseRoles_words(t *testing.T) {
	for dialect, c := range map[string]struct {
		path   string
		status int
		says   string
	}{
		"cocart":     {"/wp-json/cocart/v2/login", 401, `"data":{"status":401}`},
		"usefulteam": {wpToken, 401, `"success":false,"statusCode":401,"code":"role_refused"`},
		"wpjwtpro":   {wpToken, 403, `"code":"role_refused"`},
		"miniorange": {moToken, 403, `"status":"error","error":"ROLE_REFUSED","code":"403"`},
	} {
		g := openMount(t, "{name: site, dialect: "+dialect+", secret: '"+strings.Repeat("sEcr3t-0f-the-site/", 3)+"', refuse_roles: {jwt: [administrator]}}", "")
		login := func(name string) answer {
			return g.post(c.path, map[string]string{"username": name, "password": password})
		}
		if a := login("alice"); a.status != c.status || !strings.Contains(string(a.body), c.says) {
			t.Errorf("%s: %d %s, want %d %s", dialect, a.status, a.body, c.status, c.says)
		}
		if a := login("bob"); a.status != 200 {
			t.Errorf("%s: bob is refused: %d %s", dialect, a.status, a.body)
		}
	}
}
