package cli

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/logtest"
	"github.com/cardea-auth/cardea/examples/e2e/parts"
	"github.com/cardea-auth/cardea/methods/all"
	"github.com/cardea-auth/cardea/server/check"
	"github.com/cardea-auth/cardea/server/config"
	dialects "github.com/cardea-auth/cardea/server/dialect/all"
)

func TestDev_gate(t *testing.T) {
	s := startDev(t, t.TempDir())
	if s.User != "admin" || s.Password == nil || s.APIKey == nil {
		t.Fatalf("facts of a first start are %+v; want a user, a password and an API key", s.facts)
	}
	token := s.login("admin", *s.Password)
	s.cardea("user", "add", "sam", "--email", "sam@example.com", "--role", "subscriber")
	sam := strings.TrimSpace(s.cardea("token", "issue", "sam"))
	for _, c := range []struct {
		name, path, header string
		status             int
		user, method       string
	}{
		{"no credentials", "/hello", "X-None: 1", 401, "", ""},
		{"public", "/public/hello", "X-None: 1", 200, "", ""},
		{"public with bad credentials", "/public/hello", bearer("x.y.z"), 200, "", ""},
		{"basic", "/hello", basic("admin", *s.Password), 200, "admin", "basic"},
		{"wrong password", "/hello", basic("admin", "wrong"), 401, "", ""},
		{"unknown user", "/hello", basic("nobody", "wrong"), 401, "", ""},
		{"key in its header", "/hello", "X-API-Key: " + *s.APIKey, 200, "admin", "apikey"},
		{"key by scheme", "/hello", "Authorization: ApiKey " + *s.APIKey, 200, "admin", "apikey"},
		{"key as bearer", "/hello", bearer(*s.APIKey), 200, "admin", "apikey"},
		{"token", "/admin/x/y", bearer(token), 200, "admin", "jwt"},
		{"malformed token", "/hello", bearer("x.y.z"), 401, "", ""},
		{"subscriber", "/hello", bearer(sam), 200, "sam", "jwt"},
		{"subscriber at a path of admins", "/admin/x/y", bearer(sam), 403, "", ""},
		{"encoded slash", "/admin%2fx", bearer(token), 400, "", ""},
		{"dot segment", "/public/../admin/x", bearer(token), 400, "", ""},
	} {
		a := s.get(c.path, c.header, "X_Auth_User: root", "X-Auth-Roles: root")
		if a.status != c.status {
			t.Errorf("%s: status %d, want %d: %s", c.name, a.status, c.status, a.body)
			continue
		}
		if challenged := len(a.header["Www-Authenticate"]) > 0; challenged != (c.status == 401) {
			t.Errorf("%s: status %d with challenges %q", c.name, a.status, a.header["Www-Authenticate"])
		}
		if c.status != 200 {
			var refusal struct{ Code, Message string }
			if err := json.Unmarshal(a.body, &refusal); err != nil || refusal.Code == "" || refusal.Message == "" {
				t.Errorf("%s: refused with %s; want a code and a message", c.name, a.body)
			}
			continue
		}
		h := a.upstream(t)
		if got := h.Get("X-Auth-User"); got != c.user {
			t.Errorf("%s: the upstream sees the user %q, want %q", c.name, got, c.user)
		}
		if got := h.Get("X-Auth-Method"); got != c.method || strings.Contains(fmt.Sprint(h), "root") {
			t.Errorf("%s: the upstream sees the method %q, want %q; all: %v", c.name, got, c.method, h)
		}
	}
	two := s.get("/hello", basic("admin", *s.Password), "X-API-Key: "+*s.APIKey)
	if two.status != 400 {
		t.Errorf("two kinds of credentials: status %d, want 400", two.status)
	}
}

// TestDev_token checks the claims of the plugin's contract, with and without the hook
// plugin.
func TestDev_token(t *testing.T) {
	dir := t.TempDir()
	s := startDev(t, dir)
	checkToken(t, s, s.login("admin", *s.Password), 7200, "trial")
	s.stop()
	profile := filepath.Join(dir, "cardea-data", "cardea.yaml")
	text, err := os.ReadFile(profile)
	if err != nil {
		t.Fatal(err)
	}
	without := regexp.MustCompile(`(?s)\nplugins:.*?\nlog:`).ReplaceAllString(string(text), "\nlog:")
	if without == string(text) {
		t.Fatal("the profile binds no plugin")
	}
	writeFile(t, profile, without)
	later := startDev(t, dir)
	checkToken(t, later, later.login("admin", *s.Password), 604800, nil)
}

