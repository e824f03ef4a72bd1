package gateway

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/core/store/memory"
	"github.com/cardea-auth/cardea/core/users"
	"github.com/cardea-auth/cardea/methods/apikey"
	"github.com/cardea-auth/cardea/methods/basic"
	"github.com/cardea-auth/cardea/methods/jwt"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// nodes are two engines on one store: the gateway uses one, and the other revokes
// credentials.
type nodes struct {
	t           *testing.T
	near, far   *core.Engine
	accounts    *core.Accounts // of far
	plain, tls2 *httptest.Server
	user        api.User
	id          api.Identity
}

const quickTTL = 6 * time.Second

// soon is within what time a connection must end; the race detector makes all slow.
func soon() time.Duration {
	if raceEnabled {
		return 10 * time.Second
	}
	return time.Second
}

func newNodes(t *testing.T, ttl time.Duration) *nodes {
	ring, err := keys.Open(t.Context(), keys.Config{})
	if err != nil {
		t.Fatal(err)
	}
	shared := memory.New()
	passwords := users.NewPasswords(users.PasswordConfig{Memory: 8, Passes: 1})
	open := func() *core.Engine {
		e, err := core.New(context.Background(), core.Config{
			Store: shared, Keys: ring, Passwords: passwords,
			Policy: core.Policy{
				Methods: []core.NamedMethod{
					{Name: "jwt", Opener: jwt.Config{}}, {Name: "apikey", Opener: apikey.Config{}}, {Name: "basic", Opener: basic.Config{}},
				},
				Rules: []route.Rule{
					{Name: "all", Path: "/**", Roles: []string{"editor"}},
					{Name: "keep", Path: "/keep/**", OnRevoke: route.Keep},
				},
				Tokens: core.TokenPolicy{AccessTTL: ttl},
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { e.Close() })
		return e
	}
	n := &nodes{t: t, near: open(), far: open()}
	n.accounts, err = n.far.Admin().Accounts()
	n.must(err)
	n.user, err = n.accounts.Create(t.Context(), users.NewUser{Login: "anna", Roles: []string{"editor"}, Password: "correct-horse"}, "test")
	n.must(err)
	n.id, err = n.far.Tokens().User(t.Context(), n.user.Subject)
	n.must(err)
	n.serve()
	return n
}

func (n *nodes) must(err error) {
	n.t.Helper()
	if err != nil {
		n.t.Fatal(err)
	}
}

// serve starts the gateway and the upstream, which never ends a request itself.
func (n *nodes) serve() {
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case isWebSocket(r):
			conn, _, _ := http.NewResponseController(w).Hijack()
			defer conn.Close()
			io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello\n")
			io.Copy(io.Discard, conn)
		case r.Method == "POST":
			io.Copy(io.Discard, r.Body)
		case strings.HasSuffix(r.URL.Path, "/poll"):
			<-r.Context().Done()
		default:
			w.Header().Set("Content-Type", "text/event-stream")
			io.WriteString(w, "hello\n")
			http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}
	}))
	n.t.Cleanup(upstream.Close)
	u, _ := url.Parse(upstream.URL)
	g, err := New(Config{Engine: n.near, Upstreams: map[string]*url.URL{"demo": u}})
	n.must(err)
	n.plain, n.tls2 = httptest.NewServer(g), httptest.NewUnstartedServer(g)
	n.tls2.EnableHTTP2 = true
	n.tls2.StartTLS()
	n.t.Cleanup(n.plain.Close)
	n.t.Cleanup(n.tls2.Close)
	n.t.Cleanup(n.plain.CloseClientConnections)
	n.t.Cleanup(n.tls2.CloseClientConnections)
}

// connections opens one connection of each kind; the channel receives those that end.
func (n *nodes) connections(prefix string, header http.Header) (list []string, ended chan string) {
	ended = make(chan string, 10)
	h2 := n.tls2.Client()
	other := n.stream(h2, n.tls2.URL+prefix+"/other", n.bearer("other"))
	for name, open := range map[string]func() io.Reader{
		"event stream": func() io.Reader { return n.stream(http.DefaultClient, n.plain.URL+prefix+"/sse", header) },
		"HTTP/2":       func() io.Reader { return n.stream(h2, n.tls2.URL+prefix+"/sse", header) },
		"WebSocket":    func() io.Reader { return n.socket(prefix+"/ws", header) },
		"upload":       func() io.Reader { return n.waiting("POST", n.plain.URL+prefix+"/upload", header) },
		"long poll":    func() io.Reader { return n.waiting("GET", n.plain.URL+prefix+"/poll", header) },
	} {
		list = append(list, name)
		r := open()
		go func() {
			io.Copy(io.Discard, r)
			ended <- name
		}()
	}
	go func() {
		io.Copy(io.Discard, other)
		ended <- "another stream on the same HTTP/2 connection"
	}()
	return list, ended
}

