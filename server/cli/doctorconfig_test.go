package cli

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/logtest"
	"github.com/cardea-auth/cardea/methods/all"
	"github.com/cardea-auth/cardea/server/app"
	"github.com/cardea-auth/cardea/server/cli/internal/command"
	"github.com/cardea-auth/cardea/server/config"
	dialects "github.com/cardea-auth/cardea/server/dialect/all"
	"github.com/cardea-auth/cardea/server/state"
)

// TestDoctor_configuration: each mistake in a configuration is found by its check.
func TestDoctor_configuration(t *testing.T) {
	const (
		home  = "https://shop.example"
		good  = "server: {public_url: \"https://gate.example\"}\ndata: d\n"
		mount = "mounts: [{name: shop, dialect: wpjwt, issuer: \"https://shop.example\", secret: 0123456789abcdef0123456789abcdef}]\n"
	)
	open := says(200, "[]", "Access-Control-Allow-Origin", "*")
	for name, tc := range map[string]struct {
		text   string
		broken routes
		bad    string // the check that finds it; "": none
		want   string
	}{
		"good":                    {good + mount, nil, "", "ok   issuer"},
		"issuer of the gateway":   {good + "mounts: [{name: shop, dialect: wpjwt}]\n", nil, "issuer", home},
		"issuer with a slash":     {good + strings.Replace(mount, home, home+"/", 1), nil, "issuer", "exactly as in Settings"},
		"issuer by http":          {good + strings.Replace(mount, "https", "http", 1), nil, "issuer", "set issuer: \"https://shop.example\""},
		"issuer of native":        {good + "mounts: [{name: auth, dialect: native}]\n", routes{}, "", "-    issuer"},
		"proxy":                   {good + mount, routes{"HEAD /wp-json/": says(200, "", "Via", "1.1 proxy")}, "proxies", "server.trusted_proxies lists none"},
		"content network":         {good + mount, routes{"HEAD /wp-json/": says(200, "", "CF-Ray", "1")}, "proxies", "CF-Ray"},
		"proxy that is listed":    {strings.Replace(good, "}", ", trusted_proxies: [10.0.0.1]}", 1) + mount, routes{"HEAD /wp-json/": says(200, "", "Via", "1.1 proxy")}, "", "ok   proxies"},
		"setting without effect":  {good + strings.Replace(mount, "wpjwt", "wpjwtpro, claims: exact, foreign_tokens: true", 1), nil, "secret", "mounts[0].foreign_tokens: has no effect"},
		"weak secret":             {good + strings.Replace(mount, "0123456789abcdef0123456789abcdef", "hunter2", 1), nil, "secret", "mount shop is weak"},
		"warnings":                {"server: {listen: \"0.0.0.0:80\"}\ndata: d\n" + mount, nil, "", "1 warnings"},
		"logins closed to pages":  {good + mount, routes{"GET /wp-json/wp/v2/posts": open}, "cors", "not the answers to logins"},
		"logins open to pages":    {good + mount, routes{"GET /wp-json/wp/v2/posts": open, "POST /wp-json/jwt-auth/v1/token": open}, "", "ok   cors"},
		"JSON logins closed":      {good + mount, pages(nil, "OPTIONS /wp-json/jwt-auth/v1/token", says(404, "{}", "Access-Control-Allow-Origin", "*")), "cors", "preflights of logins fail: the status is 404"},
		"logins without a type":   {good + mount, pages(nil, "OPTIONS /wp-json/jwt-auth/v1/token", says(200, "{}", "Access-Control-Allow-Origin", "*")), "cors", "preflights of logins fail: the header Content-Type"},
		"checks without a token":  {good + mount, pages(nil, "OPTIONS /wp-json/jwt-auth/v1/token/validate", says(401, "{}")), "cors", "preflights of checks of a token fail: no origin"},
		"checks closed to pages":  {good + mount, pages(nil, "POST /wp-json/jwt-auth/v1/token/validate", says(403, `{"code":"jwt_auth_invalid_token"}`)), "cors", "not the answers to checks of a token"},
		"all open to pages":       {good + mount, pages(nil, "", nil), "", "ok   cors"},
		"open to a pattern":       {good + mount + "cors: {enabled: true, origins: ['https://*.a.example']}\n", pages([]string{"https://cardea-doctor.a.example"}, "", nil), "", "ok   cors"},
		"pattern that is closed":  {good + mount + "cors: {enabled: true, origins: ['https://*.a.example']}\n", pages([]string{"https://b.example"}, "", nil), "cors", "https://cardea-doctor.a.example is not allowed"},
		"own answers for cookies": {good + mount, routes{"GET /wp-json/jwt-auth/v1": says(200, index("jwt-auth/v1", "/token", "/token/validate"), "Access-Control-Allow-Origin", unlistedOrigin, "Access-Control-Allow-Credentials", "true")}, "cors", "every origin"},
	} {
		t.Run(name, func(t *testing.T) {
			answers := routes{
				"POST /wp-json/jwt-auth/v1/token/validate": says(403, `{"code":"jwt_auth_invalid_token"}`),
				"GET /wp-json/": says(200, `{"home":"`+home+`"}`),
			}
			for route, h := range tc.broken {
				answers[route] = h
			}
			t.Chdir(t.TempDir())
			writeFile(t, "cardea.yaml", tc.text)
			args := []string{"doctor", stub(t, answers)}
			if name == "issuer of native" {
				args = append(args, "--dialect", "wpjwt")
			}
			var out bytes.Buffer
			code := Program{}.run(t.Context(), args, strings.NewReader(""), &out, &out)
			if said := out.String(); (code != 0) != (tc.bad != "") || !strings.Contains(said, tc.want) || tc.bad != "" && !strings.Contains(said, "BAD  "+tc.bad) || strings.Count(said, "BAD") > 1 {
				t.Errorf("exit %d\n%s\nwant %q found and %q", code, said, tc.bad, tc.want)
			}
		})
	}
}

