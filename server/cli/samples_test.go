package cli

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/examples/e2e/parts"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/dialect/all"
	"github.com/cardea-auth/cardea/server/dialect/native"
	"github.com/cardea-auth/cardea/server/samples"
)

// TestSamples_run runs each printed program, as printed, with two mounts of each dialect,
// one of which reads tokens from a header of its own. No compiler for Dart can be installed
// like the others: server/samples compares that program with a golden file.
func TestSamples_run(t *testing.T) {
	gateway := everyDialect(t)
	t.Setenv("LOGIN", "anna")
	t.Setenv("PASSWORD", "hunter2-and-more")
	for language, command := range map[string][]string{
		"curl":   {"sh", "samples.sh"},
		"fetch":  {parts.Find(t, "node", "nodejs"), "samples.mjs"},
		"php":    {parts.Find(t, "php", "php-cli"), "samples.php"},
		"python": {parts.Python(t, "requests", "python3-requests"), "samples.py"},
	} {
		if language == "curl" {
			parts.Find(t, "curl", "curl")
		}
		_, text := here(t, "--config gateway.yaml samples --lang "+language)
		writeFile(t, command[1], text)
		cmd := exec.Command(command[0], command[1])
		cmd.Env = append(os.Environ(), "NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v\n%s\n%s", language, err, out, text)
			continue
		}
		for _, want := range sampleCalls(gateway) {
			if !strings.Contains(string(out), want+" 200\n") {
				t.Errorf("%s: no %q in\n%s", language, want, out)
			}
		}
	}
}

// sampleCalls returns the method and address of every call of everyDialect's mounts.
func sampleCalls(gateway string) (list []string) {
	for _, kind := range []string{"/plain-", "/own-"} {
		for _, c := range dialect.Clients(all.Types()) {
			at := func(call dialect.Call) {
				if call.Path != "" {
					list = append(list, call.Method+" "+gateway+kind+c.Dialect+call.Path)
				}
			}
			at(c.Login)
			at(c.Try)
			at(c.Validate)
			at(c.Refresh)
		}
	}
	return append(list, "POST "+gateway+"/own-miniorange/wp-json/api/v1/refresh-token") // has refresh_life
}

// TestSamples_refused: a wrong password ends each program with an error that shows the
// refusal.
func TestSamples_refused(t *testing.T) {
	everyDialect(t)
	t.Setenv("LOGIN", "anna")
	t.Setenv("PASSWORD", `it's "wrong" \ $HOME`)
	for language, command := range map[string][]string{
		"curl": {"sh", "samples.sh"}, "fetch": {parts.Find(t, "node", "nodejs"), "samples.mjs"},
		"php": {parts.Find(t, "php", "php-cli"), "samples.php"}, "python": {parts.Python(t, "requests", "python3-requests"), "samples.py"},
	} {
		_, text := here(t, "--config gateway.yaml samples --dialect wpjwt --lang "+language)
		writeFile(t, command[1], text)
		out, err := exec.Command(command[0], command[1]).CombinedOutput()
		if err == nil || !strings.Contains(string(out), "incorrect_password") || strings.Contains(string(out), "users/me") {
			t.Errorf("%s: got %v, want the error incorrect_password and no further call:\n%s", language, err, out)
		}
	}
}

// TestSamples_mounts: which calls are printed, by the flags and the configuration.
func TestSamples_mounts(t *testing.T) {
	t.Chdir(t.TempDir())
	writeFile(t, "sites.yaml", `server: {public_url: "https://gate.example.org:8443"}
upstreams: {wp: {url: "http://10.0.0.5", kind: wordpress, rest_path: [/blog/api, /shop/wp-json]}}
rules: [{name: all, path: /**}]
mounts:
  - {name: blog, dialect: wpjwt, prefix: /blog}
  - {name: shop, dialect: miniorange, prefix: /shop, refresh_life: 14d, secret: "shop-0123456789-0123456789-abcdef", header: {name: X-Shop, prefix: Token}}
  - {name: other, dialect: native, host: api.example.org}
`)
	const config = "--config sites.yaml "
	for args, want := range map[string][]string{
		config + "--lang curl":                                  {"'https://gate.example.org:8443/blog/api/jwt-auth/v1/token'", "'https://gate.example.org:8443/blog/api/wp/v2/users/me'", "/shop/wp-json/api/v1/refresh-token'", "'X-Shop: Token '\"$token\"", "'https://api.example.org:8443/auth/login'"},
		config + "--lang fetch --dialect native":                {"// other: ", `"https://api.example.org:8443/auth/me"`},
		config + "--lang php --url http://127.0.0.1:8080/":      {"'http://127.0.0.1:8080/blog/api/jwt-auth/v1/token/validate'", "'http://127.0.0.1:8080/auth/refresh'"},
		config + "--lang python --dialect cocart":               {`"https://gate.example.org:8443/wp-json/cocart/jwt/refresh-token"`},
		"--lang dart --dialect usefulteam --url https://a.test": {`"https://a.test/wp-json/jwt-auth/v1/token/refresh", cookies: cookies`},
		"--lang dart --dialect wpjwt":                           {`"http://127.0.0.1:8080/wp-json/wp/v2/users/me"`},
		config + "--postman":                                    {`"schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"`, `"name": "shop"`},
	} {
		code, out := here(t, "samples "+args)
		for _, text := range want {
			if code != 0 || !strings.Contains(out, text) {
				t.Errorf("%s: exit %d, want %q in\n%s", args, code, text, out)
			}
		}
	}
	for args, want := range map[string]string{
		"--dialect wpjwt":                        "give --lang with one of curl, fetch",
		"--lang curl --postman --dialect wpjwt":  "--lang and --postman are given: give one",
		"--lang cobol --dialect wpjwt":           "choose one of curl, fetch",
		"--lang curl --dialect oauth":            "choose one of cocart",
		"--lang curl":                            "give --config, or --dialect and --url",
		"--lang curl --dialect wpjwt --url shop": "--url: ",
	} {
		if code, out := here(t, "samples "+args); code == 0 || !strings.Contains(out, want) {
			t.Errorf("%s: exit %d\n%s\nwant %q", args, code, out, want)
		}
	}
}

// TestSamples_otherDialects: a dialect that a program adds takes part by its description.
func TestSamples_otherDialects(t *testing.T) {
	t.Chdir(t.TempDir())
	types := all.Types()
	types["theirs"] = theirs{}
	for _, language := range samples.Languages() {
		var out bytes.Buffer
		p := Program{Types: config.Types{Dialects: types}}
		code := p.run(t.Context(), []string{"samples", "--dialect", "theirs", "--lang", language, "--url", "https://a.test"}, nil, &out, &out)
		if text := out.String(); code != 0 || !strings.Contains(text, "https://a.test/sign-in") || !strings.Contains(text, "secret_word") {
			t.Errorf("%s: exit %d\n%s", language, code, text)
		}
	}
}

// theirs is a dialect with a description of its own.
type theirs struct{}

func (theirs) Traits() dialect.Traits { return dialect.Traits{Base: "/theirs"} }

func (theirs) Open(m dialect.Mount) (dialect.Dialect, error) { return native.Config{}.Open(m) }

func (theirs) Client() dialect.Client {
	return dialect.Client{
		Plugin: "theirs", Login: dialect.Call{Method: "POST", Path: "/sign-in"}, Form: true, PasswordField: "secret_word",
		Try: dialect.Call{Method: "GET", Path: "/"},
	}
}
