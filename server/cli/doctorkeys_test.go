package cli

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// home writes a configuration and returns a function that runs commands with it.
func home(t *testing.T, text string) func(args ...string) (int, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "cardea.yaml")
	if err := os.WriteFile(path, []byte("data: d\n"+text), 0o600); err != nil {
		t.Fatal(err)
	}
	return func(args ...string) (int, string) {
		t.Helper()
		var out bytes.Buffer
		code := Program{}.run(t.Context(), append(args, "--config", path), strings.NewReader(""), &out, &out)
		return code, out.String()
	}
}

const asserted = `
upstreams: {wp: {url: "http://127.0.0.1:8081", identity: assertion, audience: "https://site.example"}}
rules: [{name: all, path: /**}]
mounts: [{name: site, dialect: wpjwt}]
`

func TestDoctor_secret(t *testing.T) {
	site := stub(t, routes{"POST /wp-json/jwt-auth/v1/token/validate": says(403, `{"code":"jwt_auth_invalid_token"}`)})
	long := strings.Repeat("0123456789abcdef", 4)
	for name, c := range map[string]struct{ config, want string }{
		"generated":       {"", "ok   secret"},
		"HS512 too short": {"keys: {algorithm: HS512, secret: " + long[:40] + ", allow_weak_secret: true}\n", "BAD  secret"},
		"HS256 as short":  {"keys: {algorithm: HS256, secret: kUf83nF0aPqz71mCvR5tYx2Wd9LbHs4G}\n", "ok   secret"},
		"weak mount":      {"mounts: [{name: a, dialect: wpjwt, secret: short, allow_weak_secret: true}]\n", "the secret of mount a"},
	} {
		if _, out := home(t, c.config)("doctor", site); !strings.Contains(out, c.want) {
			t.Errorf("%s: want %q in\n%s", name, c.want, out)
		}
	}
}

// TestDoctor_allowedOrigin: the check uses the configured origin.
func TestDoctor_allowedOrigin(t *testing.T) {
	const config = "cors: {enabled: true, origins: ['https://*.a.example', 'https://app.example']}\n"
	broken := routes{"POST /wp-json/jwt-auth/v1/token/validate": says(403, `{"code":"jwt_auth_invalid_token"}`)}
	answers := func(h http.HandlerFunc) string {
		broken["OPTIONS /wp-json/wp/v2/posts"] = h
		_, out := home(t, config)("doctor", stub(t, broken))
		return out
	}
	if out := answers(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Origin") == "https://app.example" {
			w.Header().Set("Access-Control-Allow-Origin", "https://app.example")
		}
	}); !strings.Contains(out, "ok   cors") {
		t.Error(out)
	}
	if out := answers(says(200, "")); !strings.Contains(out, "a preflight from https://app.example is not allowed") {
		t.Error(out)
	}
}

// TestKeys_assertion goes through a rotation: next, pinned, signing.
func TestKeys_assertion(t *testing.T) {
	cli := home(t, asserted)
	site := stub(t, routes{"POST /wp-json/jwt-auth/v1/token/validate": says(403, `{"code":"jwt_auth_invalid_token"}`)})
	ids := func(state string) string {
		t.Helper()
		code, out := cli("keys", "list", "--for", "assertion")
		found := regexp.MustCompile(`(?m)^(\S+) +EdDSA +` + state).FindStringSubmatch(out)
		if code != 0 || found == nil {
			t.Fatalf("no %s key: exit %d\n%s", state, code, out)
		}
		return found[1]
	}
	if _, out := cli("doctor", site); !strings.Contains(out, "the keys are not on this machine") {
		t.Errorf("before the first start:\n%s", out)
	}
	if code, out := cli("user", "add", "anna"); code != 0 { // creates the store, which a list does not
		t.Fatalf("exit %d\n%s", code, out)
	}
	if code, out := cli("keys", "export", "--for", "assertion"); code == 0 || !strings.Contains(out, "start the server, which creates it") {
		t.Errorf("the export of a missing key: exit %d\n%s", code, out)
	}
	for _, now := range []string{"--now=false", "--now"} { // the first key, then its successor
		if code, out := cli("keys", "rotate", "--for", "assertion", now); code != 0 {
			t.Fatalf("exit %d\n%s", code, out)
		}
	}
	cli("keys", "revoke", ids("retiring"), "--for", "assertion")
	first := ids("active")
	if code, out := cli("keys", "rotate", "--for", "assertion", "--now"); code == 0 || !strings.Contains(out, "there is no next key") {
		t.Errorf("exit %d\n%s", code, out)
	}
	if _, out := cli("doctor", site); !strings.Contains(out, "ok   assertion key") {
		t.Errorf("nothing is due:\n%s", out)
	}
	if code, out := cli("keys", "rotate", "--for", "assertion"); code != 0 || !strings.Contains(out, "paste the output of") {
		t.Errorf("exit %d\n%s", code, out)
	}
	next := ids("next")
	if ids("active") != first {
		t.Error("the next key signs before it was pinned")
	}
	if _, out := cli("keys", "export", "--for", "assertion"); !strings.Contains(out, first) || !strings.Contains(out, next) {
		t.Errorf("the export lacks a key:\n%s", out)
	}
	if _, out := cli("doctor", site); !strings.Contains(out, "BAD  assertion key") || !strings.Contains(out, next) {
		t.Errorf("the change is not reported:\n%s", out)
	}
	pinned := stub(t, routes{"GET /wp-json/wp/v2/posts": func(w http.ResponseWriter, r *http.Request) {
		head, _, _ := strings.Cut(r.Header.Get("X-Cardea-Assertion"), ".")
		text, err := base64.RawURLEncoding.DecodeString(head)
		if r.Header.Get("Origin") == "" && (err != nil || !strings.Contains(string(text), next)) {
			says(401, `{"code":"cardea_required"}`)(w, r)
			return
		}
		says(200, "[]")(w, r)
	}})
	if _, out := cli("doctor", site, "--direct", pinned); !strings.Contains(out, "ok   assertion key") {
		t.Errorf("a site that has the next key:\n%s", out)
	}
	strange := stub(t, routes{"GET /wp-json/wp/v2/posts": says(401, `{"code":"cardea_bad_assertion"}`)})
	if _, out := cli("doctor", site, "--direct", strange); !strings.Contains(out, "BAD  assertion key") {
		t.Errorf("a site that does not know the next key:\n%s", out)
	}
	if code, out := cli("keys", "rotate", "--for", "assertion", "--now"); code != 0 {
		t.Errorf("exit %d\n%s", code, out)
	}
	if ids("active") != next || ids("retiring") != first {
		t.Error("the next key does not sign")
	}
	if code, out := cli("keys", "revoke", first, "--for", "assertion"); code != 0 || strings.Count(out, first) != 1 { // only in the log line
		t.Errorf("exit %d\n%s", code, out)
	}
	if code, out := cli("keys", "revoke", first, "--for", "assertion"); code == 0 || !strings.Contains(out, "no assertion key has the id") {
		t.Errorf("exit %d\n%s", code, out)
	}
	if code, _ := cli("keys", "rotate", "--now"); code == 0 {
		t.Error("keys that sign tokens are swapped without notice")
	}
	if code, _ := cli("keys", "list", "--for", "others"); code == 0 {
		t.Error("--for takes any word")
	}
}