// pages are the answers of a site that pages of the origins, or else of any, may call, with
// one of them replaced.
func pages(origins []string, route string, instead http.HandlerFunc) routes {
	answers := routes{}
	for route, body := range map[string]string{
		"GET /wp-json/wp/v2/posts": "[]", "POST /wp-json/jwt-auth/v1/token": "{}", "POST /wp-json/jwt-auth/v1/token/validate": `{"code":"jwt_auth_invalid_token"}`,
		"OPTIONS /wp-json/wp/v2/posts": "", "OPTIONS /wp-json/jwt-auth/v1/token": "", "OPTIONS /wp-json/jwt-auth/v1/token/validate": "",
	} {
		answers[route] = func(w http.ResponseWriter, r *http.Request) {
			allowed := r.Header.Get("Origin")
			if origins != nil && !slices.Contains(origins, allowed) {
				allowed = origins[0]
			}
			status := http.StatusOK
			if strings.Contains(body, "invalid") {
				status = http.StatusForbidden
			}
			says(status, body, "Access-Control-Allow-Origin", allowed, "Access-Control-Allow-Headers", "Authorization, Content-Type")(w, r)
		}
	}
	if route != "" {
		answers[route] = instead
	}
	return answers
}

// TestLostKeys: a database that was restored without keys.json is reported by doctor, and
// once at the next start.
func TestLostKeys(t *testing.T) {
	app.Quiet()
	dir, err := os.MkdirTemp("", "lost")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	t.Chdir(dir)
	writeFile(t, "cardea.yaml", "data: d\nserver: {listen: \"127.0.0.1:0\", admin_listen: \"127.0.0.1:0\", shutdown_delay: 0s}\n")
	const says = "tokens that the missing keys signed are refused, while refresh tokens, API keys and tokens of mounts with a secret of their own stay valid"
	if _, said := serveUntilUp(t); strings.Contains(said, says) {
		t.Errorf("a first start says that keys are missing:\n%s", said)
	}
	var out bytes.Buffer
	if code := (Program{}).run(t.Context(), []string{"user", "add", "anna"}, strings.NewReader(""), &out, &out); code != 0 {
		t.Fatalf("user add: %s", out.String())
	}
	if err := os.Remove("d/keys.json"); err != nil {
		t.Fatal(err)
	}
	cfg, _, err := config.Load(config.LoadOptions{Types: config.Types{Methods: all.Types(), Dialects: dialects.Types()}, Path: "cardea.yaml"})
	if err != nil {
		t.Fatal(err)
	}
	if file, lost, err := state.LostKeys(t.Context(), cfg); err != nil || !lost || file != "d/keys.json" {
		t.Errorf("LostKeys = %q, %v, %v; want d/keys.json", file, lost, err)
	}
	url := stub(t, nil)
	out.Reset()
	Program{}.run(t.Context(), []string{"doctor", url}, strings.NewReader(""), &out, &out)
	if said := out.String(); !strings.Contains(said, "BAD  token keys       d/keys.json is missing") {
		t.Errorf("doctor says nothing of it:\n%s", said)
	}
	if command.Exists("d/keys.json") {
		t.Error("doctor created new keys")
	}
	out.Reset()
	if code := (Program{}).run(t.Context(), []string{"config", "check"}, nil, &out, &out); code != 0 || !strings.Contains(out.String(), says) || command.Exists("d/keys.json") {
		t.Errorf("config check: exit %d\n%s", code, out.String())
	}
	for _, args := range [][]string{{"user", "list"}, {"session", "list"}, {"apikey", "list"}, {"keys", "list"}} {
		out.Reset()
		Program{}.run(t.Context(), args, nil, &out, &out)
		if !strings.Contains(out.String(), says) || command.Exists("d/keys.json") {
			t.Errorf("%v does not report it, or creates new keys:\n%s", args, out.String())
		}
	}
	if _, said := serveUntilUp(t); strings.Count(said, says) != 1 || !strings.Contains(said, `"level":"ERROR"`) {
		t.Errorf("the start says nothing of it:\n%s", said)
	}
	if _, said := serveUntilUp(t); strings.Contains(said, says) {
		t.Errorf("it is reported again:\n%s", said)
	}
}