func (n *nodes) request(method, target string, header http.Header, body io.Reader) *http.Request {
	r, err := http.NewRequestWithContext(n.t.Context(), method, target, body)
	n.must(err)
	r.Header = header.Clone()
	return r
}

func (n *nodes) stream(client *http.Client, target string, header http.Header) io.Reader {
	res, err := client.Do(n.request("GET", target, header, nil))
	n.must(err)
	if _, err := io.ReadFull(res.Body, make([]byte, 6)); err != nil || res.StatusCode != 200 {
		n.t.Fatalf("%s: ReadFull: got %d, %v; want status 200", target, res.StatusCode, err)
	}
	return res.Body
}

func (n *nodes) socket(path string, header http.Header) io.Reader {
	conn, err := net.Dial("tcp", n.plain.Listener.Addr().String())
	n.must(err)
	n.t.Cleanup(func() { conn.Close() })
	fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n", path)
	header.Write(conn)
	io.WriteString(conn, "\r\n")
	r := bufio.NewReader(conn)
	for line := ""; line != "hello\n"; {
		if line, err = r.ReadString('\n'); err != nil {
			n.t.Fatal(err)
		}
	}
	return r
}

// waiting is a request that the upstream does not answer; a body is sent without end.
func (n *nodes) waiting(method, target string, header http.Header) io.Reader {
	out, in := io.Pipe()
	go func() {
		defer in.Close()
		var body io.Reader
		if method == "POST" {
			body = endless{n.t.Context()}
		}
		res, err := n.plain.Client().Do(n.request(method, target, header, body))
		if err == nil {
			if res.StatusCode != http.StatusUnauthorized {
				n.t.Errorf("%s %s: got %d, want status %d", method, target, res.StatusCode, http.StatusUnauthorized)
			}
			res.Body.Close()
		}
	}()
	return out
}

type endless struct{ ctx context.Context }

func (e endless) Read(p []byte) (int, error) {
	select {
	case <-e.ctx.Done():
		return 0, e.ctx.Err()
	case <-time.After(20 * time.Millisecond):
		return min(len(p), 100), nil
	}
}

func (n *nodes) begin() core.TokenPair {
	g, err := n.far.Tokens().StartSession(context.Background(), core.BeginRequest{Identity: n.id})
	n.must(err)
	return g
}

// bearer is a token of a user of that name, or of the nodes' own user.
func (n *nodes) bearer(login string) http.Header {
	u, err := n.accounts.Create(context.Background(), users.NewUser{Login: login, Roles: []string{"editor"}}, "test")
	n.must(err)
	text, _, err := n.accounts.CreateAPIKey(context.Background(), core.NewAPIKey{Subject: u.Subject}, "test")
	n.must(err)
	return http.Header{"X-Api-Key": {text.Reveal()}}
}

func asBearer(text api.Secret) http.Header {
	return http.Header{"Authorization": {"Bearer " + text.Reveal()}}
}

// ending is a way in which a credential ends: how it is created and what ends it.
type ending struct {
	name string
	make func(n *nodes) (http.Header, func() error)
	all  bool // also the other user's
}

