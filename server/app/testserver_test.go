package app

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users"
)

// serverConfig is a gateway in front of the demo, with the native endpoints; tests append
// lines.
const serverConfig = `
data: d
store: {driver: memory}
server: {listen: "127.0.0.1:0", admin_listen: "127.0.0.1:0", shutdown_delay: 0s}
upstreams: {app: {url: "builtin:demo"}}
rules: [{name: all, path: /**}]
mounts: [{name: auth, dialect: native}]
`

// testServer is a server under attack.
type testServer struct {
	*Server
	t        testing.TB
	accounts *core.Accounts
	public   string
}

const password = "pw-pw-pw-pw"

// openTestServer starts a server with the users alice (administrator) and bob (editor), who
// have the password.
func openTestServer(t *testing.T, further string) *testServer {
	t.Helper()
	return openServer(t, serverConfig+further)
}

// openServer is openTestServer with a whole configuration.
func openServer(t *testing.T, text string) *testServer {
	t.Helper()
	s, public, _ := start(t, load(t, text), slog.New(slog.DiscardHandler))
	g := &testServer{Server: s, t: t, public: strings.TrimPrefix(public, "http://")}
	var err error
	if g.accounts, err = s.Engine().Admin().Accounts(); err != nil {
		t.Fatal(err)
	}
	g.user("alice", "administrator")
	g.user("bob", "editor")
	return g
}

func (g *testServer) must(err error) {
	g.t.Helper()
	if err != nil {
		g.t.Fatal(err)
	}
}

func (g *testServer) user(login, role string) api.User {
	g.t.Helper()
	u, err := g.accounts.Create(g.t.Context(), users.NewUser{
		Login: login, Email: login + "@example.org", Roles: []string{role}, Password: password,
	}, "test")
	g.must(err)
	return u
}

// pair is the response to a login.
type pair struct {
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
}

func (g *testServer) login(login string) pair {
	g.t.Helper()
	a := g.post("/auth/login", map[string]string{"username": login, "password": password})
	var p pair
	if err := json.Unmarshal(a.body, &p); a.status != 200 || err != nil {
		g.t.Fatalf("login of %s: got %d %s, want status 200", login, a.status, a.body)
	}
	return p
}

// key makes an API key of a user's.
func (g *testServer) key(login string, n core.NewAPIKey) (text, id string) {
	g.t.Helper()
	id0, err := g.Engine().Tokens().Identity(g.t.Context(), login)
	g.must(err)
	n.Subject = id0.Subject
	secret, key, err := g.accounts.CreateAPIKey(g.t.Context(), n, "test")
	g.must(err)
	return secret.Reveal(), key.ID
}

// ratedKey creates an API key of bob with a limit of calls per minute.
func (g *testServer) ratedKey(rate int) string {
	g.t.Helper()
	text, _ := g.key("bob", core.NewAPIKey{Rate: rate})
	return text
}

// answer is a response.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// user returns the name and roles that the upstream was sent.
func (a answer) user() (name, roles string) {
	var seen struct{ Headers http.Header }
	if json.Unmarshal(a.body, &seen) != nil {
		return "", ""
	}
	return seen.Headers.Get(core.HeaderUser), seen.Headers.Get(core.HeaderRoles)
}

// raw sends unmodified bytes from a loopback address, and reads one response.
func (g *testServer) raw(from, text string) answer {
	g.t.Helper()
	d := net.Dialer{Timeout: 10 * time.Second, LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	c, err := d.DialContext(g.t.Context(), "tcp", g.public)
	g.must(err)
	defer c.Close()
	c.SetDeadline(time.Now().Add(time.Minute))
	io.WriteString(c, text) // the server may answer and close before it has read all
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		g.t.Errorf("no answer to %.60q: %v", text, err)
		return answer{}
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(res.Body)
	return answer{res.StatusCode, res.Header, body}
}

const loopback = "127.0.0.1"

// get sends header lines ("Name: value") with a GET.
func (g *testServer) get(target string, lines ...string) answer {
	g.t.Helper()
	return g.getFrom(loopback, target, lines...)
}

func (g *testServer) getFrom(from, target string, lines ...string) answer {
	g.t.Helper()
	head := append([]string{"GET " + target + " HTTP/1.1", "Host: h", "Connection: close"}, lines...)
	return g.raw(from, strings.Join(head, "\r\n")+"\r\n\r\n")
}

func bearer(token string) string { return "Authorization: Bearer " + token }

func (g *testServer) post(path string, body any, headers ...string) answer {
	g.t.Helper()
	text, err := json.Marshal(body)
	g.must(err)
	r, err := http.NewRequestWithContext(g.t.Context(), "POST", "http://"+g.public+path, bytes.NewReader(text))
	g.must(err)
	r.Header.Set("Content-Type", "application/json")
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	res, err := client.Do(r)
	g.must(err)
	defer res.Body.Close()
	got, err := io.ReadAll(res.Body)
	g.must(err)
	return answer{res.StatusCode, res.Header, got}
}

// client keeps no connections, which would outlive the test.
var client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: time.Minute}
