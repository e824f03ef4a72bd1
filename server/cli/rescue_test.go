package cli

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestRescue: a mistake in the parts that serve requests does not keep an operator from
// administering, with and without a running server, and is reported with its place. A
// mistake in a part that the command needs does.
func TestRescue(t *testing.T) {
	dir := t.TempDir()
	good := "data: d\nserver: {listen: '127.0.0.1:0', admin_listen: '127.0.0.1:0'}\ntokens: {issuer: 'https://a.example'}\nupstreams: {app: {url: 'builtin:demo'}}\nmounts:\n  - {name: auth, dialect: native}\n"
	p := &place{t: t, dir: dir}
	file := func(text string) { writeFile(t, filepath.Join(dir, "cardea.yaml"), text) }
	file(good)
	rescues := []string{"user add anna", "user passwd anna", "session revoke --user anna", "token revoke --everything --yes", "user list", "user delete anna"}
	for _, served := range []bool{false, true} {
		if served {
			file(good)
			startServe(t, dir)
		}
		for text, line := range map[string]string{
			good + "  - {name: shop, dialect: wpjwtt}\n":                                           "cardea.yaml:7:",
			good + "  - {name: shop, dialect: wpjwt, secret_file: nothere}\n":                      "cardea.yaml:7:",
			good + "  - {name: shop, dialect: wpjwt, host: 'https://a.example'}\n":                 "cardea.yaml:7:",
			good + "  - {name: a, dialect: wpjwt}\n  - {name: b, dialect: wpjwt}\n":                "cardea.yaml:8:",
			good + "rules: [{name: a, path: /**, access: publik}]\n":                               "cardea.yaml:7:",
			good + "plugins: [{name: p, file: nothere.wasm}]\nhooks: [{point: none, plugin: p}]\n": "cardea.yaml:",
		} {
			file(text)
			for _, args := range rescues {
				p.run(args)
				if p.status != 0 || p.out == "" {
					t.Errorf("served %t, %s\n%s: exit %d %s%s", served, text, args, p.status, p.out, p.errs)
				}
				if needsTold := !strings.Contains(text, "nothere.wasm"); needsTold && (!strings.Contains(p.errs, "cardea: warning: "+line) || !strings.Contains(p.errs, "ignores the invalid parts")) {
					t.Errorf("served %t, %s\n%s: it warns %q; want %s", served, text, args, p.errs, line)
				}
			}
		}
	}
	for _, text := range []string{
		good + "store: {driver: memori}\n",
		good + "tokens: {max_ttl: 30x}\n",
		good + "users: [{type: wordpres}]\n",
		good + "revocation: {on: {password: 3}}\n",
		"data: [\n",
	} {
		file(text)
		if p.run("user add ben"); p.status == 0 || p.out != "" || !strings.Contains(p.errs, "cardea.yaml") {
			t.Errorf("%s\nexit %d %s%s; want a failure", text, p.status, p.out, p.errs)
		}
	}
}
