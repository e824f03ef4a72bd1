package gateway

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/httpauth"
)

func post(body string, headers ...string) string {
	return strings.TrimSuffix(request("POST", "/x", append(headers, valid)...), "\r\n") + "\r\n" + body
}

func TestServe_body(t *testing.T) {
	g := newTestGateway(t, newEngine(t), func(c *Config) { c.MaxBody = 10 })
	for _, tc := range []struct {
		name, raw, code string
		status          int
	}{
		{"fits", post("0123456789", "Content-Length: 10"), "", 200},
		{"chunked", post("a\r\n0123456789\r\n0\r\n\r\n", "Transfer-Encoding: chunked"), "", 200},
		{"announced too large", post("0123456789a", "Content-Length: 11"), "too_large", 413},
		{"turns out too large", post("b\r\n0123456789a\r\n0\r\n\r\n", "Transfer-Encoding: chunked"), "too_large", 413},
		{"bad chunk size", post("zz\r\n", "Transfer-Encoding: chunked"), "bad_body", 400},
		{"chunk size overflow", post("10000000000000005\r\nhello\r\n0\r\n\r\n", "Transfer-Encoding: chunked"), "bad_body", 400},
		{"chunk extension flood", post("1;"+strings.Repeat("x", 64<<10)+"\r\na\r\n0\r\n\r\n", "Transfer-Encoding: chunked"), "bad_body", 400},
	} {
		a := g.send(t, tc.raw, 1)[0]
		if a.status != tc.status {
			t.Errorf("%s: status %d %s, want %d", tc.name, a.status, a.body, tc.status)
			continue
		}
		if tc.code != "" {
			checkRefusal(t, tc.name, a, tc.status, tc.code)
			continue
		}
		var got seen
		if err := json.Unmarshal([]byte(a.body), &got); err != nil || got.BodyBytes != 10 {
			t.Errorf("%s: the upstream says %s (%v), want 10 body bytes", tc.name, a.body, err)
		}
	}
}

func TestServe_noBodyLimit(t *testing.T) {
	g := newTestGateway(t, newEngine(t), func(c *Config) { c.MaxBody = -1 })
	if a := g.send(t, post("0123456789", "Content-Length: 10"), 1)[0]; a.status != 200 {
		t.Errorf("status %d %s, want 200", a.status, a.body)
	}
}

func TestServe_trailersDoNotPass(t *testing.T) {
	trailers := make(chan http.Header, 1)
	upstream := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		trailers <- r.Trailer
	}))
	defer upstream.Close()
	g := &testGateway{addr: serve(t, newEngine(t), upstream.URL, nil)}
	g.send(t, post("1\r\na\r\n0\r\nX-Auth-User: root\r\n\r\n", "Transfer-Encoding: chunked", "Trailer: X-Auth-User"), 1)
	if got := <-trailers; len(got) > 0 {
		t.Errorf("the upstream saw trailers %v, want none", got)
	}
}

func TestServe_upstreamFails(t *testing.T) {
	closed := httptest.NewServer(nil)
	closed.Close()
	rude := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, _ := http.NewResponseController(w).Hijack()
		conn.Close()
	}))
	defer rude.Close()
	release := make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer slow.Close()
	defer close(release)
	impatient := NewTransport()
	impatient.ResponseHeaderTimeout = 20 * time.Millisecond
	for _, tc := range []struct {
		name, url, code string
		transport       http.RoundTripper
		status          int
	}{
		{"nobody listens", closed.URL, "bad_gateway", nil, 502},
		{"hangs up", rude.URL, "bad_gateway", nil, 502},
		{"does not answer", slow.URL, "gateway_timeout", impatient, 504},
	} {
		var log bytes.Buffer
		g := &testGateway{addr: serve(t, newEngine(t), tc.url, func(c *Config) {
			c.Transport, c.Logger = tc.transport, slog.New(slog.NewTextHandler(&log, nil))
		})}
		a := g.get(t, "/x", valid)
		if a.status != tc.status {
			t.Errorf("%s: status %d, want %d", tc.name, a.status, tc.status)
			continue
		}
		checkRefusal(t, tc.name, a, tc.status, tc.code)
		if host := strings.TrimPrefix(tc.url, "http://"); strings.Contains(a.body, host) || !strings.Contains(log.String(), host) {
			t.Errorf("%s: the client got %s, the log %q; want the upstream's address in the log only", tc.name, a.body, log.String())
		}
	}
}

