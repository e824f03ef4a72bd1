package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/server/config"
)

// TestPluginDev follows a new author to the end: a saved change affects the next token,
// and a change that does not build has no effect.
func TestPluginDev(t *testing.T) {
	dir := emptyFolder(t)
	pluginOK(t, nil, "new", "--lang", "go", "hello")
	record := filepath.Join(dir, "calls.jsonl")
	s := startDev(t, dir, "--plugin", "hello", "--record", record)
	if log := s.log.String(); strings.Contains(log, "missing grants") || !strings.Contains(log, "plugin hello is running") {
		t.Errorf("the log of a first start is\n%s", log)
	}
	if got := greeting(t, s); got != "hello admin" {
		t.Fatalf("the claim is %q, want %q", got, "hello admin")
	}
	source := filepath.Join(dir, "hello", "plugin.go")
	edit(t, source, `"hello"`, `"good day"`)
	awaitGreeting(t, s, "good day admin")
	edit(t, source, "func main() {}", "func main() { nonsense }")
	awaitText(t, s.log.String, "the running version stays")
	if got := greeting(t, s); got != "good day admin" {
		t.Errorf("after a mistake the claim is %q", got)
	}
	edit(t, source, "func main() { nonsense }", "func main() {}\n\nfunc init() { for { } }")
	awaitText(t, s.log.String, startHint)
	if log := s.log.String(); strings.Count(log, ": built and started") != 1 || strings.Contains(log, "level=ERROR") {
		t.Errorf("a module that does not start was given to the server:\n%s", log)
	}
	edit(t, source, "\n\nfunc init() { for { } }", "")
	addHook(t, source)
	awaitText(t, func() string { return lifetime(t, s) }, "61s")
	if err := s.stop(); err != nil {
		t.Error(err)
	}
	edit(t, source, `"good day"`, `"hello"`)
	first := strings.SplitN(string(readFile(t, record)), "\n", 2)[0]
	putFile(t, record, first+"\n")
	pluginOK(t, []string{"1 vectors pass"}, "replay", record, "hello")
}

// TestFacts_hooks: the table lists the plugin of --plugin after the configured bindings.
func TestFacts_hooks(t *testing.T) {
	f := newFacts(&config.Config{Hooks: []config.Hook{{Point: "auth-expire", Expr: "900"}}}, "cardea")
	f.plugin = []string{"login-after by plugin hello"}
	var out strings.Builder
	if err := f.print(&out, false); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(strings.Fields(out.String()), " "); !strings.Contains(got, "hooks auth-expire by 900 login-after by plugin hello Try it") {
		t.Errorf("the table is\n%s", out.String())
	}
}

func TestPluginDev_mistakes(t *testing.T) {
	dir := emptyFolder(t)
	rootFails(t, "name it with --plugin", "dev", "--data", dir, "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--record", "x")
	rootFails(t, "cardea plugin new", "dev", "--data", dir, "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--plugin", "nowhere")
}

// addHook adds what an author would for another point: a function, its name in
// the manifest, and the key that it sets.
func addHook(t *testing.T, source string) {
	t.Helper()
	putFile(t, source, string(readFile(t, source))+`
//go:wasmexport on_auth_expire
func onAuthExpire() int32 { return hook.Run(shorten) }

func shorten(e *hook.Event) hook.Status {
	if err := e.SetInt("lifetime", 61); err != nil {
		return e.Fail(err)
	}
	return hook.Continue
}
`)
	manifest := filepath.Join(filepath.Dir(source), "hello.json")
	edit(t, manifest, `["token-claims"]`, `["token-claims", "auth-expire"]`)
	edit(t, manifest, `["claim.greeting"]`, `["claim.greeting", "lifetime"]`)
}

// lifetime returns the lifetime of a new token in seconds.
func lifetime(t *testing.T, s *running) string {
	t.Helper()
	claims := part(t, s.login(s.User, *s.Password), 1)
	exp, _ := claims["exp"].(float64)
	iat, _ := claims["iat"].(float64)
	return fmt.Sprintf("%.0fs", exp-iat)
}

// greeting logs in and returns the claim that the template's plugin sets.
func greeting(t *testing.T, s *running) string {
	t.Helper()
	text, _ := part(t, s.login(s.User, *s.Password), 1)["greeting"].(string)
	return text
}

func awaitGreeting(t *testing.T, s *running, want string) {
	t.Helper()
	awaitText(t, func() string { return greeting(t, s) }, want)
}

func awaitText(t *testing.T, get func() string, want string) {
	t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		got := get()
		if strings.Contains(got, want) {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("no %q in time, but %q", want, got)
		}
	}
}

func edit(t *testing.T, file, was, is string) {
	t.Helper()
	text := strings.Replace(string(readFile(t, file)), was, is, 1)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func readFile(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