func checkToken(t *testing.T, s *running, token string, life int64, plan any) {
	t.Helper()
	c := part(t, token, 1)
	if got := int64(c["exp"].(float64) - c["iat"].(float64)); got != life {
		t.Errorf("exp - iat = %d, want %d", got, life)
	}
	if c["plan"] != plan {
		t.Errorf("claim plan is %v, want %v", c["plan"], plan)
	}
	if want := "http://" + s.Listen; c["iss"] != want {
		t.Errorf("iss is %v, want %s", c["iss"], want)
	}
	user, _ := c["data"].(map[string]any)["user"].(map[string]any)
	if user["id"] != "1" {
		t.Errorf(`data.user.id is %v, want "1"`, user["id"])
	}
	if a := s.get("/admin/x/y", bearer(token)); a.status != 200 {
		t.Errorf("the token gets %d: %s", a.status, a.body)
	}
}

func TestDev_laterStart(t *testing.T) {
	dir := t.TempDir()
	first := startDev(t, dir)
	second := exec.Command("cardea", "dev", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0")
	second.Dir = dir
	out, err := second.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "another cardea server runs on this data directory") {
		t.Errorf("a second server: %v, %s; want a refusal in a sentence", err, out)
	}
	if a := first.get("/hello", "X-API-Key: "+*first.APIKey); a.status != 200 {
		t.Errorf("the first server answers %d after the second was refused", a.status)
	}
	if err := first.stop(); err != nil {
		t.Errorf("SIGTERM: %v, want a clean end", err)
	}
	begin := time.Now()
	later := startDev(t, dir, "--listen", first.Listen)
	took := time.Since(begin)
	t.Logf("a later start takes %s", took)
	if took > 20*time.Second {
		t.Errorf("a later start takes %s", took)
	}
	if later.Password != nil || later.APIKey != nil || later.User != "admin" {
		t.Errorf("facts of a later start are %+v; want no secrets", later.facts)
	}
	if a := later.get("/hello", basic("admin", *first.Password)); a.status != 200 {
		t.Errorf("the first start's password gets %d", a.status)
	}
	begin = time.Now()
	if err := later.stop(); err != nil {
		t.Errorf("SIGTERM: %v, want a clean end", err)
	}
	t.Logf("a stop takes %s", time.Since(begin))
}

// TestDev_curlLines runs the commands that cardea dev prints in a shell.
func TestDev_curlLines(t *testing.T) {
	parts.Find(t, "curl", "curl")
	dir := t.TempDir()
	for _, start := range []string{"first", "later"} {
		out, stop := devText(t, dir)
		script := pasted(out)
		if start == "later" {
			if !strings.Contains(script, "PASSWORD='...' API_KEY='...'") {
				t.Fatalf("the lines of a later start do not say what to fill in:\n%s", script)
			}
			password := newPassword(t, cardea(t, dir, "user", "passwd", "admin"))
			key := newKey(t, cardea(t, dir, "apikey", "create", "admin"))
			script = strings.Replace(script, "PASSWORD='...' API_KEY='...'", "PASSWORD='"+password+"' API_KEY='"+key+"'", 1)
		}
		checkPaste(t, start, script)
		stop()
	}
}

// devText runs cardea dev and returns what it prints.
func devText(t *testing.T, dir string) (out string, stop func()) {
	t.Helper()
	var stdout, stderr logtest.Buffer
	cmd := exec.Command("cardea", "dev", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0")
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &stdout, &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stop = func() { cmd.Process.Kill(); cmd.Wait() }
	t.Cleanup(stop)
	for begin := time.Now(); !strings.Contains(stdout.String(), "Stop with Ctrl-C"); time.Sleep(20 * time.Millisecond) {
		if time.Since(begin) > patience {
			t.Fatalf("cardea dev printed %s\n%s", stdout.String(), stderr.String())
		}
	}
	return stdout.String(), stop
}

// pasted is the part below "Try it:".
func pasted(out string) string {
	_, script, _ := strings.Cut(out, "Try it:\n")
	script, _, _ = strings.Cut(script, "\n\n")
	return script
}

func checkPaste(t *testing.T, start, script string) {
	t.Helper()
	cmd := exec.Command("bash", "-e")
	cmd.Stdin = strings.NewReader(script)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s start: %v\n%s\n%s", start, err, script, &stderr)
	}
	text := string(out)
	for _, want := range []string{
		"HTTP/1.1 401", "Www-Authenticate: Basic", `"target":"/public/hello"`,
		`"X-Auth-Method":["basic"]`, `"X-Auth-Method":["apikey"]`, `"X-Auth-Method":["jwt"]`, `"target":"/admin/x/y"`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%s start: the lines do not bring %s:\n%s\n%s", start, want, script, text)
		}
	}
}

