package gateway

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/httpauth"
)

// oneToken accepts the Bearer tokens "valid" (alice) and "reader" (no role).
type oneToken struct{}

func (oneToken) Open(string, core.Deps) (core.Method, error) { return oneToken{}, nil }

func (oneToken) Name() string { return "jwt" }

func (oneToken) Authenticate(_ context.Context, a api.Attempt) (api.Identity, error) {
	switch {
	case a.Credential.Kind == api.NoCredential:
		return api.Identity{}, core.ErrNotMine
	case a.Credential.Text == "valid":
		return api.Identity{Subject: "1", Login: "alice", Roles: []string{"administrator", "editor"}}, nil
	case a.Credential.Text == "reader":
		return api.Identity{Subject: "2", Login: "rita"}, nil
	}
	return api.Identity{}, api.E(api.Unauthenticated, api.ReasonTokenMalformed, "the token is malformed")
}

func (oneToken) Kinds() []api.Kind { return []api.Kind{api.Basic, api.Bearer, api.APIKeyKind} }

func (oneToken) CacheFor() time.Duration { return time.Hour }

func (oneToken) Challenge(*core.Error) string { return `Bearer realm="cardea"` }

func newEngine(t testing.TB, rules ...route.Rule) *core.Engine {
	t.Helper()
	return openEngine(t, core.Policy{Rules: rules})
}

func openEngine(t testing.TB, p core.Policy) *core.Engine {
	t.Helper()
	p.Methods = []core.NamedMethod{{Name: "jwt", Opener: oneToken{}}}
	e, err := core.New(t.Context(), core.Config{Policy: p})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

// testGateway is a gateway on a loopback listener in front of a demo upstream that records
// requests.
type testGateway struct {
	addr string
	seen *recorder
}

type recorder struct {
	next http.Handler
	mu   sync.Mutex
	list []seen
}

func (rec *recorder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rec.mu.Lock()
	rec.list = append(rec.list, seen{Method: r.Method, Target: r.RequestURI, Host: r.Host, Headers: r.Header.Clone()})
	rec.mu.Unlock()
	rec.next.ServeHTTP(w, r)
}

// take returns the requests since the last call.
func (rec *recorder) take() []seen {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	list := rec.list
	rec.list = nil
	return list
}

func newTestGateway(t testing.TB, engine Decider, change func(*Config)) *testGateway {
	t.Helper()
	rec := &recorder{next: Demo()}
	upstream := httptest.NewServer(rec)
	t.Cleanup(upstream.Close)
	return &testGateway{serve(t, engine, upstream.URL, change), rec}
}

// serve starts a gateway as described in doc.go, and returns its address.
func serve(t testing.TB, engine Decider, upstream string, change func(*Config)) string {
	t.Helper()
	u, err := url.Parse(upstream)
	if err != nil {
		t.Fatal(err)
	}
	c := Config{Engine: engine, Upstreams: map[string]*url.URL{"demo": u}}
	if change != nil {
		change(&c)
	}
	g, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { g.Close() })
	s := httptest.NewUnstartedServer(g)
	s.Config.MaxHeaderBytes = 64 << 10
	s.Config.ReadHeaderTimeout = 5 * time.Second
	s.Config.DisableGeneralOptionsHandler = true
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.Start()
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

// send writes raw bytes on one connection and reads n answers.
func (g *testGateway) send(t testing.TB, raw string, n int) []answer {
	t.Helper()
	conn, err := net.Dial("tcp", g.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(time.Minute))
	io.WriteString(conn, raw) // a server may answer and close before it has read all
	return readAnswers(t, bufio.NewReader(conn), raw, n)
}

type answer struct {
	status int
	header http.Header
	body   string
}

func readAnswers(t testing.TB, r *bufio.Reader, raw string, n int) []answer {
	t.Helper()
	method, _, _ := strings.Cut(raw, " ")
	var out []answer
	for range n {
		res, err := http.ReadResponse(r, &http.Request{Method: method})
		if err != nil {
			t.Fatalf("%d of %d answers to %.200q, then: %v", len(out), n, raw, err)
		}
		text, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatalf("body of the answer to %.200q: %v", raw, err)
		}
		out = append(out, answer{res.StatusCode, res.Header, string(text)})
	}
	return out
}

func (g *testGateway) get(t testing.TB, target string, headers ...string) answer {
	t.Helper()
	return g.send(t, request("GET", target, headers...), 1)[0]
}

func request(method, target string, headers ...string) string {
	lines := append([]string{method + " " + target + " HTTP/1.1", "Host: gate.test:8080"}, headers...)
	return strings.Join(lines, "\r\n") + "\r\n\r\n"
}

const valid = "Authorization: Bearer valid"

