package gateway

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/server/httpauth"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// tenantHooks sets X-Tenant for alice only, and fails or is skipped on demand.
func tenantHooks(t *testing.T, broken error) *core.Hooks {
	t.Helper()
	hs := core.NewHooks()
	hs.IdentityHeaders.Declare("X-Tenant", "x-region")
	err := hs.IdentityHeaders.BindView("tenant", func(_ context.Context, v hooks.View) error {
		if broken != nil {
			return broken
		}
		if who, _ := v.Get("user.login"); who.Text() == "alice" {
			return v.Set("header.x-tenant", hooks.String("own"))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return hs
}

// forgeries are headers that no client may get to the upstream, with any value.
func forgeries() []string {
	return []string{
		// Headers of hooks, Cardea's own and configured ones.
		"X-Tenant", "X-Region", "X-Auth-User", "X-Auth-Anything", "X-Cardea-Assertion", "X-Configured",
		// Headers that state the user, from the documentation of proxies and products.
		"X-User", "X-User-Id", "X-Username", "X-Email", "X-Roles", "X-Groups", "Remote-User", "Remote-Groups", "X-Remote-User",
		"X-Remote-Group", "X-Remote-Extra-Scopes", "Impersonate-User", "X-Forwarded-User", "X-Forwarded-Email", "X-Forwarded-Groups",
		"X-Forwarded-Preferred-Username", "X-Forwarded-Access-Token", "X-WEBAUTH-USER", "X-Authentik-Username", "X-Vouch-User",
		"X-Pomerium-Claim-Email", "X-Pomerium-Jwt-Assertion", "Teleport-Jwt-Assertion", "Tailscale-User-Login", "Cf-Access-Jwt-Assertion",
		"Cf-Access-Authenticated-User-Email", "X-Goog-Authenticated-User-Email", "X-Goog-Iap-Jwt-Assertion", "X-Amzn-Oidc-Data",
		"X-Amzn-Oidc-Identity", "X-MS-CLIENT-PRINCIPAL", "X-MS-CLIENT-PRINCIPAL-NAME", "X-MS-TOKEN-AAD-ID-TOKEN", "X-Consumer-Username",
		"X-Credential-Identifier", "X-Authenticated-Userid", "X-Userinfo", "SM_USER", "SM_USERDN", "OIDC_CLAIM_sub", "MELLON-NAME_ID",
		"OAM_REMOTE_USER", "iv-user", "Shib-Session-Id", "eppn", "$WSRU", "X-JWT-Claim-Sub", "X-Scope-OrgID",
		// Which certificate the client showed.
		"X-SSL-Client-Verify", "X-SSL-Client-S-DN", "X-SSL-Cert", "SSL_CLIENT_S_DN", "ssl-client-subject-dn", "Client-Cert", "Client-Cert-Chain",
		"X-Client-Cert", "X-Client-DN", "X-Forwarded-Client-Cert", "X-Forwarded-Tls-Client-Cert", "X-ARR-ClientCert", "WL-Proxy-Client-Cert",
		// The way that the request took.
		"Forwarded", "X-Forwarded-Prefix", "X-Original-URL", "X-Rewrite-URL", "X-Real-IP", "CF-Connecting-IP",
	}
}

// spellings are header names that upstreams which map names to variables cannot
// distinguish.
func spellings(name string) []string {
	under := strings.NewReplacer("-", "_")
	dotted := strings.NewReplacer("-", ".", "_", ".")
	list := []string{name, strings.ToLower(name), strings.ToUpper(under.Replace(name))}
	if !strings.Contains(name, "$") {
		list = append(list, dotted.Replace(name), strings.Replace(name, "-", "~", 1))
	}
	return list
}

func forgedGateway(t *testing.T, hs *core.Hooks, forward []string) *testGateway {
	t.Helper()
	rules := append(demoRules(), route.Rule{Name: "sink", Path: "/sink", Access: route.Public})
	p := core.Policy{Rules: rules, Hooks: hs, ProtectedHeaders: []string{"X-Configured"}}
	return newTestGateway(t, openEngine(t, p), func(c *Config) {
		if len(forward) > 0 {
			c.ForwardHeaders, c.Trust = map[string][]string{"demo": forward}, loopback
		}
	})
}

// loopback trusts the clients of these tests as proxies.
var loopback = httpauth.Trust{Proxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}

// TestServe_forgeries: forged headers are removed on every route, in every spelling,
// whatever the hook does.
func TestServe_forgeries(t *testing.T) {
	for name, hs := range map[string]*core.Hooks{
		"hook": tenantHooks(t, nil), "hook that is skipped": tenantHooks(t, hooks.ErrSkip), "no hook": core.NewHooks(),
	} {
		g := forgedGateway(t, hs, nil)
		for _, forged := range forgeries() {
			if name == "no hook" && (forged == "X-Tenant" || forged == "X-Region") {
				continue // not protected names, then
			}
			for _, spelt := range spellings(forged) {
				for _, row := range []struct{ target, credential, more string }{
					{"/public/x", "", ""},
					{"/public/x", valid, ""},
					{"/admin/x", valid, ""},
					{"/open/x", valid, ""},
					{"/admin/x", valid, "Connection: keep-alive, X-Tenant, " + strings.Trim(spelt, "$")},
					{"/admin/x", valid, "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x"},
				} {
					lines := []string{spelt + ": forged", "X-Plain: kept", "Accept-Language: de"}
					for _, line := range []string{row.credential, row.more} {
						if line != "" {
							lines = append(lines, line)
						}
					}
					if a := g.get(t, row.target, lines...); a.status != http.StatusOK {
						t.Fatalf("%s: %s with %s: status %d %s", name, row.target, spelt, a.status, a.body)
					}
					h := g.seen.take()[0].Headers
					for got, values := range h {
						if values[0] == "forged" {
							t.Errorf("%s: %s with %q: the upstream saw %s: %q", name, row.target, spelt, got, values)
						}
					}
					if h.Get("X-Plain") != "kept" {
						t.Errorf("%s: %s: X-Plain is missing", name, spelt)
					}
					if want := map[bool]string{true: "own"}[name == "hook" && row.credential != "" && row.target != "/public/x"]; h.Get("X-Tenant") != want {
						t.Errorf("%s: %s: X-Tenant is %q, want %q", name, row.target, h.Get("X-Tenant"), want)
					}
				}
			}
		}
	}
}

// TestServe_forgeries_brokenHook: a failing hook refuses the request, and the response
// contains no user name.
func TestServe_forgeries_brokenHook(t *testing.T) {
	g := forgedGateway(t, tenantHooks(t, errors.New("broken")), nil)
	if a := g.get(t, "/public/x", "X-Tenant: forged"); a.status != http.StatusForbidden || len(g.seen.take()) > 0 {
		t.Errorf("status %d", a.status)
	}
}

// TestServe_forgeries_trailers: trailers are dropped, declared or not.
func TestServe_forgeries_trailers(t *testing.T) {
	g := forgedGateway(t, tenantHooks(t, nil), nil)
	raw := "POST /sink HTTP/1.1\r\nHost: gate.test\r\nTransfer-Encoding: chunked\r\nTrailer: X-Tenant\r\nTE: trailers\r\n\r\n" +
		"1\r\na\r\n0\r\nX-Tenant: forged\r\nX-Auth-User: root\r\n\r\n"
	g.send(t, raw, 1)
	list := g.seen.take()
	if len(list) != 1 {
		t.Fatalf("the upstream saw %d requests, want 1", len(list))
	}
	for _, s := range list {
		if s.Headers["Trailer"] != nil || s.Headers["X-Tenant"] != nil {
			t.Errorf("the upstream saw %v", s.Headers)
		}
	}
}

// TestServe_forwardHeaders: headers that the configuration accepts from proxies are
// forwarded in their own spelling, but none of Cardea's.
func TestServe_forwardHeaders(t *testing.T) {
	g := forgedGateway(t, tenantHooks(t, nil), []string{"x-ssl-client-verify", "Remote-User", "CF-Connecting-IP"})
	g.get(t, "/public/x", "X-SSL-Client-Verify: SUCCESS", "X_SSL_Client_Verify: forged", "Remote-User: anna", "REMOTE_USER: forged",
		"CF-Connecting-IP: 192.0.2.1", "X-User: forged", "X-Tenant: forged", "X-Auth-User: forged")
	h := g.seen.take()[0].Headers
	want := map[string]string{"X-Ssl-Client-Verify": "SUCCESS", "Remote-User": "anna", "Cf-Connecting-Ip": "192.0.2.1"}
	for name, value := range want {
		if h.Get(name) != value {
			t.Errorf("%s is %q, want %q", name, h.Get(name), value)
		}
	}
	for name, values := range h {
		if values[0] == "forged" {
			t.Errorf("the upstream saw %s", name)
		}
	}
}

// TestServe_forwardHeaders_strangers: only a trusted proxy may send them, in a request or
// in a batch.
func TestServe_forwardHeaders_strangers(t *testing.T) {
	g := newTestGateway(t, openEngine(t, core.Policy{Rules: demoRules()}), func(c *Config) {
		c.ForwardHeaders = map[string][]string{"demo": {"Remote-User", "X-SSL-Client-Verify"}}
		c.Trust = httpauth.Trust{Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}
	})
	g.get(t, "/public/x", "Remote-User: forged", "X-SSL-Client-Verify: forged", "X-Forwarded-For: 10.0.0.1")
	for name, values := range g.seen.take()[0].Headers {
		if values[0] == "forged" {
			t.Errorf("the upstream saw %s", name)
		}
	}
}

func TestNew_forwardHeaders(t *testing.T) {
	for _, name := range []string{"X-Auth-User", "x_cardea_x", "X-Forwarded-For", "X-Original-URL", "X-HTTP-Method-Override", "Authorization", "Content-Length", "", "a b"} {
		if _, err := newStripper(nil, map[string][]string{"demo": {name}}, 1, loopback); err == nil {
			t.Errorf("%q may be forwarded", name)
		}
	}
}

// TestServe_batchHeaders: forged headers of requests in a batch are removed or refused.
func TestServe_batchHeaders(t *testing.T) {
	p := core.Policy{Rules: []route.Rule{{Name: "rest", Path: "/**", Access: route.Public}}, Hooks: tenantHooks(t, nil),
		Application: core.Application{Read: func(_, method, path, query string) (route.Reading, error) {
			return wordpress.Reader{}.Read(method, path, query)
		}},
	}
	g := newTestGateway(t, openEngine(t, p), func(c *Config) { c.Inspectors = map[string]Inspector{"": wordpress.Inspector{}} })
	for headers, status := range map[string]int{
		`{}`: 200, `[]`: 200, `{"X-Plain":"a"}`: 200, `{"X-Tenant":"acme"}`: 400, `{"x_tenant":["acme"]}`: 400, `{"X-Auth-User":"root"}`: 400,
		`{"X-SSL-Client-Verify":"SUCCESS"}`: 400, `{"Authorization":"Basic x"}`: 400, `"X-Tenant: acme"`: 400, `[{"X-Tenant":"acme"}]`: 400,
		`{"a":1,"X.Tenant":"acme"}`: 400,
	} {
		a := g.post(t, "/wp-json/batch/v1", `{"requests":[{"path":"/a"},{"path":"/b","headers":`+headers+`}]}`, "X-Plain: a", "Content-Type: application/json")
		if a.status != status {
			t.Errorf("%s: status %d %s, want %d", headers, a.status, a.body, status)
		}
		g.seen.take()
	}
}

// TestDecide_hidesForgeries: neither hooks nor methods see what a client put into a
// header that a hook sets.
func TestDecide_hidesForgeries(t *testing.T) {
	hs := tenantHooks(t, nil)
	var seen []string
	err := hs.RouteAccess.BindView("look", func(_ context.Context, v hooks.View) error {
		for _, key := range v.Keys("req.header.") {
			if strings.Contains(key, "tenant") {
				seen = append(seen, key)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	e := openEngine(t, core.Policy{Rules: demoRules(), Hooks: hs})
	sent := api.Header{"Authorization": {strings.TrimPrefix(valid, "Authorization: ")}, "X-Tenant": {"forged"}, "X_tenant": {"forged"}}
	before := maps.Clone(sent)
	a := api.Attempt{Method: "GET", Scheme: "http", Host: "gate.test", RawTarget: "/admin/x", Header: sent}
	if d := e.Decide(t.Context(), &a); d.Outcome != core.Allowed || len(seen) > 0 {
		t.Errorf("%v; a hook saw %v", d.Err, seen)
	}
	if len(sent) != len(before) {
		t.Error("the caller's headers were changed")
	}
}
