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
	writeFile(t, filepath.Join(dir, "data.yaml"), "data: d\n")
	for _, text := range []string{
		good + "store: {driver: memori}\n",
		good + "tokens: {max_ttl: 30x}\n",
		good + "users: [{type: wordpres}]\n",
		good + "revocation: {on: {password: 3}}\n",
		"data: [\n",
	} {
		file(text)
		if p.run("user add ben"); p.status == 0 || p.out != "" || !strings.Contains(p.errs, "cardea.yaml") || !strings.Contains(p.errs, "nothing was done") {
			t.Errorf("%s\nexit %d %s%s; want a failure, and that nothing was done", text, p.status, p.out, p.errs)
		}
		if p.run("user list --config data.yaml"); p.status != 0 {
			t.Errorf("%s\nthe way around it: exit %d %s", text, p.status, p.errs)
		}
	}
}

// TestToken_besideMistakes: a running server decides, whatever the file says now. Without
// one, commands decide despite a mistake elsewhere in the file, with a warning of what they
// leave out, but not if it concerns the credential.
func TestToken_besideMistakes(t *testing.T) {
	dir := t.TempDir()
	const good = `data: d
server: {listen: '127.0.0.1:0', admin_listen: '127.0.0.1:0'}
tokens: {issuer: 'https://a.example'}
upstreams: {app: {url: 'builtin:demo'}}
`
	const shop, blog = "  - {name: shop, dialect: wpjwt, issuer: 'https://shop.example'}\n", "  - {name: blog, dialect: usefulteam, issuer: 'https://blog.example', prefix: /b}\n"
	const rules, mounts = "rules: [{name: all, path: /**}]\n", "mounts:\n"
	p := &place{t: t, dir: dir}
	file := func(text string) { writeFile(t, filepath.Join(dir, "cardea.yaml"), text) }
	made := func(args string) string {
		p.token = ""
		if p.run(args); p.status != 0 {
			t.Fatalf("%s: exit %d, want 0: %s", args, p.status, p.errs)
		}
		return p.token
	}
	file(good + rules + mounts + shop + blog)
	p.run("user add anna")
	p.run("apikey create anna")
	credentials := map[string]string{"API key": keyText(p.out)}
	credentials["native"], credentials["of shop"], credentials["of blog"] = made("token issue anna"), made("token issue anna --token-format shop"), made("token issue anna --token-format blog")
	credentials["garbled"] = credentials["native"] + "x"
	broken := map[string]string{
		"cors":     good + rules + mounts + shop + blog + "cors: {enabled: 1}\n",
		"rule":     good + mounts + shop + blog + "rules: [{name: all, path: /**, access: publik}]\n",
		"rules":    good + mounts + shop + blog + "rules: [{name: a, path: /a, access: public}, {name: b, path: /a}]\n",
		"upstream": strings.Replace(good, "demo'", "demo', kind: drupal", 1) + rules + mounts + shop + blog,
		"basic":    good + rules + mounts + shop + blog + "methods: [{type: jwt}, {type: apikey}, {type: basic, realm: 7x, cache_for: soon}]\n",
		"jwt":      good + rules + mounts + shop + blog + "methods: [{type: jwt, sites: [a, a]}, {type: apikey}]\n",
		"shop":     good + rules + mounts + strings.Replace(shop, "}", ", secret_file: nothere}", 1) + blog,
		"dialect":  good + rules + mounts + strings.Replace(shop, "wpjwt", "wpjwtt", 1) + blog,
		"alike":    good + rules + mounts + shop + strings.Replace(blog, "blog.example", "shop.example", 1),
		"list":     good + rules + "mounts: all\n",
		"hook":     good + rules + mounts + shop + blog + "hooks: [{point: none, expr: '60'}]\n",
		"plugin":   good + rules + mounts + shop + blog + "plugins: [{name: p, file: nothere.wasm}]\nhooks: [{point: auth-expire, plugin: p}]\n",
	}
	const accepted, untold, refused, concerned = "verdict    accepted", "cannot be told", "would be refused here", "depends on what is wrong here"
	inspect := map[string]map[string]string{
		"native":  {"jwt": concerned},
		"of shop": {"jwt": concerned, "shop": untold, "dialect": untold, "alike": untold, "list": untold},
		"of blog": {"jwt": concerned, "alike": refused, "list": untold}, // its issuer has changed
		"garbled": {"": refused, "jwt": concerned, "dialect": untold, "list": untold},
		"API key": {"rule": concerned, "rules": concerned, "upstream": concerned, "basic": concerned, "jwt": concerned, "shop": concerned, "dialect": concerned, "alike": concerned, "list": concerned},
	}
	for _, served := range []bool{false, true} {
		if served {
			file(good + rules + mounts + shop + blog)
			startServe(t, dir)
		}
		for name, text := range broken {
			file(text)
			for kind, credential := range credentials {
				want := inspect[kind][name]
				if want == "" || served {
					want = map[bool]string{true: accepted, false: inspect[kind][""]}[inspect[kind][""] == ""]
				}
				p.run("token inspect " + credential)
				if !strings.Contains(p.out+p.errs, want) || (p.status == 0) != (want == accepted) {
					t.Errorf("served %t, mistake in %s, %s: exit %d %s%s; want %q", served, name, kind, p.status, p.out, p.errs, want)
				}
				if warned := strings.Contains(p.errs, "cardea: warning: cardea.yaml:"); warned == (want == concerned) && !(served && name == "plugin") {
					t.Errorf("served %t, mistake in %s, %s: it warns %q", served, name, kind, p.errs)
				}
			}
			issues := map[string]bool{"cors": true, "rule": true, "rules": true, "upstream": true, "basic": true, "jwt": true}[name] || served
			if p.run("token issue anna"); (p.status == 0) != issues || (p.out == "") == issues {
				t.Errorf("served %t, mistake in %s: token issue: exit %d %s%s; want a token: %t", served, name, p.status, p.out, p.errs, issues)
			}
		}
	}
}
