package app

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users"
	"github.com/cardea-auth/cardea/methods/all"
	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/server/check"
	"github.com/cardea-auth/cardea/server/config"
	dialects "github.com/cardea-auth/cardea/server/dialect/all"
)

// compiler compiles plugins as cardea does: this test binary starts itself for that.
var compiler plugins.Compiler

func TestMain(m *testing.M) {
	compiler = plugins.SelfCompiler()
	Quiet()
	goleak.VerifyTestMain(m)
}

// load reads a configuration in a directory whose path is short enough for the control
// socket.
func load(t *testing.T, text string) *config.Config {
	t.Helper()
	cfg, err := tryLoad(t, text)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func tryLoad(t *testing.T, text string) (*config.Config, error) {
	t.Helper()
	cfg, _, err := tryLoadPlaced(t, text)
	return cfg, err
}

func tryLoadPlaced(t *testing.T, text string) (*config.Config, *config.Provenance, error) {
	t.Helper()
	dir, err := os.MkdirTemp("", "app")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	path := filepath.Join(dir, config.FileName)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return config.Load(config.LoadOptions{Types: config.Types{Methods: all.Types(), Dialects: dialects.Types()}, Path: path, Required: true})
}

const whole = `
data: d
server: {listen: "127.0.0.1:0", admin_listen: "127.0.0.1:0", shutdown_delay: 0s}
upstreams: {app: {url: "builtin:demo"}}
rules:
  - {name: public, path: /public/**, access: public}
  - {name: rest, path: /**}
mounts:
  - {name: wordpress, dialect: wpjwt}
plugins:
  - {name: short, file: "builtin:short-expiry", config: {claim: plan, value: trial}, grants: {read: [lifetime], write: [lifetime, "claim.*"]}}
hooks:
  - {point: auth-expire, plugin: short}
  - {point: token-claims, plugin: short}
`

// listener opens a listener on a free port.
func listener(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// start runs a server and returns its two addresses.
func start(t *testing.T, cfg *config.Config, log *slog.Logger) (s *Server, public, admin string) {
	t.Helper()
	return startWith(t, cfg, Options{Version: "test", Logger: log})
}

// startWith is start with further options.
func startWith(t *testing.T, cfg *config.Config, o Options) (s *Server, public, admin string) {
	t.Helper()
	o.Listener, o.AdminListener = listener(t), listener(t)
	s, err := New(cfg, o)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		if err := s.Stop(context.Background()); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	return s, "http://" + o.Listener.Addr().String(), "http://" + o.AdminListener.Addr().String()
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	res, err := http.Get(url)
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

func TestValidate(t *testing.T) {
	for _, text := range []string{whole, "store: {driver: memory}\n", "keys: {algorithm: RS256}\n"} {
		if err := Validate(load(t, text)); err != nil {
			t.Errorf("the graph of %q is not complete: %v", text, err)
		}
	}
}

func TestGraph(t *testing.T) {
	dot, err := Graph(load(t, whole))
	if err != nil || !strings.HasPrefix(dot, "digraph") {
		t.Fatalf("got %.100s, %v; want text with %q", dot, err, "digraph")
	}
	for _, part := range []string{"core.Engine", "plugins.Host", "keys.Ring", "gateway.Gateway", `group = methods`, `group = bindings`} {
		if !strings.Contains(dot, part) && !strings.Contains(dot, strings.ReplaceAll(part, " = ", "=")) && !strings.Contains(dot, strings.TrimPrefix(part, "group = ")) {
			t.Errorf("the graph lacks %s", part)
		}
	}
}

func TestNewHooks_order(t *testing.T) {
	for range 100 {
		var ran []string
		var in hooksIn
		for _, b := range []binding{{order: 5, id: "late"}, {order: -5, id: "early"}, {order: 0, id: "b"}, {order: 0, id: "a"}} {
			b.bind = func(*core.Hooks) error { ran = append(ran, b.id); return nil }
			in.Bindings = append(in.Bindings, b)
		}
		rand.Shuffle(len(in.Bindings), func(i, j int) { in.Bindings[i], in.Bindings[j] = in.Bindings[j], in.Bindings[i] })
		if _, err := newHooks(in, newFaults(slog.New(slog.DiscardHandler))); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(ran, " "); got != "early a b late" {
			t.Fatalf("bound in the order %s", got)
		}
	}
}

func TestServer(t *testing.T) {
	s, public, admin := start(t, load(t, whole), nil)
	for _, c := range []struct {
		url    string
		status int
		body   string
	}{
		{admin + "/readyz", 200, `"revocations":"ok"`},
		{admin + "/metrics", 200, "cardea_store_queries "},
		{public + "/public/x", 200, `"target":"/public/x"`},
		{public + "/x", 401, "no_credential"},
		{public + "/.well-known/jwks.json", 200, `"keys":[]`},
		{public + "/wp-json/jwt-auth/v1", 200, `"namespace":"jwt-auth`},
		{public + "/index.php?rest_route=/jwt-auth/v1", 200, `"namespace":"jwt-auth`},
		{public + "/wp-json/jwt-auth/v1/token/nothing", 404, "rest_no_route"},
	} {
		status, body := get(t, c.url)
		if status != c.status || !strings.Contains(body, c.body) {
			t.Errorf("%s: %d %s; want %d %s", c.url, status, body, c.status, c.body)
		}
	}
	bindings := s.Engine().Hooks().AuthExpire.Bindings()
	if len(bindings) != 1 || bindings[0].ID != "short" {
		t.Errorf("bound at auth-expire: %v", bindings)
	}
}

// TestServer_passes sends a stream and an upgrade through the whole server.
func TestServer_passes(t *testing.T) {
	second := make(chan bool)
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := http.NewResponseController(w)
		if r.Header.Get("Upgrade") != "" {
			conn, rw, err := c.Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
			line, _ := rw.ReadString('\n')
			io.WriteString(conn, "echo "+line)
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		io.WriteString(w, "data: one\n")
		c.Flush()
		<-second
		io.WriteString(w, "data: two\n")
	}))
	defer upstream.Close()
	_, public, _ := start(t, load(t, strings.ReplaceAll(whole, "builtin:demo", upstream.URL)), nil)

	res, err := http.Get(public + "/public/events")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	r := bufio.NewReader(res.Body)
	if line, err := r.ReadString('\n'); line != "data: one\n" {
		t.Errorf("the first event is %q, %v", line, err)
	}
	close(second)

	conn, err := net.Dial("tcp", strings.TrimPrefix(public, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(time.Minute))
	io.WriteString(conn, "GET /public/ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
	br := bufio.NewReader(conn)
	up, err := http.ReadResponse(br, nil)
	if err != nil || up.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("upgrade: got %v, %v; want status %d", up, err, http.StatusSwitchingProtocols)
	}
	io.WriteString(conn, "hello\n")
	if line, err := br.ReadString('\n'); line != "echo hello\n" {
		t.Errorf("over the upgraded connection: got %q, %v; want %q", line, err, "echo hello\n")
	}
}

// TestServer_stop: readiness ends first, requests in progress are finished, and listeners
// are closed last.
func TestServer_stop(t *testing.T) {
	entered, release := make(chan bool), make(chan bool)
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		entered <- true
		<-release
		io.WriteString(w, "done")
	}))
	defer upstream.Close()
	cfg := load(t, strings.NewReplacer("builtin:demo", upstream.URL, "shutdown_delay: 0s", "shutdown_delay: 300ms").Replace(whole))
	a, b := listener(t), listener(t)
	s, err := New(cfg, Options{Listener: a, AdminListener: b})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	slow := make(chan string, 1)
	go func() {
		res, err := http.Get("http://" + a.Addr().String() + "/public/slow")
		if err != nil {
			slow <- err.Error()
			return
		}
		defer res.Body.Close()
		body, _ := io.ReadAll(res.Body)
		slow <- string(body)
	}()
	<-entered
	stopped := make(chan error, 1)
	go func() { stopped <- s.Stop(context.Background()) }()
	for begin := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		if status, _ := get(t, "http://"+b.Addr().String()+"/readyz"); status == 503 {
			break
		}
		if time.Since(begin) > time.Minute {
			t.Fatal("still ready while stopping")
		}
	}
	close(release)
	if got := <-slow; got != "done" {
		t.Errorf("the request under way got %q, want \"done\"", got)
	}
	http.DefaultClient.CloseIdleConnections()
	if err := <-stopped; err != nil {
		t.Errorf("stop: %v", err)
	}
	for _, l := range []net.Listener{a, b} {
		if c, err := net.Dial("tcp", l.Addr().String()); err == nil {
			c.Close()
			t.Errorf("%s still accepts", l.Addr())
		}
	}
}