// deciderFunc is a decider made of a function.
type deciderFunc func(*api.Attempt) core.Decision

func (f deciderFunc) Decide(_ context.Context, a *api.Attempt) core.Decision { return f(a) }

func TestServe_panicNeverReachesTheClient(t *testing.T) {
	g := newTestGateway(t, deciderFunc(func(*api.Attempt) core.Decision { panic("secret detail") }), nil)
	a := g.get(t, "/x")
	if a.status != 500 || strings.Contains(a.body, "secret") {
		t.Errorf("status %d %s, want a plain 500", a.status, a.body)
	}
	checkRefusal(t, "panic", a, 500, "internal")
}

// TestServe_zeroDecisionRefuses: the zero decision refuses.
func TestServe_zeroDecisionRefuses(t *testing.T) {
	g := newTestGateway(t, deciderFunc(func(*api.Attempt) core.Decision { return core.Decision{} }), nil)
	if a := g.get(t, "/x"); a.status != 500 || len(g.seen.take()) > 0 {
		t.Errorf("status %d %s, want 500 and nothing at the upstream", a.status, a.body)
	}
}

func TestServe_unknownUpstream(t *testing.T) {
	g := newTestGateway(t, newEngine(t, route.Rule{Name: "r", Path: "/**", Access: route.Public, Upstream: "gone"}), nil)
	if a := g.get(t, "/x"); a.status != 500 {
		t.Errorf("status %d %s, want 500", a.status, a.body)
	}
}

func TestServe_upgrades(t *testing.T) {
	upstream := httptest.NewServer(http.HandlerFunc(echoUpgrade))
	defer upstream.Close()
	g := &testGateway{addr: serve(t, newEngine(t), upstream.URL, nil)}
	for _, tc := range []struct {
		name, raw string
		status    int
	}{
		{"without credentials", request("GET", "/ws", "Connection: Upgrade", "Upgrade: websocket"), 401},
		{"h2c", request("GET", "/x", valid, "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA"), 204},
		{"two protocols", request("GET", "/x", valid, "Connection: Upgrade", "Upgrade: websocket, h2c"), 204},
		{"websocket by POST", request("POST", "/x", valid, "Connection: Upgrade", "Upgrade: websocket", "Content-Length: 0"), 204},
		{"malformed", request("GET", "/x", valid, "Connection: Upgrade", "Upgrade: caf\xe9"), 400},
	} {
		if a := g.send(t, tc.raw, 1)[0]; a.status != tc.status {
			t.Errorf("%s: status %d %s, want %d", tc.name, a.status, a.body, tc.status)
		}
	}
}

// echoUpgrade accepts any upgrade and sends back a line.
func echoUpgrade(w http.ResponseWriter, r *http.Request) {
	protocol := r.Header.Get("Upgrade")
	if protocol == "" {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	fmt.Fprintf(rw, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: %s\r\n\r\n", protocol)
	rw.Flush()
	line, _ := rw.ReadString('\n')
	rw.WriteString(line)
	rw.Flush()
}

func TestServe_webSocket(t *testing.T) {
	upstream := httptest.NewServer(http.HandlerFunc(echoUpgrade))
	defer upstream.Close()
	conn, err := net.Dial("tcp", serve(t, newEngine(t), upstream.URL, nil))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(time.Minute))
	io.WriteString(conn, request("GET", "/ws", valid, "Connection: Upgrade", "Upgrade: WebSocket"))
	r := bufio.NewReader(conn)
	res, err := http.ReadResponse(r, nil)
	if err != nil || res.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("handshake: %v, %v; want 101", res, err)
	}
	io.WriteString(conn, "hello\n")
	if line, err := r.ReadString('\n'); line != "hello\n" {
		t.Errorf("echo is %q, %v; want hello", line, err)
	}
}

func TestRefuse_doesNotTellUsersApart(t *testing.T) {
	var bodies []string
	for _, reason := range []string{api.ReasonUnknownUser, api.ReasonUnknownEmail, api.ReasonWrongPassword, api.ReasonDisabled} {
		w := httptest.NewRecorder()
		httpauth.Refuser{}.Refuse(t.Context(), w, core.Decision{Err: api.E(api.Unauthenticated, reason, "about "+reason), Challenge: []string{"Basic", "Bearer"}}, nil)
		bodies = append(bodies, w.Body.String())
		if got := w.Header()["Www-Authenticate"]; w.Code != 401 || len(got) != 2 {
			t.Errorf("%s: status %d, challenges %v; want 401 and two", reason, w.Code, got)
		}
	}
	for _, b := range bodies {
		if b != bodies[0] {
			t.Errorf("bodies differ: %s and %s", bodies[0], b)
		}
	}
}

