package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os/exec"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users"
	"github.com/cardea-auth/cardea/methods/all"
	"github.com/cardea-auth/cardea/server/app"
	"github.com/cardea-auth/cardea/server/config"
	dialects "github.com/cardea-auth/cardea/server/dialect/all"
)

// The timing of load and rotations. The next key is published for longer than the verifier
// caches the set.
const (
	rotationTime  = 12 * time.Second
	rotateEvery   = 4 * time.Second
	publishAhead  = 2 * time.Second
	verifierCache = "500" // milliseconds
	clients       = 10
	clientPause   = 20 * time.Millisecond // 500 requests a second in all
)

// TestRotation_underLoad rotates keys during requests and logins: none fails, and a
// verifier elsewhere, which sees only the published set, knows every key before it signs.
func TestRotation_underLoad(t *testing.T) {
	program := node(t)
	s, address := startServer(t)
	verifier := startVerifier(t, program, "http://"+address+"/.well-known/jwks.json")

	tokens := make(chan string)
	var latest atomic.Pointer[string]
	ctx, cancel := context.WithTimeout(t.Context(), rotationTime)
	defer cancel()
	var issuing, asking sync.WaitGroup
	issuing.Go(func() { issue(ctx, t, s, &latest, tokens) })
	issuing.Go(func() { rotate(ctx, t, s) })
	first := <-tokens
	var asked, failed atomic.Int64
	for range clients {
		asking.Go(func() { ask(ctx, address, &latest, &asked, &failed) })
	}
	go func() { issuing.Wait(); close(tokens) }()
	verifier.send(first)
	for token := range tokens {
		verifier.send(token)
	}
	asking.Wait()
	got := verifier.end()
	t.Logf("%d requests in %s (%.0f a second), %d failed; jose verified %d tokens of %d keys, %d refused",
		asked.Load(), rotationTime, float64(asked.Load())/rotationTime.Seconds(), failed.Load(), got.Good, got.Kids, len(got.Failures))
	if failed.Load() > 0 || len(got.Failures) > 0 {
		t.Errorf("%d requests failed; jose says %v", failed.Load(), got.Failures)
	}
	if got.Kids < 2 || got.Good < 10 {
		t.Errorf("jose saw %d tokens of %d keys: too few to prove anything", got.Good, got.Kids)
	}
}

func startServer(t *testing.T) (*app.Server, string) {
	t.Helper()
	app.Quiet()
	cfg := config.Default(config.Types{Methods: all.Types(), Dialects: dialects.Types()})
	cfg.Store.Driver, cfg.Keys.Algorithm = "memory", "ES256"
	cfg.Keys.PublishAhead = config.Duration(publishAhead)
	cfg.Tokens.Issuer = "https://gate.example"
	cfg.Server.ShutdownDelay = 0
	cfg.Upstreams = map[string]config.Upstream{"demo": {URL: config.DemoUpstream}}
	cfg.Rules = []config.Rule{{Name: "all", Path: "/**", Access: "required", Upstream: "demo"}}
	var listeners [2]net.Listener
	for i := range listeners {
		var err error
		if listeners[i], err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
	}
	s, err := app.New(&cfg, app.Options{Listener: listeners[0], AdminListener: listeners[1]})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return s, listeners[0].Addr().String()
}

// issue issues tokens continuously, and passes the newest to the clients.
func issue(ctx context.Context, t *testing.T, s *app.Server, latest *atomic.Pointer[string], out chan<- string) {
	accounts, err := s.Engine().Admin().Accounts()
	if err != nil {
		t.Error(err)
		return
	}
	u, err := accounts.Create(ctx, users.NewUser{Login: "alice", Email: "alice@example.org", Password: api.Secret("correct horse")}, "test")
	if err != nil {
		t.Error(err)
		return
	}
	for ctx.Err() == nil {
		issued, err := s.Engine().Tokens().Issue(context.WithoutCancel(ctx), core.IssueRequest{Identity: u.Identity("store")})
		if err != nil {
			t.Error(err)
			return
		}
		text := issued.Text.Reveal()
		latest.Store(&text)
		out <- text
		pause(ctx, clientPause)
	}
}

func rotate(ctx context.Context, t *testing.T, s *app.Server) {
	for pause(ctx, rotateEvery); ctx.Err() == nil; pause(ctx, rotateEvery) {
		if err := s.Engine().Admin().RotateKeys(ctx, "test"); err != nil && ctx.Err() == nil {
			t.Error(err)
		}
	}
}

func ask(ctx context.Context, address string, latest *atomic.Pointer[string], asked, failed *atomic.Int64) {
	c := &http.Client{Transport: &http.Transport{}}
	defer c.CloseIdleConnections()
	pace := time.NewTicker(clientPause)
	defer pace.Stop()
	for ctx.Err() == nil {
		r, err := http.NewRequestWithContext(context.WithoutCancel(ctx), "GET", "http://"+address+"/x", nil)
		if err != nil {
			failed.Add(1)
			return
		}
		r.Header.Set("Authorization", "Bearer "+*latest.Load())
		res, err := c.Do(r)
		asked.Add(1)
		if err != nil || res.StatusCode != http.StatusOK {
			failed.Add(1)
		}
		if err == nil {
			io.Copy(io.Discard, res.Body)
			res.Body.Close()
		}
		select {
		case <-ctx.Done():
		case <-pace.C:
		}
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// verifier is verify.js in its own process.
type verifier struct {
	t      *testing.T
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    bytes.Buffer
	errout bytes.Buffer
}

// verdicts is what it says at the end.
type verdicts struct {
	Good, Kids int
	Failures   []string
}

func startVerifier(t *testing.T, program, address string) *verifier {
	t.Helper()
	v := &verifier{t: t, cmd: exec.CommandContext(t.Context(), program, "verify.js", address, "https://gate.example", verifierCache)}
	v.cmd.Stdout, v.cmd.Stderr = &v.out, &v.errout
	var err error
	if v.in, err = v.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := v.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return v
}

func (v *verifier) send(token string) {
	v.t.Helper()
	if _, err := io.WriteString(v.in, token+"\n"); err != nil {
		v.t.Fatalf("the verifier stopped: %v\n%s", err, &v.errout)
	}
}

func (v *verifier) end() (got verdicts) {
	v.t.Helper()
	v.in.Close()
	if err := v.cmd.Wait(); err != nil {
		v.t.Fatalf("verify.js: %v\n%s", err, &v.errout)
	}
	if err := json.Unmarshal(v.out.Bytes(), &got); err != nil {
		v.t.Fatalf("verify.js says %s: %v", &v.out, err)
	}
	return got
}