func TestServer_failed(t *testing.T) {
	cfg := load(t, whole)
	a, b := listener(t), listener(t)
	s, err := New(cfg, Options{Listener: a, AdminListener: b})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	a.Close()
	select {
	case err := <-s.Failed():
		if !strings.Contains(err.Error(), a.Addr().String()) {
			t.Errorf("%v does not say which listener", err)
		}
	case <-time.After(time.Minute):
		t.Error("the failed listener was not reported")
	}
	if err := s.Stop(t.Context()); err != nil {
		t.Errorf("stop: %v", err)
	}
}

// TestNew_fails breaks one part after another; everything that was opened before is
// closed, including file descriptors.
func TestNew_fails(t *testing.T) {
	taken := listener(t)
	defer taken.Close()
	for name, c := range map[string]struct{ old, new, says string }{
		"plugin":   {`"builtin:short-expiry"`, "nowhere.wasm", "nowhere.wasm"},
		"point":    {"auth-expire", "login-before", "login-before"},
		"rules":    {"path: /public/**", "path: /**", "both cover"},
		"upstream": {`url: "builtin:demo"`, `url: "http://h/path"`, "path"},
		"listener": {`listen: "127.0.0.1:0", admin`, `listen: "` + taken.Addr().String() + `", admin`, "server.listen"},
		"tls":      {`shutdown_delay: 0s`, `shutdown_delay: 0s, tls: {cert_file: no.pem, key_file: no.pem}`, "no.pem"},
		"key":      {"data: d", "data: d\nkeys: {file: no.pem}", "no.pem"},
	} {
		text := strings.Replace(whole, c.old, c.new, 1)
		if text == whole {
			t.Fatalf("%s: nothing is broken", name)
		}
		cfg, err := tryLoad(t, text)
		if err != nil {
			continue // already reported for the configuration
		}
		before := descriptors(t)
		s, err := New(cfg, Options{})
		if err == nil {
			s.Stop(t.Context())
			t.Errorf("%s: New takes it", name)
			continue
		}
		if !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "reflect.") {
			t.Errorf("%s: %v; want something about %s", name, err, c.says)
		}
		if after := descriptors(t); after > before {
			t.Errorf("%s: %d descriptors before and %d after", name, before, after)
		}
	}
}