func TestRefuse_statuses(t *testing.T) {
	for _, tc := range []struct {
		err    *api.Error
		status int
		header string
	}{
		{api.E(api.Invalid, "x", "y"), 400, ""},
		{api.E(api.Unauthenticated, "x", "y"), 401, ""},
		{api.E(api.Denied, "x", "y"), 403, ""},
		{api.E(api.Denied, api.ReasonMethodNotAllowed, "y"), 405, "Allow"},
		{api.E(api.NotFound, "x", "y"), 404, ""},
		{api.E(api.Conflict, "x", "y"), 409, ""},
		{api.E(api.Throttled, "x", "y"), 429, "Retry-After"},
		{api.E(api.Unavailable, "x", "y"), 503, "Retry-After"},
		{api.Wrap(api.Internal, "x", "detail", errors.New("cause")), 500, ""},
		{api.E("new", "x", "detail"), 500, ""},
		{nil, 500, ""},
	} {
		w := httptest.NewRecorder()
		httpauth.Refuser{}.Refuse(t.Context(), w, core.Decision{Err: tc.err}, nil)
		if w.Code != tc.status || tc.header != "" && w.Header().Get(tc.header) == "" {
			t.Errorf("Refuse(%v): status %d, headers %v; want %d, %s", tc.err, w.Code, w.Header(), tc.status, tc.header)
		}
		if w.Code == 500 && strings.Contains(w.Body.String(), "detail") {
			t.Errorf("Refuse(%v) writes %s", tc.err, w.Body)
		}
	}
}

func TestNew_refuses(t *testing.T) {
	engine := newEngine(t)
	for _, tc := range []struct {
		engine    Decider
		name, url string
		says      string
	}{
		{nil, "a", "http://h", "no engine"},
		{engine, "", "http://h", "has no name"},
		{engine, "a", "h:80", "not http://host"},
		{engine, "a", "ftp://h", "not http://host"},
		{engine, "a", "http:///x", "not http://host"},
		{engine, "a", "http://u:p@h", "user name"},
		{engine, "a", "http://h/base", "has a path"},
		{engine, "a", "http://h/?q", "has a path or query"},
	} {
		u, err := url.Parse(tc.url)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := New(Config{Engine: tc.engine, Upstreams: map[string]*url.URL{tc.name: u}}); err == nil || !strings.Contains(err.Error(), tc.says) {
			t.Errorf("New with %q at %s says %v, want %q", tc.name, tc.url, err, tc.says)
		}
	}
}

func TestCheckRules(t *testing.T) {
	a, b := &url.URL{Scheme: "http", Host: "a"}, &url.URL{Scheme: "http", Host: "b"}
	g, err := New(Config{Engine: newEngine(t), Upstreams: map[string]*url.URL{"a": a, "b": b}})
	if err != nil {
		t.Fatal(err)
	}
	err = g.CheckRules([]route.Rule{{Name: "fine", Upstream: "a"}, {Name: "lost", Upstream: "c"}, {Name: "vague"}})
	for _, want := range []string{`rule "lost" names upstream "c"`, `rule "vague" names no upstream`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("CheckRules says %v, want %q", err, want)
		}
	}
	if err != nil && strings.Contains(err.Error(), "fine") {
		t.Errorf("CheckRules returns %v for a valid rule", err)
	}
}

func ExampleNew() {
	upstream := httptest.NewServer(Demo())
	defer upstream.Close()
	engine, err := core.New(context.Background(), core.Config{Policy: core.Policy{
		Rules: []route.Rule{{Name: "assets", Path: "/public/**", Methods: []string{"GET"}, Access: route.Public}},
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer engine.Close()
	u, _ := url.Parse(upstream.URL)
	gateway, err := New(Config{Engine: engine, Upstreams: map[string]*url.URL{"site": u}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer gateway.Close()
	for _, target := range []string{"/public/logo", "/admin", "/public/../admin"} {
		w := httptest.NewRecorder()
		gateway.ServeHTTP(w, httptest.NewRequest("GET", target, nil))
		fmt.Println(target, w.Code)
	}
	// Output:
	// /public/logo 200
	// /admin 403
	// /public/../admin 400
}
