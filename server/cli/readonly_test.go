package cli

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// reading lists the commands that only read stored data, or none of it.
func reading() []string {
	return []string{
		"user list", "apikey list", "apikey list anna", "session list", "session list --all", "keys list", "keys list --for assertion",
		"keys export", "keys export --for assertion", "token inspect TOKEN", "token inspect KEY", "token verify --jwks none.json",
		"hooks list", "hooks list --fields", "plugin list", "config check", "config check --offline", "config print --effective",
		"config schema", "config graph", "doctor http://127.0.0.1:1", "test-login http://127.0.0.1:1 anna", "snippet nginx", "samples --lang curl", "version",
	}
}

// changing lists the commands that write stored data or files.
func changing() []string {
	return []string{
		"user add", "user passwd", "user disable", "user delete", "apikey create", "apikey rotate", "apikey revoke", "session revoke",
		"token issue", "token revoke", "keys rotate", "keys revoke", "serve", "dev", "quickstart",
		"plugin bench", "plugin build", "plugin check", "plugin diff", "plugin inspect", "plugin new", "plugin reload", "plugin replay", "plugin sign", "plugin test", "plugin verify",
	}
}

// TestCommands_sorted: each command is in one of the two lists.
func TestCommands_sorted(t *testing.T) {
	known := append(reading(), changing()...)
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		for _, sub := range cmd.Commands() {
			walk(sub)
		}
		path := strings.TrimPrefix(cmd.CommandPath(), "cardea ")
		found := cmd.HasSubCommands() || cmd.Hidden
		for _, k := range known {
			found = found || k == path || strings.HasPrefix(k, path+" ")
		}
		if !found {
			t.Errorf("%s: is it one that reads? Name it in reading or changing", path)
		}
	}
	walk(newRoot(Program{}))
}

const readOnlyConfig = `server: {listen: "127.0.0.1:0", admin_listen: "127.0.0.1:0", shutdown_delay: 0s}
data: d
upstreams: {wp: {url: "http://127.0.0.1:1", identity: assertion}}
rules: [{name: all, path: /**}]
plugins: [{name: p, file: "builtin:short-expiry", config: {claim: plan, value: x}, grants: {read: [lifetime], write: [lifetime]}}]
hooks: [{point: auth-expire, plugin: p}]
`

// here runs a command in this process, in the current directory.
func here(t *testing.T, args string) (code int, out string) {
	t.Helper()
	var b bytes.Buffer
	code = Program{}.run(t.Context(), strings.Fields(args), strings.NewReader(""), &b, &b)
	return code, b.String()
}

// TestReading_writesNothing: without a server, commands that read do not change the data
// directory, whatever is missing in it.
func TestReading_writesNothing(t *testing.T) {
	t.Chdir(t.TempDir())
	writeFile(t, "cardea.yaml", readOnlyConfig)
	p := &place{t: t}
	for _, args := range []string{"user add anna", "apikey create anna", "token issue anna", "keys rotate --for assertion"} {
		if p.run(args); p.status != 0 {
			t.Fatalf("%s: exit %d, want 0: %s", args, p.status, p.errs)
		}
	}
	replace := strings.NewReplacer("TOKEN", p.token, "KEY", keyText(p.out))
	for _, missing := range [][]string{nil, {"d/wasm-cache"}, {"d/keys.json"}, {"d/keys.json.lock", "d/assertion-keys.json.lock"}, {"d/assertion-keys.json"}, {"d/cardea.db"}, {"d"}} {
		for _, name := range missing {
			if err := os.RemoveAll(name); err != nil {
				t.Fatal(err)
			}
		}
		before := contents(t, "d")
		for _, args := range reading() {
			_, out := here(t, replace.Replace(args))
			if after := contents(t, "d"); !maps.Equal(before, after) {
				t.Errorf("without %v, %s: the data directory was\n%v\nand is\n%v\n%s", missing, args, before, after, out)
				before = after
			}
		}
	}
}

// TestReading_olderStore: a command that reads does not migrate an older store, and its
// message says which command does.
func TestReading_olderStore(t *testing.T) {
	t.Chdir(t.TempDir())
	writeFile(t, "cardea.yaml", "data: d\n")
	if err := os.Mkdir("d", 0o700); err != nil {
		t.Fatal(err)
	}
	writeFile(t, "d/cardea.db", "")
	if code, out := here(t, "user list"); code == 0 || !strings.Contains(out, "is empty (no tables)") || !strings.Contains(out, "or start the server") || len(contents(t, "d")) != 2 {
		t.Errorf("exit %d %s%v", code, out, contents(t, "d"))
	}
}

// contents returns the mode and a digest of everything in a directory, by name.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			found[path] = "directory"
			return nil // a missing directory counts as empty
		}
		data, err := os.ReadFile(path)
		found[path] = fmt.Sprintf("%v %x", d.Type(), sha256.Sum256(data))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
