package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/examples/e2e/parts"
)

const configuration = `data: d
server: {listen: %q, admin_listen: %q, shutdown_delay: 0s}
methods: [{type: jwt}, {type: badge, badge: blue, user: porter}]
mounts: [{name: auth, dialect: native}, {name: devices, dialect: plain}]
upstreams: {app: {url: "builtin:demo"}}
rules: [{name: all, path: /**}]
cors: {enabled: true, origins: ["https://app.example.org"]}
`

// TestProgram builds the program, runs it as a user would, and tests each addition: the
// method in a request, the hook in a token, the dialect, and the command.
func TestProgram(t *testing.T) {
	p := build(t)
	public := p.serve(t)

	if status, body := call(t, "GET", public+"/hello", "", "X-Badge", "blue"); status != http.StatusOK || !strings.Contains(body, `"X-Auth-User":["porter"]`) {
		t.Errorf("with the badge: got %d %s, want status %d and text with %q", status, body, http.StatusOK, `"X-Auth-User":["porter"]`)
	}
	if status, body := call(t, "GET", public+"/hello", "", "X-Badge", "red"); status != http.StatusUnauthorized || !strings.Contains(body, "this badge is not known") {
		t.Errorf("with another badge: %d %s, want 401", status, body)
	}
	for login, want := range map[string]string{"ann --role editor": "gold", "ben": "free"} {
		p.run(t, "correct-horse-battery", strings.Fields("user add "+login+" --password-stdin")...)
		if got := plan(t, public, strings.Fields(login)[0]); got != want {
			t.Errorf("the plan of %s is %q, want %q", login, got, want)
		}
	}
	for password, want := range map[string]int{"correct-horse-battery": http.StatusOK, "guessed": http.StatusForbidden} {
		status, text := call(t, "POST", public+"/plain/login", "user=ann&password="+password, "Content-Type", "application/x-www-form-urlencoded")
		if status != want {
			t.Errorf("plain login with %q: %d %s, want %d", password, status, text, want)
		}
		if status, body := call(t, "GET", public+"/hello", "", "Authorization", "Bearer "+strings.TrimSpace(text)); (status == http.StatusOK) != (want == http.StatusOK) {
			t.Errorf("with what the plain login answers to %q: %d %s", password, status, body)
		}
	}
	login := strings.Fields("test-login " + public + " --dialect plain --user ann --route /hello")
	if got := p.run(t, "correct-horse-battery", login...); !strings.Contains(got, "call      GET  /hello  200") {
		t.Errorf("test-login with the dialect: got %s, want text with %q", got, "call      GET  /hello  200")
	}
	for args, want := range map[string]string{
		"doctor " + public + " --dialect plain": "ok   token endpoints  plain: the plain login",
		"samples --lang curl --dialect plain":   "'" + public + "/plain/login' \\\n  --data-urlencode 'user'=",
		"badges":                                "blue: porter\n",
		"badges --help":                         "List who has which badge",
		"help":                                  "badges",
		"hooks list":                            "plan(10)",
		"config print":                          "user: porter",
		"config schema":                         "Header with the badge.",
		"config check":                          "",
	} {
		if got := p.run(t, "", strings.Fields(args)...); !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want %q", args, got, want)
		}
	}
}

// TestReadme: README.md contains the current main function.
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile("main.go")
	if err != nil {
		t.Fatal(err)
	}
	_, body, _ := strings.Cut(string(source), "\nfunc main() {")
	if !strings.Contains(string(readme), "\nfunc main() {"+body) {
		t.Errorf("README.md lacks the main function:\n%s", body)
	}
}

// program is the built program, and the directory with its configuration.
type program struct{ file, dir string }

func build(t *testing.T) program {
	t.Helper()
	p := program{dir: t.TempDir()}
	p.file = filepath.Join(p.dir, "custom-server")
	if out, err := exec.Command("go", "build", "-o", p.file, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return p
}

// command returns a call of the program, which ctx ends as a service manager would.
func (p program) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, p.file, args...)
	cmd.Dir = p.dir
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 20 * time.Second
	return cmd
}

// run runs a command and fails the test if it fails.
func (p program) run(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	cmd := p.command(t.Context(), args...)
	cmd.Stdin = strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", args, err, out)
	}
	return string(out)
}

// serve starts the server, waits until it is ready, and stops it at the end of the test.
func (p program) serve(t *testing.T) (public string) {
	t.Helper()
	listen, admin := parts.Port(t), parts.Port(t)
	text := fmt.Sprintf(configuration, listen, admin)
	if err := os.WriteFile(filepath.Join(p.dir, "cardea.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	cmd := p.command(ctx, "serve")
	var log strings.Builder
	cmd.Stderr = &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		stop()
		<-ended
		if t.Failed() {
			t.Log(log.String())
		}
	})
	for begun := time.Now(); time.Since(begun) < time.Minute; time.Sleep(20 * time.Millisecond) {
		w, err := http.Get("http://" + admin + "/readyz")
		if err != nil {
			continue
		}
		w.Body.Close()
		if w.StatusCode == http.StatusOK {
			return "http://" + listen
		}
	}
	t.Fatal("the server is not ready after a minute")
	return ""
}

// plan logs in and returns the claim that the hook adds.
func plan(t *testing.T, public, login string) string {
	t.Helper()
	status, body := call(t, "POST", public+"/auth/login", `{"username": "`+login+`", "password": "correct-horse-battery"}`, "Content-Type", "application/json")
	var pair struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal([]byte(body), &pair); err != nil || status != http.StatusOK {
		t.Fatalf("login: got %d %s, want status %d", status, body, http.StatusOK)
	}
	segments := strings.Split(pair.AccessToken, ".")
	if len(segments) != 3 {
		t.Fatalf("%q is not a token", pair.AccessToken)
	}
	payload, err := base64.RawURLEncoding.DecodeString(segments[1])
	if err != nil {
		t.Fatal(err)
	}
	var claims struct {
		Plan string `json:"plan"`
	}
	if err := json.Unmarshal(payload, &claims); err != nil {
		t.Fatal(err)
	}
	return claims.Plan
}

func call(t *testing.T, method, url, body, header, value string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set(header, value)
	w, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Body.Close()
	text, err := io.ReadAll(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.StatusCode, string(text)
}