func demoRules() []route.Rule {
	return []route.Rule{
		{Name: "public", Path: "/public/**", Methods: []string{"GET"}, Access: route.Public},
		{Name: "admin", Path: "/admin/**", Roles: []string{"administrator"}},
		{Name: "open", Path: "/open/**", ForwardCredential: true},
		{Name: "custom", Path: "/custom/**", Header: route.HeaderSpec{Name: "X-Token", RefuseStandard: true}},
		{Name: "rest", Path: "/**"},
	}
}

func TestServe_forwardsWhatWasDecidedOn(t *testing.T) {
	g := newTestGateway(t, newEngine(t, demoRules()...), nil)
	for _, tc := range []struct{ target, want string }{
		{"/admin/users?a=1&a=2;b=%zz", "/admin/users?a=1&a=2;b=%zz"},
		{"/%61dmin/caf%c3%a9", "/admin/caf%C3%A9"},
		{"/café", "/caf%C3%A9"},
		{"/a%20b/%3F!%21*'()[]", "/a%20b/%3F!!*'()%5B%5D"},
		{"/", "/"},
		{"/x/", "/x/"},
		{"/x?", "/x"},
		{"http://gate.test:8080/x?y", "/x?y"},
		{"http://gate.test:8080", "/"},
		{"HTTP://gate.test:8080?q", "/?q"},
	} {
		a := g.get(t, tc.target, valid)
		got := g.seen.take()
		if a.status != 200 || len(got) != 1 || got[0].Target != tc.want {
			t.Errorf("GET %s: status %d, upstream saw %v; want target %s", tc.target, a.status, got, tc.want)
		}
	}
}

func TestServe_headers(t *testing.T) {
	g := newTestGateway(t, newEngine(t, demoRules()...), nil)
	a := g.get(t, "/admin/x", valid,
		"X-Auth-User: root", "x_auth_user: root", "X.Auth.Roles: root", "X-Cardea-Assertion: root",
		"X-Forwarded-For: 1.2.3.4", "X_Forwarded_Host: evil", "Forwarded: for=1.2.3.4", "X-HTTP-Method-Override: GET",
		"X_API_KEY: k", "Remote-User: root", "Accept: text/plain", "Connection: keep-alive, X-Auth-User, Accept-Language", "Accept-Language: de")
	if a.status != 200 {
		t.Fatalf("status %d %s, want 200", a.status, a.body)
	}
	want := http.Header{
		"Accept":            {"text/plain"},
		"X-Auth-User":       {"alice"},
		"X-Auth-Roles":      {"administrator,editor"},
		"X-Auth-Method":     {"jwt"},
		"X-Forwarded-For":   {"127.0.0.1"},
		"X-Forwarded-Proto": {"http"},
		"X-Forwarded-Host":  {"gate.test:8080"},
	}
	if diff := cmp.Diff(want, g.seen.take()[0].Headers); diff != "" {
		t.Errorf("the upstream's headers (-want +got):\n%s", diff)
	}
}

func TestServe_anonymousHeadersAreEmpty(t *testing.T) {
	g := newTestGateway(t, newEngine(t, demoRules()...), nil)
	g.get(t, "/public/x", "X-Auth-User: root", "Authorization: Bearer bad")
	h := g.seen.take()[0].Headers
	for _, name := range []string{core.HeaderUser, core.HeaderRoles, core.HeaderMethod} {
		if diff := cmp.Diff([]string{""}, h[name]); diff != "" {
			t.Errorf("%s (-want +got): %s", name, diff)
		}
	}
	if h["Authorization"] != nil {
		t.Errorf("the upstream saw the credential %q, want none", h["Authorization"])
	}
}

func TestServe_credentialIsForwardedOnlyOnDemand(t *testing.T) {
	g := newTestGateway(t, newEngine(t, demoRules()...), nil)
	for _, tc := range []struct {
		target, credential string
		want               []string
	}{
		{"/admin/x", valid, nil},
		{"/open/x", valid, []string{"Bearer valid"}},
		{"/custom/x", "X-Token: valid", nil},
	} {
		a := g.get(t, tc.target, tc.credential)
		h := g.seen.take()[0].Headers
		if a.status != 200 || cmp.Diff(tc.want, h["Authorization"]) != "" || h["X-Token"] != nil {
			t.Errorf("%s: status %d, upstream saw %v, want credential %q", tc.target, a.status, h, tc.want)
		}
	}
}

func TestServe_hostIsCanonical(t *testing.T) {
	g := newTestGateway(t, newEngine(t, demoRules()...), nil)
	for host, want := range map[string]string{
		"gate.test": "gate.test", "GATE.Test.:81": "gate.test:81", "gate.test.": "gate.test", "[::1]:9": "[::1]:9", "[0:0::1]": "[::1]",
	} {
		g.send(t, "GET /x HTTP/1.1\r\nHost: "+host+"\r\n"+valid+"\r\n\r\n", 1)
		if got := g.seen.take()[0].Host; got != want {
			t.Errorf("Host %q reached the upstream as %q, want %q", host, got, want)
		}
	}
}

