package cli

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/examples/e2e/parts"
	"github.com/cardea-auth/cardea/server/app"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/dialect/all"
)

func TestTestLogin(t *testing.T) {
	const token = "POST /wp-json/jwt-auth/v1/token"
	for name, tc := range map[string]struct {
		broken routes
		stdin  string
		code   int
		want   string
	}{
		"all steps":      {nil, "hunter2\n", 0, "call      GET  /wp-json/wp/v2/users/me  200"},
		"wrong password": {routes{token: says(403, `{"code":"[jwt_auth] incorrect_password"}`)}, "hunter2", 1, "token was refused with 403 [jwt_auth] incorrect_password"},
		"stripped":       {routes{token + "/validate": says(403, `{"code":"jwt_auth_no_auth_header"}`)}, "hunter2", 1, "cardea snippet"},
		"no token":       {routes{token: says(200, "{}")}, "hunter2", 1, "has no token"},
		"call refused":   {routes{"GET /wp-json/wp/v2/users/me": says(401, `{"code":"cardea_bad_assertion"}`)}, "hunter2", 1, "keys export --for assertion"},
		"no password":    {nil, "", 1, "the password on standard input"},
	} {
		code, out := tool(t, tc.stdin, "test-login", stub(t, tc.broken), "--user", "anna")
		if code != tc.code || !strings.Contains(out, tc.want) || strings.Contains(out, "hunter2") || strings.Contains(out, "secret") {
			t.Errorf("%s: exit %d\n%s\nwant %d and %q", name, code, out, tc.code, tc.want)
		}
	}
}

// TestTestLogin_passwordStays: the password is not sent to a site whose dialect is not
// known.
func TestTestLogin_passwordStays(t *testing.T) {
	leaked := func(http.ResponseWriter, *http.Request) { t.Error("the password was sent") }
	site := stub(t, routes{
		"GET /wp-json/jwt-auth/v1": says(200, `{"hello":"world"}`), "POST /wp-json/jwt-auth/v1/token": leaked,
		"POST /wp-json/cocart/v2/login": leaked, "POST /wp-json/api/v1/token": leaked, "POST /auth/login": leaked,
	})
	code, out := tool(t, "hunter2", "test-login", site, "--user", "anna")
	if code == 0 || !strings.Contains(out, "the password was not sent") {
		t.Errorf("exit %d\n%s", code, out)
	}
	if code, out := tool(t, "hunter2", "test-login", site, "--user", "anna", "--dialect", "oauth"); code == 0 || !strings.Contains(out, "choose one of cocart, cocart1") {
		t.Errorf("unknown dialect: exit %d\n%s", code, out)
	}
}

// TestTestLogin_saysNoWith200: a refusal with status 200, as miniOrange's plugin sends
// it, is reported as one.
func TestTestLogin_saysNoWith200(t *testing.T) {
	site := stub(t, routes{
		"POST /wp-json/api/v1/token":         says(200, `{"jwt_token":"a.b.secret"}`),
		"GET /wp-json/api/v1/token-validate": says(200, `{"status":"error","error":"UNAUTHORIZED","code":"401"}`),
	})
	code, out := tool(t, "hunter2", "test-login", site, "--user", "anna", "--dialect", "miniorange")
	if code == 0 || !strings.Contains(out, "validate was refused with 200 UNAUTHORIZED") {
		t.Errorf("exit %d\n%s", code, out)
	}
}

