package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/examples/e2e/parts"
	"github.com/cardea-auth/cardea/methods/all"
	"github.com/cardea-auth/cardea/server/check"
	"github.com/cardea-auth/cardea/server/config"
	dialects "github.com/cardea-auth/cardea/server/dialect/all"
)

// blocks returns the fenced blocks of that language in README.md.
func blocks(t *testing.T, language string) []string {
	t.Helper()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, m := range regexp.MustCompile("(?s)\n```"+language+"\n(.*?)\n```").FindAllStringSubmatch(string(text), -1) {
		list = append(list, m[1])
	}
	if len(list) == 0 {
		t.Fatalf("README.md has no block of %s", language)
	}
	return list
}

// TestReadme_console runs the console lines of the README in a shell.
func TestReadme_console(t *testing.T) {
	parts.Find(t, "curl", "curl")
	s := startDev(t, t.TempDir())
	t.Setenv("PASSWORD", *s.Password)
	t.Setenv("API_KEY", *s.APIKey)
	var script strings.Builder
	for _, block := range blocks(t, "console") {
		for line := range strings.Lines(block + "\n") {
			script.WriteString(strings.TrimPrefix(line, "$ ")) // lines without a prompt continue the previous one
		}
	}
	checkPaste(t, "README", strings.ReplaceAll(script.String(), "127.0.0.1:8080", s.Listen))
}

// TestReadme_commands runs every cardea command of the README while a server is running.
func TestReadme_commands(t *testing.T) {
	s := startDev(t, t.TempDir())
	script := "set -e\n"
	for _, block := range blocks(t, "sh") {
		for line := range strings.Lines(block + "\n") {
			if !strings.HasPrefix(line, "cardea ") {
				continue
			}
			line = strings.ReplaceAll(line, "apikey revoke ID", "apikey revoke $(sed -n 's/^created key \\([^ ]*\\).*/\\1/p' made)")
			if strings.HasPrefix(line, "cardea apikey create") {
				command, _, _ := strings.Cut(strings.TrimSpace(line), "#")
				line = command + " | tee made\n"
			}
			if strings.HasPrefix(line, "cardea user disable") {
				line += "cardea user disable --undo anna\n" // the following lines need her enabled
			}
			script += line
		}
	}
	if strings.Count(script, "\ncardea ") < 8 {
		t.Fatalf("README.md shows too few commands:\n%s", script)
	}
	writeFile(t, filepath.Join(s.dir, "file"), "correct horse battery\n") // with a password
	cmd := exec.Command("bash", "-o", "pipefail", "-c", script)           // a script on standard input would be a password
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), "CARDEA_SERVER__LISTEN=127.0.0.1:0", "CARDEA_SERVER__ADMIN_LISTEN=127.0.0.1:0") // others may have taken the usual ports
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s\n%s", err, script, out)
	}
}

// TestReadme_targets looks for every make target of the README in the Makefile.
func TestReadme_targets(t *testing.T) {
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range blocks(t, "sh") {
		for _, m := range regexp.MustCompile(`(?m)^make (\w+)`).FindAllStringSubmatch(block, -1) {
			if !strings.Contains(string(makefile), "\n"+m[1]+":") {
				t.Errorf("README.md names make %s, which the Makefile lacks", m[1])
			}
		}
	}
}

// TestReadme_config loads the README's configuration as it stands.
func TestReadme_config(t *testing.T) {
	for _, block := range blocks(t, "yaml") {
		dir := t.TempDir()
		path := filepath.Join(dir, config.FileName)
		writeFile(t, path, block)
		for name, text := range map[string]string{
			"shop.secret": "the-shop-0123456789-abcdefghijkl", "blog.secret": "the-blog-0123456789-abcdefghijkl", "shop-before.secret": "before-0123456789-abcdefghijklmno",
			"main.secret": "the-main-0123456789-abcdefghijkl", "wordpress.dsn": "ro:x@tcp(127.0.0.1:1)/wordpress",
			"shop.dsn": "ro:x@tcp(127.0.0.1:1)/shop", "blog.dsn": "ro:x@tcp(127.0.0.1:1)/blog",
		} {
			writeFile(t, filepath.Join(dir, name), text)
		}
		cfg, _, err := config.Load(config.LoadOptions{Types: config.Types{Methods: all.Types(), Dialects: dialects.Types()}, Path: path, Required: true})
		if err != nil {
			t.Fatal(err)
		}
		if err := check.Check(cfg); err != nil {
			t.Error(err)
		}
	}
}

// TestReadme_hook builds the README's hook as its command says.
func TestReadme_hook(t *testing.T) {
	devPlugin := ""
	for _, block := range blocks(t, "go") {
		if strings.HasPrefix(block, "package main") {
			devPlugin = block
		}
	}
	if devPlugin == "" {
		t.Fatal("README.md shows no whole program")
	}
	dir, err := os.MkdirTemp(".", "readme-guest-") // inside the module, so that it resolves
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	writeFile(t, filepath.Join(dir, "main.go"), devPlugin)
	build := exec.Command("go", "build", "-buildmode=c-shared", "-o", filepath.Join(t.TempDir(), "short.wasm"), ".")
	build.Dir = dir
	build.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm")
	if out, err := build.CombinedOutput(); err != nil {
		t.Errorf("the README's hook does not build: %v\n%s", err, out)
	}
}