func TestServe_refusals(t *testing.T) {
	g := newTestGateway(t, newEngine(t, demoRules()...), nil)
	for _, tc := range []struct {
		name, raw, code string
		status          int
	}{
		{"nothing", request("GET", "/x"), api.ReasonNoCredential, 401},
		{"bad token", request("GET", "/x", "Authorization: Bearer bad"), api.ReasonTokenMalformed, 401},
		{"role", request("GET", "/admin/x", "Authorization: Bearer reader"), api.ReasonRole, 403},
		{"two", request("GET", "/x", valid, "X-API-Key: k"), api.ReasonManyCredentials, 401},
		{"path", request("GET", "/x/../y", valid), api.ReasonBadPath, 400},
		{"host", "GET /x HTTP/1.1\r\nHost: a..b\r\n" + valid + "\r\n\r\n", api.ReasonBadPath, 400},
		{"many headers", "GET /x HTTP/1.1\r\nHost: h\r\n" + valid + "\r\n" + manyHeaders(128) + "\r\n", httpauth.ReasonManyHeaders, 431},
		{"connect", request("CONNECT", "gate.test:22", valid), api.ReasonMethodNotAllowed, 405},
		{"trace", request("TRACE", "/x", valid), api.ReasonMethodNotAllowed, 405},
		{"userinfo", request("GET", "http://u:p@gate.test:8080/x", valid), api.ReasonBadPath, 400},
		{"standard header where a custom one is wanted", request("GET", "/custom/x", valid), api.ReasonBadCredential, 401},
	} {
		a := g.send(t, tc.raw, 1)[0]
		if a.status != tc.status {
			t.Errorf("%s: status %d %s, want %d", tc.name, a.status, a.body, tc.status)
			continue
		}
		if tc.code != "" {
			checkRefusal(t, tc.name, a, tc.status, tc.code)
		}
		if seen := g.seen.take(); len(seen) > 0 {
			t.Errorf("%s: the upstream saw %v", tc.name, seen)
		}
	}
}

func checkRefusal(t *testing.T, name string, a answer, status int, code string) {
	t.Helper()
	var got struct {
		Code, Message string
		Data          struct{ Status int }
	}
	if err := json.Unmarshal([]byte(a.body), &got); err != nil || got.Code != code || got.Message == "" || got.Data.Status != status {
		t.Errorf("%s: body %s (%v), want code %s, a message, and status %d", name, a.body, err, code, status)
	}
	if a.header.Get("Cache-Control") != "no-store" || !strings.HasPrefix(a.header.Get("Content-Type"), "application/json") {
		t.Errorf("%s: headers %v, want no-store and JSON", name, a.header)
	}
	if challenged := a.header.Get("WWW-Authenticate") != ""; challenged != (status == 401) {
		t.Errorf("%s: status %d with challenge %v", name, status, a.header["Www-Authenticate"])
	}
}

func TestServe_trust(t *testing.T) {
	trusted := httpauth.Trust{Proxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("10.0.0.0/8")}}
	for _, tc := range []struct {
		name       string
		trust      httpauth.Trust
		headers    []string
		for_, prot string
	}{
		{"nobody", httpauth.Trust{}, []string{"X-Forwarded-For: 1.2.3.4", "X-Forwarded-Proto: https"}, "127.0.0.1", "http"},
		{"one hop", trusted, []string{"X-Forwarded-For: 1.2.3.4", "X-Forwarded-Proto: https"}, "1.2.3.4", "https"},
		{"forged beginning", trusted, []string{"X-Forwarded-For: 6.6.6.6, 1.2.3.4,10.0.0.9"}, "1.2.3.4", "http"},
		{"two fields", trusted, []string{"X-Forwarded-For: 1.2.3.4", "X-Forwarded-For: 10.0.0.9"}, "1.2.3.4", "http"},
		{"garbage", trusted, []string{"X-Forwarded-For: 1.2.3.4, x, 10.0.0.9"}, "10.0.0.9", "http"},
		{"mapped", trusted, []string{"X-Forwarded-For: ::ffff:1.2.3.4"}, "1.2.3.4", "http"},
		{"two schemes", trusted, []string{"X-Forwarded-Proto: https", "X-Forwarded-Proto: http"}, "127.0.0.1", "http"},
		{"odd scheme", trusted, []string{"X-Forwarded-Proto: gopher"}, "127.0.0.1", "http"},
	} {
		g := newTestGateway(t, newEngine(t, demoRules()...), func(c *Config) { c.Trust = tc.trust })
		g.get(t, "/public/x", tc.headers...)
		h := g.seen.take()[0].Headers
		if got := [2]string{h.Get("X-Forwarded-For"), h.Get("X-Forwarded-Proto")}; got != [2]string{tc.for_, tc.prot} || len(h["X-Forwarded-For"]) != 1 {
			t.Errorf("%s: upstream saw %v, want %s over %s", tc.name, h, tc.for_, tc.prot)
		}
	}
}