func endings() []ending {
	ctx := context.Background()
	token := func(end func(*nodes, core.TokenPair) error) func(n *nodes) (http.Header, func() error) {
		return func(n *nodes) (http.Header, func() error) {
			g := n.begin()
			return asBearer(g.Access.Text), func() error { return end(n, g) }
		}
	}
	revoke := func(kind api.RevocationKind, key func(*nodes, core.TokenPair) string) func(n *nodes) (http.Header, func() error) {
		return token(func(n *nodes, g core.TokenPair) error {
			return n.far.Tokens().Revoke(ctx, api.Revocation{Kind: kind, Key: key(n, g)})
		})
	}
	password := func(end func(*nodes) error) func(n *nodes) (http.Header, func() error) {
		return func(n *nodes) (http.Header, func() error) {
			r := &http.Request{Header: http.Header{}}
			r.SetBasicAuth("anna", "correct-horse")
			return r.Header, func() error { return end(n) }
		}
	}
	disable := func(n *nodes) error { return n.accounts.SetDisabled(ctx, n.user.Subject, true, "test") }
	return []ending{
		{name: "token", make: revoke(api.RevokeToken, func(_ *nodes, g core.TokenPair) string { return g.Access.ID })},
		{name: "session, by the log", make: revoke(api.RevokeSession, func(_ *nodes, g core.TokenPair) string { return g.Session })},
		{name: "subject", make: revoke(api.RevokeSubject, func(n *nodes, _ core.TokenPair) string { return n.user.Subject })},
		{name: "everything", all: true, make: revoke(api.RevokeAll, func(*nodes, core.TokenPair) string { return "" })},
		{name: "session", make: token(func(n *nodes, g core.TokenPair) error { return n.far.Admin().EndSession(ctx, g.Session, "test", "") })},
		{name: "refresh token", make: token(func(n *nodes, g core.TokenPair) error { return n.far.Tokens().RevokeToken(ctx, g.Refresh) })},
		{name: "logout everywhere", make: token(func(n *nodes, _ core.TokenPair) error {
			return n.far.Tokens().LogoutAll(ctx, n.user.Subject, "test", "")
		})},
		{name: "signing key", make: token(func(n *nodes, _ core.TokenPair) error {
			return n.far.Admin().RevokeKey(ctx, n.near.Keys().Active().ID, "test")
		})},
		{name: "signing key, taken out of the ring", make: token(func(n *nodes, _ core.TokenPair) error {
			_, err := n.near.Keys().Remove(ctx, n.near.Keys().Active().ID)
			return err
		})},
		{name: "user disabled", make: token(func(n *nodes, _ core.TokenPair) error { return disable(n) })},
		{name: "user disabled, with a password", make: password(disable)},
		{name: "other password", make: password(func(n *nodes) error { return n.accounts.SetPassword(ctx, n.user.Subject, "another-horse", "test") })},
		{name: "user deleted", make: token(func(n *nodes, _ core.TokenPair) error { return n.accounts.Delete(ctx, n.user, "test") })},
		{name: "role", make: token(func(n *nodes, _ core.TokenPair) error {
			return n.accounts.SetRoles(ctx, n.user.Subject, []string{"reader"}, "test")
		})},
		{name: "client", make: func(n *nodes) (http.Header, func() error) {
			issued, err := n.far.Tokens().Issue(ctx, core.IssueRequest{Identity: n.id, Client: "app"})
			n.must(err)
			return asBearer(issued.Text), func() error { return n.far.Tokens().Revoke(ctx, api.Revocation{Kind: api.RevokeClient, Key: "app"}) }
		}},
		{name: "API key", make: func(n *nodes) (http.Header, func() error) {
			text, key, err := n.accounts.CreateAPIKey(ctx, core.NewAPIKey{Subject: n.user.Subject}, "test")
			n.must(err)
			return http.Header{"X-Api-Key": {text.Reveal()}}, func() error { return n.accounts.RevokeAPIKey(ctx, key.ID, "test") }
		}},
		{name: "API key with another secret", make: func(n *nodes) (http.Header, func() error) {
			text, key, err := n.accounts.CreateAPIKey(ctx, core.NewAPIKey{Subject: n.user.Subject}, "test")
			n.must(err)
			return http.Header{"X-Api-Key": {text.Reveal()}}, func() error {
				_, err := n.accounts.RotateAPIKey(ctx, key.ID, 0, "test")
				return err
			}
		}},
	}
}

// TestLife: each kind of connection ends within a second of each way in which its
// credential ends, also on another node, and other connections continue.
func TestLife(t *testing.T) {
	for _, c := range endings() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			n := newNodes(t, time.Hour)
			header, end := c.make(n)
			list, ended := n.connections("", header)
			if c.all {
				list = append(list, "another stream on the same HTTP/2 connection")
			}
			time.Sleep(time.Second)
			if len(ended) > 0 {
				t.Fatalf("%s has ended by itself", <-ended)
			}
			begin := time.Now()
			n.must(end())
			n.expect(list, ended, begin.Add(soon()))
			t.Logf("all have ended after %s", time.Since(begin).Round(time.Millisecond))
			if c.all {
				return
			}
			select {
			case name := <-ended:
				t.Errorf("%s has ended as well", name)
			case <-time.After(100 * time.Millisecond):
			}
		})
	}
}

// expect waits until all connections of the list have ended, or the deadline.
func (n *nodes) expect(list []string, ended chan string, deadline time.Time) {
	n.t.Helper()
	left := map[string]bool{}
	for _, name := range list {
		left[name] = true
	}
	for len(left) > 0 {
		select {
		case name := <-ended:
			if !left[name] {
				n.t.Errorf("%s has ended as well", name)
			}
			delete(left, name)
		case <-time.After(time.Until(deadline)):
			n.t.Fatalf("these streams continue: %v", left)
		}
	}
}

// TestLife_keep: connections under a rule with on_revoke: keep continue.
func TestLife_keep(t *testing.T) {
	t.Parallel()
	n := newNodes(t, time.Hour)
	g := n.begin()
	_, ended := n.connections("/keep", asBearer(g.Access.Text))
	time.Sleep(time.Second)
	n.must(n.far.Admin().EndSession(t.Context(), g.Session, "test", ""))
	select {
	case name := <-ended:
		t.Errorf("%s has ended", name)
	case <-time.After(1500 * time.Millisecond):
	}
}