func descriptors(t *testing.T) int {
	t.Helper()
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("this system does not list open files")
	}
	return len(list)
}

// TestServer_given: the server closes the listeners that it gets, also if it cannot be
// built.
func TestServer_given(t *testing.T) {
	a, b := listener(t), listener(t)
	if _, err := New(load(t, strings.Replace(whole, "data: d", "data: d\nkeys: {file: no.pem}", 1)), Options{Listener: a, AdminListener: b}); err == nil {
		t.Fatal("New takes a key file that is not there")
	}
	for _, l := range []net.Listener{a, b} {
		if _, err := l.Accept(); err == nil {
			t.Errorf("%s is open", l.Addr())
		}
	}
}

func TestFaults(t *testing.T) {
	h := core.NewHooks()
	var mu sync.Mutex
	var got []string
	h.PluginFailed.Bind("test", func(_ context.Context, e core.Event) error {
		mu.Lock()
		defer mu.Unlock()
		got = append(got, e.Target+" "+e.Reason)
		return nil
	})
	f := newFaults(slog.New(slog.DiscardHandler))
	f.tell(t.Context(), &plugins.Fault{Plugin: "early"}) // no hooks are set yet
	f.hooks.Store(h)
	f.tell(t.Context(), &plugins.Fault{Plugin: "p", Point: "auth-expire", Class: plugins.FaultTrap})
	f.tell(t.Context(), &plugins.Fault{Plugin: "p", Point: "plugin-failed", Class: plugins.FaultTrap})
	if fmt.Sprint(got) != "[p trap]" {
		t.Errorf("got faults %v, want the one at auth-expire alone", got)
	}
}

// TestServer_pluginFailed: a plugin that fails in a running server is counted.
func TestServer_pluginFailed(t *testing.T) {
	// The sample sets the lifetime, for which there is no room.
	text := strings.Replace(whole, `file: "builtin:short-expiry",`, `file: "builtin:short-expiry", limits: {journal_bytes: 1},`, 1)
	var log bytes.Buffer
	s, _, admin := start(t, load(t, text), slog.New(slog.NewTextHandler(&log, nil)))
	accounts, err := s.Engine().Admin().Accounts()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := accounts.Create(t.Context(), users.NewUser{Login: "anna", Password: "correct-horse"}, "test"); err != nil {
		t.Fatal(err)
	}
	id, err := s.Engine().Tokens().Identity(t.Context(), "anna")
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Engine().Tokens().Issue(t.Context(), core.IssueRequest{Identity: id, TokenFormat: "wordpress"})
	if api.ReasonOf(err) != api.ReasonHookFailed {
		t.Fatalf("issue with a plugin that breaks: got %v, want reason %q", err, api.ReasonHookFailed)
	}
	if _, text := get(t, admin+"/metrics"); !strings.Contains(text, `cardea_events_total{event="plugin-failed",reason="reported"} 1`) {
		t.Errorf("the metrics do not count the fault:\n%s", log.String())
	}
}

func TestCheck(t *testing.T) {
	cfg := load(t, whole)
	if err := check.Check(cfg); err != nil {
		t.Errorf("a good configuration: %v", err)
	}
	cfg.Rules = append(cfg.Rules, config.Rule{Name: "again", Path: "/**", Access: "required"})
	cfg.Hooks[0].Point = "auth-exire"
	cfg.Plugins[0].File = "builtin:shrt"
	cfg.Mounts[0].Dialect, cfg.Mounts[0].Config = "wpjwtt", nil
	err := check.Check(cfg)
	for _, want := range []string{"both cover", "auth-exire", `"shrt"`, "wpjwtt"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v; want something about %s", err, want)
		}
	}
}

func TestFresh(t *testing.T) {
	age := time.Second
	check := fresh(func() time.Duration { return age }, 5*time.Second)
	if err := check(t.Context()); err != nil {
		t.Errorf("after a second: %v", err)
	}
	if age = 6 * time.Second; check(t.Context()) == nil {
		t.Error("after six seconds: ready")
	}
}

func TestConfiguredHooks(t *testing.T) {
	points, err := ConfiguredHooks(load(t, whole), Options{})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(points)
	if err != nil || len(points) < 30 || !strings.Contains(string(text), `"ID":"short"`) {
		t.Errorf("%d points, %v: %.300s", len(points), err, text)
	}
}
