//go:build unix

package cli

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/server/app"
)

// TestConfigCheck_warnings: settings that work but may be mistakes are reported with
// their places, and the summary counts them.
func TestConfigCheck_warnings(t *testing.T) {
	app.Quiet()
	const (
		server = `server: {public_url: "https://gate.example", listen: "127.0.0.1:0", admin_listen: "127.0.0.1:0"`
		demo   = "upstreams: {app: {url: \"builtin:demo\"}}\n"
		all    = "rules: [{name: all, path: /**}]\n"
	)
	made := t.TempDir()
	configFiles(t, made)
	for name, row := range map[string]struct {
		text    string
		want    []string
		offline int // how many are left with --offline
		mode    os.FileMode
	}{
		"none":               {text: server + "}\n" + demo + all},
		"expiring":           {text: server + ", tls: {cert_file: soon.crt, key_file: soon.key}}\n", want: []string{"soon.crt expires on"}, offline: 1},
		"key for all":        {text: server + ", tls: {cert_file: other.crt, key_file: other.key}}\n", want: []string{"can read other.key: chmod 600"}, offline: 1},
		"data for all":       {text: server + "}\ndata: shared\n" + demo + all, want: []string{"data: every user of this machine can read the directory shared: chmod o-rx"}, offline: 1},
		"data for a group":   {text: server + "}\ndata: grouped\n" + demo + all},
		"data to pass":       {text: server + "}\ndata: passed\n" + demo + all, want: []string{"data: every user of this machine can read the directory passed"}, offline: 1},
		"secret for all":     {text: server + "}\nmounts: [{name: a, dialect: wpjwt, secret_file: exposed.secret}]\n", want: []string{"mounts[0].secret_file: every user"}, offline: 1},
		"secret in the file": {text: server + "}\nkeys: {secret: 0123456789abcdef0123456789ABCDEF}\n", want: []string{"put the secret in a file"}, offline: 1, mode: 0o644},
		"every interface":    {text: "server: {listen: \"0.0.0.0:0\", admin_listen: \"127.0.0.1:0\"}\n", want: []string{"not a server's address: write"}, offline: 1},
		"no host":            {text: "server: {listen: \":0\", admin_listen: \"127.0.0.1:0\"}\n", want: []string{"not a server's address: write"}, offline: 1},
		"0.0.0.0 as issuer":  {text: server + "}\ntokens: {issuer: \"http://0.0.0.0:8080\"}\n", want: []string{"not a server's address: write"}, offline: 1},
		"listener as issuer": {text: "server: {listen: \"127.0.0.1:0\", admin_listen: \"127.0.0.1:0\"}\nmounts: [{name: auth, dialect: native}]\n", want: []string{"the address of the listener"}, offline: 1},
		"no rules":           {text: server + "}\n" + demo, want: []string{"rules: there are none"}, offline: 1},
		"upstream down":      {text: server + "}\nupstreams: {app: {url: \"http://127.0.0.1:1\"}}\n" + all, want: []string{"upstreams.app.url: no connection"}},
		"two upstreams down": {text: server + "}\nupstreams: {a: {url: \"http://127.0.0.1:1\"}, b: {url: \"https://127.0.0.1:1\"}}\nrules: [{name: all, path: /**, upstream: a}]\n", want: []string{"upstreams.a.url", "upstreams.b.url"}},
		"rule with a slip":   {text: server + "}\n" + demo + "rules: [{name: all, path: /**, access: optional}, {name: admin, path: /admin, roles: [administrator]}]\n", want: []string{"rules[1]: rule \"admin\""}, offline: 1},
		"long access_life":   {text: server + "}\nmounts: [{name: a, dialect: wpjwt, access_life: 60d}]\n", want: []string{"mounts[0].access_life: 60d is longer"}, offline: 1},
		"short access_life":  {text: server + "}\nmounts: [{name: a, dialect: native, access_life: 10s}]\n", want: []string{"mounts[0].access_life: 10s is shorter"}, offline: 1},
		"long refresh_life":  {text: server + "}\nmounts: [{name: a, dialect: usefulteam, refresh_life: 60d}]\n", want: []string{"mounts[0].refresh_life: 60d is longer"}, offline: 1},
		"previous secret ended": {text: server + "}\nmounts: [{name: a, dialect: wpjwt, secret: 0123456789abcdef0123456789ABCDEF, secret_previous: fedcba98765432100123456789ABCDEF, secret_previous_until: 2020-01-31T18:00:00Z}]\n",
			want: []string{"mounts[0].secret_previous_until: 2020-01-31T18:00:00Z is past, so secret_previous has no effect: remove both"}, offline: 1},
		"plugin that is idle": {text: server + "}\nplugins: [{name: short, file: short.wasm}]\n", want: []string{"short is not bound to any point"}, offline: 1},
		"plugin that lacks grants": {text: server + "}\nplugins: [{name: short, file: \"builtin:short-expiry\", grants: {write: [claim.plan]}}]\n" +
			"hooks: [{point: auth-expire, plugin: short}, {point: token-claims, plugin: short, on_error: deny}]\n",
			want: []string{`plugins[0].grants: plugin "short" requests read lifetime, write lifetime, which is not granted: a call that needs it fails, and token-claims then refuses`}, offline: 1},
		"plugin that breaks is skipped": {text: server + "}\nplugins: [{name: short, file: \"builtin:short-expiry\"}]\nhooks: [{point: auth-expire, plugin: short}]\n",
			want: []string{`plugins[0].grants: plugin "short" requests read lifetime, write lifetime, write claim.*, which is not granted: a call that needs it fails.`}, offline: 1},
		"plugin that has its grants": {text: server + "}\nplugins: [{name: short, file: \"builtin:short-expiry\", grants: {write: [lifetime, claim.plan]}}]\n" +
			"hooks: [{point: auth-expire, plugin: short, on_error: deny}]\n"},
		"rule without scopes": {text: server + "}\n" + demo + "rules: [{name: in, path: /in/**, scopes: [ingest]}, {name: all, path: /**}]\n", want: []string{"rule \"all\", which require none"}, offline: 1},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS(made)); err != nil {
				t.Fatal(err)
			}
			t.Chdir(dir)
			writeFile(t, "exposed.secret", strings.Repeat("0123456789abcdef", 3))
			writeFile(t, "cardea.yaml", row.text)
			for file, mode := range map[string]os.FileMode{"soon.key": 0o600, "other.key": 0o644, "exposed.secret": 0o644, "cardea.yaml": row.mode | 0o600} {
				if err := os.Chmod(file, mode); err != nil {
					t.Fatal(err)
				}
			}
			for name, mode := range map[string]os.FileMode{"shared": 0o755, "grouped": 0o750, "passed": 0o701} {
				if err := errors.Join(os.Mkdir(name, 0o700), os.Chmod(name, mode)); err != nil {
					t.Fatal(err)
				}
			}
			out, errs := configCheck(t)
			for _, want := range row.want {
				if !strings.Contains(errs, want) {
					t.Errorf("%q is not warned of:\n%s", want, errs)
				}
			}
			if got := strings.Count(errs, "cardea: warning: cardea.yaml:"); got != len(row.want) || got != strings.Count(errs, "\n") {
				t.Errorf("%d warnings with a place, want %d:\n%s", got, len(row.want), errs)
			}
			if want := "cardea.yaml: " + summary(len(row.want)) + "\n"; out != want {
				t.Errorf("got %q, want %q", out, want)
			}
			if out, _ := configCheck(t, "--offline"); !strings.HasPrefix(out, "cardea.yaml: "+summary(row.offline)+"; databases") {
				t.Errorf("--offline: got %q, want %q", out, summary(row.offline))
			}
		})
	}
}

func summary(warnings int) string {
	switch warnings {
	case 0:
		return "fine"
	case 1:
		return "valid, 1 warning"
	}
	return fmt.Sprintf("valid, %d warnings", warnings)
}

func configCheck(t *testing.T, flags ...string) (out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	if code := (Program{}).run(t.Context(), append([]string{"config", "check"}, flags...), strings.NewReader(""), &o, &e); code != 0 {
		t.Errorf("config check exits %d", code)
	}
	return o.String(), e.String()
}
