package wordpress_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/examples/e2e/parts"
)

// blocks returns the code blocks of README.md in that language, including those in lists.
func blocks(t *testing.T, language string) []string {
	t.Helper()
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, m := range regexp.MustCompile("(?s)```"+language+"\n(.*?)\\s*```").FindAllStringSubmatch(string(text), -1) {
		indent := m[1][:len(m[1])-len(strings.TrimLeft(m[1], " "))]
		found = append(found, strings.ReplaceAll("\n"+m[1], "\n"+indent, "\n"))
	}
	if found == nil {
		t.Fatalf("README.md has no %s", language)
	}
	return found
}

// TestReadme_nginx starts nginx with the page's snippets: a client's own assertion must not
// get through.
func TestReadme_nginx(t *testing.T) {
	upstream, addr := parts.Port(t), parts.Port(t)
	dir := parts.Dir(t)
	router := parts.Write(t, dir, "echo.php", `<?php echo json_encode([$_SERVER['HTTP_X_CARDEA_ASSERTION'] ?? 'none', $_SERVER['HTTP_AUTHORIZATION'] ?? 'none']);`)
	parts.PHP(t, dir, upstream, router)
	snippets := strings.ReplaceAll(strings.Join(blocks(t, "nginx"), "\n"), "127.0.0.1:8081", upstream)
	parts.Nginx(t, addr, "server { listen "+addr+"; root "+dir+";\n"+snippets+"\n}")
	a := ask{method: "GET", target: "/static/x", header: map[string][]string{"Authorization": {"Bearer x"}}}
	if status, body := a.do(t, "http://"+addr, "forged"); status != 200 || body != `["none","Bearer x"]` {
		t.Errorf("got %d %s, want no assertion and the Authorization header", status, body)
	}
}

// TestReadme_constants: the plugin accepts the page's constants after a key is filled in.
func TestReadme_constants(t *testing.T) {
	constants := strings.NewReplacer("<base64url of the public key, 43 characters>", publicKey).Replace(strings.Join(blocks(t, "php"), "\n"))
	dir := parts.Dir(t)
	plugin, err := os.ReadFile("cardea.php")
	if err != nil {
		t.Fatal(err)
	}
	parts.Write(t, dir, "cardea.php", string(plugin))
	script := parts.Write(t, dir, "run.php", "<?php function add_filter() {} function add_action() {}\n"+constants+
		"require __DIR__ . '/cardea.php'; echo json_encode([Cardea\\missing(), Cardea\\required(), strlen(Cardea\\decode(CARDEA_KEYS['gate-1']))]);")
	if got := parts.RunPHP(t, dir, script); got != "[[],true,32]" {
		t.Errorf("got %s, want nothing missing, required, and a key of 32 bytes", got)
	}
}

// TestReadme_samples: the page lists the existing samples.
func TestReadme_samples(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	links := regexp.MustCompile(`\]\((\.\./[^)]*)\)`).FindAllStringSubmatch(string(text), -1)
	if len(links) < 6 {
		t.Errorf("the page has %d links to samples", len(links))
	}
	for _, link := range links {
		if _, err := os.Stat(link[1]); err != nil {
			t.Error(err)
		}
	}
}