// TestLife_expires: an expired token ends its connections, unless its session has a newer
// one, which may be another node's.
func TestLife_expires(t *testing.T) {
	for name, refresh := range map[string]bool{"at exp": false, "with the newest token": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := newNodes(t, quickTTL)
			g := n.begin()
			list, ended := n.connections("", asBearer(g.Access.Text))
			until := g.Access.ExpiresAt
			if refresh {
				time.Sleep(2 * time.Second)
				newer, err := n.far.Tokens().Refresh(t.Context(), core.RefreshRequest{Token: g.Refresh})
				n.must(err)
				until = newer.Access.ExpiresAt
			}
			time.Sleep(time.Until(until) - 100*time.Millisecond)
			if len(ended) > 0 {
				t.Fatalf("%s has ended too early", <-ended)
			}
			n.expect(list, ended, until.Add(soon()))
		})
	}
}

// demoted authenticates every request as one user whose roles change.
type demoted struct{ roles *atomic.Pointer[[]string] }

func (m demoted) Open(string, core.Deps) (core.Method, error) { return m, nil }

func (demoted) Name() string { return "jwt" }

func (demoted) Kinds() []api.Kind { return []api.Kind{api.Bearer} }

func (m demoted) Authenticate(_ context.Context, a api.Attempt) (api.Identity, error) {
	if a.Credential.Kind == api.NoCredential {
		return api.Identity{}, core.ErrNotMine
	}
	return api.Identity{Subject: "1", Login: "alice", Roles: *m.roles.Load()}, nil
}

// TestLife_within: a request also ends when the user loses a role that something in it
// needs: a request in a batch, or the method that a header names.
func TestLife_within(t *testing.T) {
	const posts, users = `{"path":"/wp/v2/posts"}`, `{"path":"/wp/v2/users/2"}`
	for name, c := range map[string]struct {
		target, inner, override string
		ends                    bool
	}{
		"a batch":                     {target: "/wp-json/batch/v1", inner: posts + "," + users, ends: true},
		"a batch that needs no role":  {target: "/wp-json/batch/v1", inner: posts},
		"a method":                    {target: "/app/x", override: "DELETE", ends: true},
		"a method that needs no role": {target: "/app/x", override: "PUT"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			roles := new(atomic.Pointer[[]string])
			roles.Store(&[]string{"administrator"})
			e, err := core.New(t.Context(), core.Config{Policy: core.Policy{
				Methods: []core.NamedMethod{{Name: "jwt", Opener: demoted{roles}}},
				Rules: []route.Rule{
					{Name: "users", Path: "/wp-json/wp/v2/users/**", Roles: []string{"administrator"}},
					{Name: "delete", Path: "/app/**", Methods: []string{"DELETE"}, Roles: []string{"administrator"}},
					{Name: "all", Path: "/**"},
				},
				Application: core.Application{Read: func(_, method, path, query string) (route.Reading, error) {
					return wordpress.Reader{}.Read(method, path, query)
				}},
			}})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { e.Close() })
			upstream := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				io.Copy(io.Discard, r.Body)
				<-r.Context().Done()
			}))
			t.Cleanup(upstream.Close)
			addr := serve(t, e, upstream.URL, func(c *Config) {
				c.Inspectors = map[string]Inspector{"": wordpress.Inspector{}}
				c.MethodHeaders = map[string][]string{"demo": {"X-HTTP-Method-Override"}}
			})
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			status := make(chan int, 1)
			go func() {
				r, _ := http.NewRequestWithContext(ctx, "POST", "http://"+addr+c.target, strings.NewReader(`{"requests":[`+c.inner+`]}`))
				r.Header.Set("Authorization", "Bearer any")
				r.Header.Set("Content-Type", "application/json")
				if c.override != "" {
					r.Header.Set("X-HTTP-Method-Override", c.override)
				}
				res, err := http.DefaultClient.Do(r)
				if err != nil {
					status <- 0
					return
				}
				res.Body.Close()
				status <- res.StatusCode
			}()
			time.Sleep(time.Second)
			roles.Store(&[]string{"reader"})
			if err := e.Tokens().Revoke(ctx, api.Revocation{Kind: api.RefreshUser, Key: "1"}); err != nil {
				t.Fatal(err)
			}
			select {
			case got := <-status:
				if !c.ends || got != http.StatusForbidden {
					t.Errorf("it ended with %d, want it to end: %v", got, c.ends)
				}
			case <-time.After(patience(c.ends)):
				if c.ends {
					t.Error("the stream was not ended")
				}
			}
		})
	}
}

// patience is how long a test waits for a request to end: one second if it must not end.
func patience(ends bool) time.Duration {
	if ends {
		return time.Minute
	}
	return time.Second
}