// serveWriter stops a server when its log says that it is serving.
type serveWriter struct {
	logtest.Buffer
	stop context.CancelFunc
}

func (w *serveWriter) Write(p []byte) (int, error) {
	if strings.Contains(string(p), `"msg":"serving"`) {
		defer w.stop()
	}
	return w.Buffer.Write(p)
}

// serveUntilUp runs 'cardea serve' in the working directory until it is serving, and
// returns whether it started and what it logged.
func serveUntilUp(t *testing.T) (started bool, said string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	w := &serveWriter{stop: cancel}
	code := Program{}.run(ctx, []string{"serve"}, strings.NewReader(""), w, w)
	return code == 0, w.String()
}

// TestDoctor_mistypedConfig: a named configuration that cannot be read is reported once,
// and not as a missing configuration.
func TestDoctor_mistypedConfig(t *testing.T) {
	code, out := tool(t, "", "doctor", "http://127.0.0.1:1", "--config", "nothere.yaml")
	if code == 0 || strings.Count(out, "no configuration at nothere.yaml") != 1 || strings.Contains(out, "no configuration here") {
		t.Errorf("exit %d\n%s\nwant one line about nothere.yaml", code, out)
	}
}

// TestDoctor_devProfile: without ./cardea.yaml, doctor reads the profile of 'cardea dev'.
func TestDoctor_devProfile(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("cardea-data", 0o700); err != nil {
		t.Fatal(err)
	}
	writeFile(t, "cardea-data/cardea.yaml", "server: {listen: \"127.0.0.1:0\"}\n")
	var out bytes.Buffer
	Program{}.run(t.Context(), []string{"doctor", stub(t, nil)}, strings.NewReader(""), &out, &out)
	if said := out.String(); strings.Contains(said, "no configuration here") || !strings.Contains(said, "ok   configuration") {
		t.Errorf("the profile is not read:\n%s", said)
	}
}
