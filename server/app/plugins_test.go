package app

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/core/logtest"
	"github.com/cardea-auth/cardea/core/users"
)

// galleryFile returns the path of a file of the sample plugins.
func galleryFile(t *testing.T, name, file string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("../../examples/plugins", name, file))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func digestOf(t *testing.T, file string) string {
	t.Helper()
	module, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(module)
	return hex.EncodeToString(sum[:])
}

const withGuest = `
data: d
server: {listen: "127.0.0.1:0", admin_listen: "127.0.0.1:0", shutdown_delay: 0s}
upstreams: {app: {url: "builtin:demo"}}
rules: [{name: rest, path: /**}]
mounts: [{name: auth, dialect: native}]
sandbox: {watch: 0}
`

func alice(t *testing.T, e *core.Engine) {
	t.Helper()
	accounts, err := e.Admin().Accounts()
	if err != nil {
		t.Fatal(err)
	}
	new := users.NewUser{Login: "alice", Email: "alice@example.org", Password: "correct horse battery"}
	if _, err := accounts.Create(t.Context(), new, "test"); err != nil {
		t.Fatal(err)
	}
}

// login tries to log alice in and returns the status and the body.
func login(t *testing.T, public, password string) (int, string) {
	t.Helper()
	body := fmt.Sprintf(`{"username":"alice","password":%q}`, password)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, public+"/auth/login", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(text)
}

// claims are those of the access token in the answer to a login.
func claims(t *testing.T, answer string) map[string]any {
	t.Helper()
	var got struct {
		Token string `json:"access_token"`
	}
	if err := json.Unmarshal([]byte(answer), &got); err != nil {
		t.Fatalf("%v in %s", err, answer)
	}
	parts := strings.Split(got.Token, ".")
	if len(parts) != 3 {
		t.Fatalf("no token in %s", answer)
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	var c map[string]any
	if err := json.Unmarshal(text, &c); err != nil {
		t.Fatal(err)
	}
	return c
}

// TestGuest_outside: a plugin calls another service if the operator allows it, with a
// secret from the configuration, and its stored entries survive a restart.
func TestGuest_outside(t *testing.T) {
	var asked []string
	profiles := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Path+" "+r.Header.Get("Authorization"))
		w.Write([]byte(`{"plan":"gold"}`))
	}))
	defer profiles.Close()
	for _, test := range []struct {
		grant string
		want  int // requests
	}{{"/other/", 0}, {"/users/", 1}} {
		asked = nil
		cfg := load(t, withGuest+enriching(t, profiles.URL, test.grant))
		s, public, _ := start(t, cfg, nil)
		alice(t, s.Engine())
		for range 2 {
			_, body := login(t, public, "correct horse battery")
			if _, got := claims(t, body)["profile"]; got != (test.want > 0) {
				t.Errorf("granted %s: profile %v", test.grant, got)
			}
			if err := s.Stop(context.Background()); err != nil {
				t.Fatal(err)
			}
			s, public, _ = start(t, cfg, nil)
		}
		if len(asked) != test.want || test.want > 0 && !strings.HasSuffix(asked[0], " Bearer t0ken") {
			t.Errorf("granted %s: asked %q", test.grant, asked)
		}
	}
}

// enriching configures http-enrich for a service at base, with a manifest that asks for
// everything it needs.
func enriching(t *testing.T, base, granted string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "enrich")
	copyFile(t, galleryFile(t, "http-enrich", "http-enrich.wasm"), file+".wasm")
	manifest, err := os.ReadFile(galleryFile(t, "http-enrich", "http-enrich.json"))
	if err != nil {
		t.Fatal(err)
	}
	wants := strings.Replace(string(manifest), `{"url": "https://api.example.com/users"}`, `{"url": "`+base+`/", "private": true}`, 1)
	if err := os.WriteFile(file+".json", []byte(wants), 0o600); err != nil {
		t.Fatal(err)
	}
	return `
plugins:
  - name: enrich
    file: ` + file + `.wasm
    sha256: ` + digestOf(t, file+".wasm") + `
    config: {url: ` + base + `/users/}
    secrets: {token: {secret: t0ken}}
    grants:
      read: [user.*]
      write: [claim.profile]
      secrets: [token]
      kv: true
      http: [{url: ` + base + granted + `, private: true}]
hooks:
  - {point: token-claims, plugin: enrich}
`
}

// TestGuest_shadow: a shadow plugin changes nothing, and its differences are counted.
func TestGuest_shadow(t *testing.T) {
	cfg := load(t, withGuest+`
plugins:
  - {name: short, file: "builtin:short-expiry", config: {claim: plan, value: trial}, grants: {read: [lifetime], write: [lifetime, "claim.*"]}}
hooks:
  - {point: token-claims, plugin: short, shadow: true}
`)
	s, public, admin := start(t, cfg, nil)
	alice(t, s.Engine())
	_, body := login(t, public, "correct horse battery")
	if plan, there := claims(t, body)["plan"]; there {
		t.Errorf("the shadow set plan to %v", plan)
	}
	if _, text := get(t, admin+"/metrics"); !strings.Contains(text, `cardea_plugin_shadow_differences_total{plugin="short",point="token-claims"} 1`) {
		t.Error("its difference is not counted")
	}
}

