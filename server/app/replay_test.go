package app

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/server/dialect"
	dialects "github.com/cardea-auth/cardea/server/dialect/all"
	"github.com/cardea-auth/cardea/server/dialect/cocart"
	"github.com/cardea-auth/cardea/server/dialect/dialecttest"
	"github.com/cardea-auth/cardea/server/dialect/miniorange"
	"github.com/cardea-auth/cardea/server/mount"
)

// TestReplay plays the recordings against the policy that the server makes of a mount and
// one rule for the whole site, with default settings; for miniorange also rules for what
// that plugin protects. The dialects' own replays say which rows differ and why. A few more
// differ here: the method basic accepts a user's password and refuses a wrong one, which
// WordPress ignores; /WP-JSON/ is read as the REST API; and a valid token of cocart is
// accepted on every route, while its plugin ignores it on some.
func TestReplay(t *testing.T) {
	const everything = `{name: site, path: /**, access: optional}`
	const protected = `{name: wordpress, path: /wp-json/wp/v2/**}, {name: unknown, path: /wp-json/nope/**, access: optional},
  {name: home, path: /, access: optional}, {name: index, path: /index.php, access: optional}, {name: admin, path: /wp-admin/**, access: optional},
  {name: login, path: /wp-login.php, access: optional}, {name: plugin, path: /wp-json/api/**, access: optional}, {name: another-page, path: /WP-JSON/**, access: optional}`
	for _, c := range []struct {
		dialect, rules string
		suite          dialecttest.Suite
		agree, rows    int
		unheard        int // of these: routes that were not recorded
	}{
		{"wpjwt", everything, dialecttest.Suite{Application: "wO1Re9LXma1zAF7K7Hcu2PQ0"}, 361, 422, 0},
		{"usefulteam", everything, dialecttest.Suite{
			Application: "YuXjVbjzW8eDRzOCqTtzCBeL", Volatile: []string{"data.user.pass"},
			Waits: map[string]time.Duration{"expire2_after3s": 3 * time.Second, "rf_expired": 2 * time.Second},
		}, 440, 494, 1},
		{"miniorange", protected, dialecttest.Suite{
			Config: miniorange.Config{Common: dialect.Common{Secret: "mo-research-secret-0123456789abcd"}},
			Tokens: core.TokenPolicy{MaxTTL: 157_680_000 * time.Second},
			Adjust: func(row *dialecttest.Row) {
				switch name, _, _ := strings.Cut(row.Name, "_"); name {
				case "fresh", "nosecret":
					row.Config = map[string]any{"no_secret": 1, "mo_norate": 1}
				case "open":
					row.Config = map[string]any{"open": "/wp-json/wp/v2/posts", "mo_norate": 1}
				case "basic":
					row.Config = map[string]any{"method": dialect.Basic}
				}
			},
			Waits: map[string]time.Duration{
				"rate_badtoken_me_1": 61 * time.Second, "rate_validate_bad_1": 61 * time.Second, "rate_good_login_1": 61 * time.Second,
			},
		}, 315, 356, 0},
		{"cocart", everything, dialecttest.Suite{
			Mount:  dialect.Mount{Issuer: "http://127.0.0.1:8082"},
			Config: cocart.Config{FirstConfig: cocart.FirstConfig{Common: dialect.Common{Secret: dialecttest.Secret}, BindPeer: true}}, Ours: true, Volatile: []string{"data.user.pat"},
			Waits: map[string]time.Duration{"exp_after": 2 * time.Second, "rf_expired": 2 * time.Second},
		}, 320, 347, 8},
	} {
		t.Run(c.dialect, func(t *testing.T) {
			s := c.suite
			s.Transcript = "../dialect/" + c.dialect + "/testdata/" + c.dialect + ".jsonl.gz"
			s.Extra = []string{"data.reason"}
			s.Mount.Name = "site"
			if s.Mount.Issuer == "" {
				s.Mount.Issuer = dialecttest.Issuer
			}
			if s.Config == nil {
				s.Config = dialecttest.With(dialects.Types()[c.dialect], "Secret", dialecttest.Secret)
			}
			s.Policy = func(o dialect.Opener, m dialect.Mount, d dialect.Dialect) core.Policy {
				m.Prefix = "/wp-json"
				return asServed(t, c.dialect, c.rules, m, o, d)
			}
			n := dialecttest.Replay(t, s)
			if n.Agree() != c.agree || n.Rows() != c.rows || len(n.Unheard()) != c.unheard {
				t.Errorf("got %d of %d rows, unheard %v; want %d of %d and %d unheard; these differ: %v",
					n.Agree(), n.Rows(), n.Unheard(), c.agree, c.rows, c.unheard, n.Different())
			}
		})
	}
}

// asServed returns the policy that the server makes of a configuration with that mount.
func asServed(t *testing.T, name, rules string, m dialect.Mount, o dialect.Opener, d dialect.Dialect) core.Policy {
	t.Helper()
	cfg := load(t, fmt.Sprintf(`
data: d
store: {driver: memory}
upstreams: {site: {url: "http://127.0.0.1:9", kind: wordpress}}
mounts: [{name: site, dialect: %s}]
rules: [%s]
`, name, rules))
	methods, err := mount.Methods(cfg)
	if err != nil {
		t.Fatal(err)
	}
	common, _ := dialect.CommonOf(o)
	served := mount.Mounted{Mount: m, Dialect: d, Traits: o.Traits(), Common: common}
	return newPolicy(cfg, policyIn{Methods: methods, Dialects: []mount.Placed[mount.Mounted]{{Order: 0, Name: "site", Value: served}}})
}
