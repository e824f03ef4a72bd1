package miniorange_test

import (
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/dialect/dialecttest"
	"github.com/cardea-auth/cardea/server/dialect/miniorange"
)

const secret api.Secret = "mo-research-secret-0123456789abcd"

// years is a lifetime that is long enough for the plugin's own tokens.
const years = 157_680_000 * time.Second

func place() dialect.Mount { return dialect.Mount{Name: "site", Issuer: dialecttest.Issuer} }

func recorded() miniorange.Config {
	return miniorange.Config{Common: dialect.Common{Secret: secret}}
}

func TestReplay(t *testing.T) {
	dialecttest.Run(t, dialecttest.Suite{
		Transcript: "testdata/miniorange.jsonl.gz",
		Mount:      place(),
		Config:     recorded(),
		Rules:      protected,
		Adjust:     adjust,
		Tokens:     core.TokenPolicy{MaxTTL: years},
		Agree:      319,
		Deviations: deviations,
		Waits: map[string]time.Duration{
			"rate_badtoken_me_1": 61 * time.Second, "rate_validate_bad_1": 61 * time.Second, "rate_good_login_1": 61 * time.Second,
		},
	})
}

// protected is the recorded site: WordPress's own routes require a user, unknown ones are
// open, and no rule covers the rest, which the free edition serves anonymously.
var protected = []route.Rule{
	{Name: "wordpress", Path: "/wp-json/wp/v2/**"},
	{Name: "unknown", Path: "/wp-json/nope/**", Access: route.Public},
	{Name: "plugin", Path: "/wp-json/api/**", Access: route.Public},
	{Name: "home", Path: "/", Access: route.Public},
	{Name: "index", Path: "/index.php", Access: route.Public},
	{Name: "admin", Path: "/wp-admin/**", Access: route.Public},
	{Name: "login", Path: "/wp-login.php", Access: route.Public},
	{Name: "another page", Path: "/WP-JSON/**", Access: route.Public},
}

// adjust sets in a row's config the site options that the recording had changed without
// recording when.
func adjust(row *dialecttest.Row) {
	for prefix, config := range map[string]map[string]any{
		"fresh_":    {"no_secret": 1, "mo_norate": 1},
		"nosecret_": {"no_secret": 1, "mo_norate": 1},
		"open_":     {"open": "/wp-json/wp/v2/posts", "mo_norate": 1},
		"basic_":    {"method": dialect.Basic},
	} {
		if strings.HasPrefix(row.Name, prefix) {
			row.Config = config
		}
	}
}