// TestGuest_measured: metrics show which plugin fails, where and how, and when it is
// disabled.
func TestGuest_measured(t *testing.T) {
	cfg := load(t, strings.Replace(withGuest, "watch: 0", "watch: 0, breaker: {failures: 2, pause: 1m}", 1)+`
plugins:
  - {name: short, file: "builtin:short-expiry", config: {claim: plan, value: trial}, grants: {read: [lifetime]}}
  - {name: well, file: "builtin:short-expiry"}
hooks:
  - {point: token-claims, plugin: short, on_error: skip}
`)
	s, public, admin := start(t, cfg, nil)
	alice(t, s.Engine())
	has := func(want ...string) {
		t.Helper()
		_, text := get(t, admin+"/metrics")
		for _, line := range want {
			if !strings.Contains(text, line+"\n") {
				t.Errorf("/metrics lacks %s", line)
			}
		}
	}
	has(`cardea_plugin_paused{plugin="short"} 0`, `cardea_plugin_paused{plugin="well"} 0`)
	for range 3 {
		if status, body := login(t, public, "correct horse battery"); status != http.StatusOK {
			t.Fatalf("login: got %d %s, want status %d", status, body, http.StatusOK)
		}
	}
	has(`cardea_plugin_paused{plugin="short"} 1`, `cardea_plugin_paused{plugin="well"} 0`,
		`cardea_plugin_failures_total{class="reported",plugin="short",point="token-claims"} 2`)
	if _, text := get(t, admin+"/metrics"); !strings.Contains(text, `cardea_plugin_failures_total{class="paused",plugin="short",point="token-claims"}`) {
		t.Error("calls that it was disabled for are not counted")
	}
}

// TestGuest_watched: a changed file replaces the running module only if it passes its own
// tests.
func TestGuest_watched(t *testing.T) {
	file := filepath.Join(t.TempDir(), "guest")
	put := func(name string) {
		t.Helper()
		for _, suffix := range []string{".json", ".wasm"} {
			copyFile(t, galleryFile(t, name, name+suffix), file+suffix)
		}
	}
	put("short-expiry")
	cfg := load(t, strings.Replace(withGuest, "watch: 0", "watch: 100ms", 1)+`
plugins:
  - name: guest
    file: `+file+`.wasm
    config: {claim: plan, value: trial, default: acme}
    grants: {read: ["*"], write: [lifetime, "claim.*"]}
hooks:
  - {point: token-claims, plugin: guest}
`)
	var log logtest.Buffer
	s, public, _ := startWith(t, cfg, Options{Compiler: compiler, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	alice(t, s.Engine())
	has := func(claim string) bool {
		_, body := login(t, public, "correct horse battery")
		_, there := claims(t, body)[claim]
		return there
	}
	if !has("plan") {
		t.Fatal("the first module does not run")
	}
	copyFile(t, galleryFile(t, "short-expiry", "testdata/vectors.json"), file+".vectors.json")
	put("tenant-claims")
	await(t, "the refusal of a module that fails its tests", func() bool {
		return strings.Contains(log.String(), "the running version stays") && strings.Contains(log.String(), "it fails its own vectors")
	})
	if !has("plan") {
		t.Error("the first module no longer runs")
	}
	copyFile(t, galleryFile(t, "tenant-claims", "testdata/vectors.json"), file+".vectors.json")
	await(t, "the second module", func() bool { return has("tenant") && !has("plan") })
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	text, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// await waits for up to a minute for something that normally takes much less.
func await(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !done(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited a minute for %s", what)
		}
	}
}

// TestGuest_refused: a mistake in a plugin keeps the server from starting, and the error
// says what to do.
func TestGuest_refused(t *testing.T) {
	module := galleryFile(t, "short-expiry", "short-expiry.wasm")
	for name, test := range map[string]struct{ plugin, says string }{
		"not pinned, and nobody to compile it": {`file: ` + module, "pin it"},
		"another digest":                       {`file: ` + module + "\n    sha256: " + strings.Repeat("0", 64), "pinned is 0000"},
		"not signed":                           {`file: ` + module + "\n    signed: true", "it is not signed"},
		"a secret without text":                {`file: ` + module + "\n    secrets: {code: {}}", "secret code is empty"},
		"a grant of no known form":             {`file: ` + module + "\n    grants: {allow: [all]}", `allow "all"`},
		"a place without https":                {`file: ` + module + "\n    grants: {http: [{url: \"http://api.example.org/\"}]}", "use https"},
	} {
		text := strings.Replace(withGuest, "watch: 0", "signers: [{name: us, file: "+publicKey(t)+"}]", 1)
		cfg := load(t, text+"plugins:\n  - name: guest\n    "+test.plugin+"\n")
		s, err := New(cfg, Options{})
		if err == nil {
			s.Stop(context.Background())
		}
		if err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v; want %q", name, err, test.says)
		}
	}
}

func publicKey(t *testing.T) string {
	t.Helper()
	key, err := keys.Generate("EdDSA", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	text, err := keys.ExportJWK(key, false)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "key.pub")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
