package plugincmd

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/plugins/manifest"
	"github.com/cardea-auth/cardea/server/app"
	"github.com/cardea-auth/cardea/server/cli/internal/command"
)

// TestMain lets this binary compile plugins: cardea starts itself for that.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == command.CompileCommand {
		cmd := command.NewCompile()
		cmd.SetArgs([]string{})
		if cmd.Execute() != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// runPlugin runs 'cardea plugin' and returns what it printed.
func runPlugin(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	cmd := New()
	cmd.SetArgs(args)
	cmd.SetOut(&out)
	cmd.SetErr(&out)
	cmd.SilenceUsage = true
	err := cmd.ExecuteContext(t.Context())
	return out.String(), err
}

// pluginOK is runPlugin for a command that must succeed and print all of want.
func pluginOK(t *testing.T, want []string, args ...string) {
	t.Helper()
	out, err := runPlugin(t, args...)
	if err != nil {
		t.Fatalf("plugin %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	for _, text := range want {
		if !strings.Contains(out, text) {
			t.Errorf("plugin %s: no %q in\n%s", strings.Join(args, " "), text, out)
		}
	}
}

// pluginFails is runPlugin for a command that must fail and say why.
func pluginFails(t *testing.T, want string, args ...string) {
	t.Helper()
	if out, err := runPlugin(t, args...); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("plugin %s: got %v, want %q; it printed\n%s", strings.Join(args, " "), err, want, out)
	}
}

func putFile(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestDevPlugin_Points: the table of 'cardea dev' lists the points to which a plugin is
// bound.
func TestDevPlugin_Points(t *testing.T) {
	g := DevPlugin{DevPlugin: &app.DevPlugin{}, project: project{name: "hello", manifest: manifest.Manifest{Hooks: []string{"login-after"}}}}
	if got, want := g.Points(), []string{"login-after by plugin hello"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := new(DevPlugin).Points(); got != nil {
		t.Errorf("without a plugin: Points() = %v, want nil", got)
	}
}
