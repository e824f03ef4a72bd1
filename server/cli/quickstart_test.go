package cli

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/examples/e2e/parts"
	"github.com/cardea-auth/cardea/server/app"
	"github.com/cardea-auth/cardea/server/cli/internal/command"
)

// TestQuickstart_leavesNothing: after a failure, no files are left behind.
func TestQuickstart_leavesNothing(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("cardea-data", nil, 0o600); err != nil { // a file where the keys' directory should be
		t.Fatal(err)
	}
	var out bytes.Buffer
	code := Program{}.run(t.Context(), []string{"quickstart", "--wordpress", "http://127.0.0.1:1", "--dsn", "ro:x@tcp(h)/d", "--offline"}, nil, &out, &out)
	if code == 0 {
		t.Fatalf("exit 0\n%s", &out)
	}
	for _, name := range []string{"cardea.yaml", "wordpress.dsn", "cardea.php"} {
		if command.Exists(name) {
			t.Errorf("%s was left behind\n%s", name, &out)
		}
	}
}

// TestQuickstart_wordpress protects an existing WordPress with three commands, the second
// of which copies one file.
func TestQuickstart_wordpress(t *testing.T) {
	app.Quiet()
	site := parts.WordPress(t, "")
	site.DB.Exec(t, "", "CREATE USER ro@127.0.0.1 IDENTIFIED BY 'ro-pass'; GRANT SELECT ON wordpress.* TO ro@127.0.0.1;")
	dir, err := os.MkdirTemp("", "quick") // short, for the control socket
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	t.Chdir(dir)
	addr := parts.Port(t)
	var out bytes.Buffer
	dsn := "ro:ro-pass@tcp(" + site.DB.Addr + ")/wordpress"
	if code := (Program{}).run(t.Context(), []string{"quickstart", "--wordpress", site.URL, "--dsn", dsn, "--listen", addr, "--prefix", "other_"}, nil, &out, &out); code == 0 || !strings.Contains(out.String(), "nothing was written") {
		t.Errorf("wrong prefix: exit %d\n%s", code, &out)
	}
	out.Reset()
	if code := (Program{}).run(t.Context(), []string{"quickstart", "--wordpress", site.URL, "--dsn", dsn, "--listen", addr}, nil, &out, &out); code != 0 {
		t.Fatalf("exit %d\n%s", code, &out)
	}
	if want := "site:    " + site.URL + ", REST API at /wp-json, by its own answer"; !strings.Contains(out.String(), want) {
		t.Errorf("quickstart: want %q in\n%s", want, &out)
	}
	plugin, err := os.ReadFile("cardea.php")
	if err != nil {
		t.Fatal(err)
	}
	parts.Write(t, site.Dir, "wp-content/mu-plugins/cardea.php", string(plugin))
	gateway := "http://" + addr
	serveHere(t, gateway)
	out.Reset()
	if code := (Program{}).run(t.Context(), []string{"test-login", gateway, "--user", "admin"}, strings.NewReader(parts.AdminPassword), &out, &out); code != 0 || !strings.Contains(out.String(), "users/me  200") {
		t.Errorf("test-login: exit %d\n%s", code, &out)
	}
	out.Reset()
	Program{}.run(t.Context(), []string{"doctor", gateway, "--direct", site.URL}, nil, &out, &out)
	for _, want := range []string{"ok   rest api", "ok   token endpoints", "ok   authorization", "ok   issuer", "ok   rest path        /wp-json", "ok   network          no network", "ok   clock", "ok   direct access"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("doctor: want %q in\n%s", want, &out)
		}
	}
	t.Logf("doctor:\n%s", &out)
}