func newPassword(t *testing.T, out string) string { return field(t, `password: (\S+)`, out) }

func newKey(t *testing.T, out string) string { return field(t, `key: (cdk_\S+)`, out) }

func field(t *testing.T, pattern, out string) string {
	t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(out)
	if m == nil {
		t.Fatalf("no %s in %q", pattern, out)
	}
	return m[1]
}

func TestDev_upstream(t *testing.T) {
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %s for %s: %s", r.Method, r.RequestURI, r.Header.Get("X-Auth-User"), body)
	}))
	defer app.Close()
	s := startDev(t, t.TempDir(), "--upstream", app.URL+"/")
	r, err := http.NewRequest("POST", "http://"+s.Listen+"/a%20b?q=%2f", strings.NewReader("payload"))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-API-Key", *s.APIKey)
	a, err := send(r)
	if want := "POST /a%20b?q=%2f for admin: payload"; err != nil || string(a.body) != want {
		t.Errorf("got %d %q, %v; want %q", a.status, a.body, err, want)
	}
	app.Close()
	if a := s.get("/x", "X-API-Key: "+*s.APIKey); a.status != 502 {
		t.Errorf("without an upstream: status %d, want 502", a.status)
	}
}

// TestDev_rs256 changes the algorithm with one setting.
func TestDev_rs256(t *testing.T) {
	t.Setenv("CARDEA_KEYS__ALGORITHM", "RS256")
	t.Setenv("CARDEA_TOKENS__ACCESS_TTL", "11m")
	s := startDev(t, t.TempDir())
	token := strings.TrimSpace(s.cardea("token", "issue", "admin"))
	claims := part(t, token, 1)
	if life := claims["exp"].(float64) - claims["iat"].(float64); life != 11*60 {
		t.Errorf("access_ttl from the environment: the token lives %v s, want 660", life)
	}
	head := part(t, token, 0)
	if head["alg"] != "RS256" {
		t.Fatalf("alg is %v, want RS256", head["alg"])
	}
	var set struct {
		Keys []struct{ Kid, N, E, D string }
	}
	a := s.get("/.well-known/jwks.json")
	if err := json.Unmarshal(a.body, &set); err != nil || a.status != 200 || len(set.Keys) == 0 {
		t.Fatalf("JWKS: %d %s %v", a.status, a.body, err)
	}
	verified := false
	for _, k := range set.Keys {
		verified = verified || k.Kid == head["kid"] && verifies(t, token, k.N, k.E)
		if k.D != "" {
			t.Error("the JWKS contains a private key")
		}
	}
	if !verified {
		t.Errorf("no key of the JWKS verifies the token: %s", a.body)
	}
	if a := s.get("/hello", bearer(token)); a.status != 200 {
		t.Errorf("the token gets %d: %s", a.status, a.body)
	}
}

func verifies(t *testing.T, token, n, e string) bool {
	t.Helper()
	decode := func(text string) []byte {
		b, err := base64.RawURLEncoding.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	dot := strings.LastIndexByte(token, '.')
	key := rsa.PublicKey{N: new(big.Int).SetBytes(decode(n)), E: int(new(big.Int).SetBytes(decode(e)).Int64())}
	sum := sha256.Sum256([]byte(token[:dot]))
	return rsa.VerifyPKCS1v15(&key, crypto.SHA256, sum[:], decode(token[dot+1:])) == nil
}

// TestDev_profileRules: the profile causes no warnings.
func TestDev_profileRules(t *testing.T) {
	path := filepath.Join(t.TempDir(), config.FileName)
	if err := os.WriteFile(path, []byte(profile), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, _, err := config.Load(config.LoadOptions{Types: config.Types{Methods: all.Types(), Dialects: dialects.Types()}, Path: path, Required: true})
	if err != nil {
		t.Fatal(err)
	}
	if got := check.Lint(cfg); len(got) > 0 || cfg.TrailingSlash != "same" {
		t.Errorf("trailing_slash is %s, warnings %q; want same and none", cfg.TrailingSlash, got)
	}
}
