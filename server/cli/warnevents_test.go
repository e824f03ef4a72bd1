package cli

import (
	"bytes"
	"log/slog"
	"os"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/methods/all"
	"github.com/cardea-auth/cardea/server/config"
	dialects "github.com/cardea-auth/cardea/server/dialect/all"
)

// TestWarnOfRules: a warning about an application or a mount is not logged as one about a
// rule.
func TestWarnOfRules(t *testing.T) {
	t.Chdir(t.TempDir())
	writeFile(t, "cardea.yaml", `
upstreams: {app: {url: "http://127.0.0.1:1"}}
mounts: [{name: site, dialect: wpjwt, secret: kUf83nF0aPqz71mCvR5tYx2Wd9LbHs4G}]
rules: [{name: all, path: /**, access: optional}, {name: admin, path: /admin, roles: [administrator]}]
`)
	cfg, prov, err := config.Load(config.LoadOptions{Types: config.Types{Methods: all.Types(), Dialects: dialects.Types()}, Path: "cardea.yaml", Env: os.Environ()})
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	warnOfRules(slog.New(slog.NewTextHandler(&log, nil)), cfg, prov)
	found := map[bool]int{}
	for line := range strings.Lines(log.String()) {
		rule := strings.Contains(line, "setting=rules")
		found[rule]++
		if rule != strings.Contains(line, `"a rule may not do what you expect"`) || rule == strings.Contains(line, `"a setting looks wrong"`) {
			t.Errorf("wrong event: %s", line)
		}
	}
	if found[true] == 0 || found[false] == 0 {
		t.Errorf("want warnings of both kinds:\n%s", log.String())
	}
}