// everyDialect starts a gateway with a mount of each dialect at /plain-NAME, and one at
// /own-NAME that reads tokens from a header of its own.
func everyDialect(t *testing.T) (gateway string) {
	t.Helper()
	app.Quiet()
	dir, err := os.MkdirTemp("", "every") // short, for the control socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	t.Chdir(dir)
	addr := parts.Port(t)
	var text strings.Builder
	fmt.Fprintf(&text, "data: d\nserver: {listen: %q, admin_listen: %q, shutdown_delay: 0s}\nupstreams: {app: {url: \"builtin:demo\"}}\nrules: [{name: all, path: /**}]\ncors: {enabled: true, origins: [\"https://app.example.org\"]}\nmounts:\n", addr, parts.Port(t))
	for _, c := range dialect.Clients(all.Types()) {
		secret, limit := "", "" // the server's keys, but where tokens name no issuer: they could not be told apart
		if c.Dialect == "miniorange" {
			secret, limit = `, refresh_life: 14d, secret: "own-miniorange-0123456789-abcdef"`, ", rate_limit: -1" // it is asked many times
		}
		fmt.Fprintf(&text, "  - {name: plain-%[1]s, dialect: %[1]s, prefix: /plain-%[1]s, issuer: \"http://%[2]s/plain-%[1]s\"%[3]s}\n", c.Dialect, addr, limit)
		fmt.Fprintf(&text, "  - {name: own-%[1]s, dialect: %[1]s, prefix: /own-%[1]s, issuer: \"http://%[2]s/own-%[1]s\", header: {name: X-Site-Token, prefix: Bearer}%[3]s}\n", c.Dialect, addr, secret+limit)
	}
	if err := os.WriteFile("gateway.yaml", []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if code := (Program{}).run(t.Context(), []string{"--config", "gateway.yaml", "user", "add", "anna", "--email", "anna@example.org", "--password-stdin"}, strings.NewReader("hunter2-and-more\n"), &out, &out); code != 0 {
		t.Fatalf("user add: %d\n%s", code, &out)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan int, 1)
	var log bytes.Buffer
	go func() { done <- Program{}.run(ctx, []string{"--config", "gateway.yaml", "serve"}, nil, &log, &log) }()
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		stop()
		if code := <-done; code != 0 {
			t.Errorf("serve: exit %d\n%s", code, &log)
		}
	})
	gateway = "http://" + addr
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		res, err := http.Get(gateway + "/.well-known/jwks.json")
		if err == nil {
			res.Body.Close()
			return gateway
		}
		if time.Now().After(end) {
			t.Fatalf("the server does not answer: %v", err)
		}
	}
}

// TestTestLogin_everyDialect runs test-login and doctor for each dialect: detected, given
// by flags, and from the configuration.
func TestTestLogin_everyDialect(t *testing.T) {
	gateway := everyDialect(t)
	try := func(stdin string, args ...string) (int, string) {
		var out bytes.Buffer
		code := Program{}.run(t.Context(), args, strings.NewReader(stdin), &out, &out)
		return code, out.String()
	}
	for _, c := range dialect.Clients(all.Types()) {
		plain, own := "/plain-"+c.Dialect, "/own-"+c.Dialect
		for _, args := range [][]string{
			{gateway + plain},
			{gateway, "--prefix", plain},
			{gateway, "--prefix", plain, "--dialect", c.Dialect},
			{gateway, "--prefix", own, "--header", "X-Site-Token", "--header-prefix", "Bearer"},
			{gateway, "--prefix", own, "--config", "gateway.yaml"},
		} {
			code, out := try("hunter2-and-more", append([]string{"test-login", "--user", "anna"}, args...)...)
			if code != 0 || !strings.Contains(out, "dialect   "+c.Dialect+" ") || !strings.Contains(out, c.Try.Path+"  200") || strings.Contains(out, "hunter2") {
				t.Errorf("test-login %s: exit %d\n%s", args, code, out)
			}
			code, out = try("", append([]string{"doctor"}, args...)...)
			for _, want := range []string{"ok   token endpoints  " + c.Dialect, "ok   authorization"} {
				if code != 0 || !strings.Contains(out, want) {
					t.Errorf("doctor %s: exit %d, want %q in\n%s", args, code, want, out)
				}
			}
		}
		if code, out := try("hunter2-and-more", "test-login", "--user", "anna", gateway+own); code == 0 || !strings.Contains(out, "was refused with") {
			t.Errorf("test-login %s, the standard header: exit %d\n%s", own, code, out)
		}
		if code, out := try("", "doctor", gateway+own); code == 0 || !strings.Contains(out, "BAD  authorization") {
			t.Errorf("doctor %s, the standard header: exit %d\n%s", own, code, out)
		}
	}
	if code, out := try("", "doctor", gateway+"/plain-usefulteam", "--dialect", "wpjwt"); code == 0 || !strings.Contains(out, "the answer is that of usefulteam") {
		t.Errorf("doctor, another dialect: exit %d\n%s", code, out)
	}
}
