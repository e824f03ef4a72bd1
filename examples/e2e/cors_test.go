package e2e

import (
	"context"
	_ "embed"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/users"
	"github.com/cardea-auth/cardea/examples/e2e/parts"
	"github.com/cardea-auth/cardea/methods/all"
	"github.com/cardea-auth/cardea/server/app"
	"github.com/cardea-auth/cardea/server/config"
	dialects "github.com/cardea-auth/cardea/server/dialect/all"
)

//go:embed cors.html
var corsPage []byte

// TestCORS_browser opens a page in Chromium at an allowed origin and at another one: the
// browser enforces the result.
func TestCORS_browser(t *testing.T) {
	chromium := parts.Find(t, "chromium", "chromium")
	friend, unlisted := newPage(t, corsPage), newPage(t, corsPage)
	gateway := corsGateway(t, strings.Replace(corsConfig, "ORIGIN", friend.origin, 1))
	for name, c := range map[string]struct {
		page *page
		want map[string]string
	}{
		"listed": {friend, map[string]string{
			"login": "200 ok", "call": "200 ok", "call with cookies": "200 ok", "write": "200 ok", "header of a mount": "200 ok",
			"refusal": "401 no_credential", "plugin's refusal": "403 jwt_auth_invalid_token", "header that is not listed": "TypeError",
		}},
		"not listed": {unlisted, map[string]string{
			"login": "TypeError", "call": "TypeError", "call with cookies": "TypeError", "write": "TypeError", "header of a mount": "TypeError",
			"refusal": "TypeError", "plugin's refusal": "TypeError", "header that is not listed": "TypeError",
		}},
	} {
		got := c.page.visit(t, chromium, url.Values{"gateway": {gateway}})
		if !maps.Equal(got, c.want) {
			t.Errorf("%s: the page saw %v, want %v", name, got, c.want)
		}
	}
}

const corsConfig = `
store: {driver: memory}
server: {shutdown_delay: 0s}
cors: {enabled: true, credentials: true, origins: ["ORIGIN"]}
upstreams: {app: {url: "builtin:demo"}}
rules: [{name: all, path: /**}]
mounts:
  - {name: auth, dialect: native}
  - {name: wp, dialect: wpjwt}
  - {name: blog, dialect: wpjwt, prefix: /blog, issuer: "https://blog.example", header: {name: X-Blog-Token}}
`

// corsGateway is memoryGateway with the address as an origin.
func corsGateway(t *testing.T, text string) string {
	t.Helper()
	return "http://" + memoryGateway(t, text)
}

// memoryGateway starts a gateway that stores nothing, with the user anna, and returns its
// address.
func memoryGateway(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), config.FileName)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, _, err := config.Load(config.LoadOptions{Types: config.Types{Methods: all.Types(), Dialects: dialects.Types()}, Path: path, Required: true})
	if err != nil {
		t.Fatal(err)
	}
	public, admin := listen(t), listen(t)
	s, err := app.New(cfg, app.Options{Listener: public, AdminListener: admin})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Stop(context.Background()) })
	accounts, err := s.Engine().Admin().Accounts()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := accounts.Create(t.Context(), users.NewUser{Login: "anna", Email: "anna@example.org", Password: "pw-pw-pw-pw"}, "test"); err != nil {
		t.Fatal(err)
	}
	return public.Addr().String()
}

// page serves the page at an origin of its own.
type page struct {
	origin string
	seen   chan map[string]string
}

func newPage(t *testing.T, html []byte) *page {
	t.Helper()
	l := listen(t)
	p := &page{"http://" + l.Addr().String(), make(chan map[string]string, 1)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write(html)
	})
	mux.HandleFunc("POST /seen", func(_ http.ResponseWriter, r *http.Request) {
		var seen map[string]string
		text, _ := io.ReadAll(r.Body)
		json.Unmarshal(text, &seen) // invalid JSON counts as a page that saw nothing
		p.seen <- seen
	})
	s := &http.Server{Handler: mux}
	go s.Serve(l)
	t.Cleanup(func() { s.Close() })
	return p
}

// visit opens the page in a new browser and returns what it saw.
func (p *page) visit(t *testing.T, chromium string, query url.Values) map[string]string {
	t.Helper()
	profile, err := os.MkdirTemp("", "cardea-browser")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(profile) }) // the browser's children may still be writing
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, chromium, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-proxy-server",
		"--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1", "--user-data-dir="+profile, "--remote-debugging-port=0",
		p.origin+"/?"+query.Encode())
	cmd.WaitDelay = 10 * time.Second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		cancel()
		cmd.Wait() // it was killed
	}()
	select {
	case seen := <-p.seen:
		return seen
	case <-ctx.Done():
		t.Fatal("the page reported nothing")
		return nil
	}
}
