package miniorange_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/dialect/dialecttest"
	"github.com/cardea-auth/cardea/server/dialect/miniorange"
)

const secret api.Secret = "mo-research-secret-0123456789abcd"

// years is a lifetime that the plugin's own tokens fit into.
const years = 157_680_000 * time.Second

func recorded() dialect.Mount {
	return dialect.Mount{Name: "site", Issuer: dialecttest.Issuer, Secret: secret}
}

func suite() dialecttest.Suite {
	return dialecttest.Suite{
		Transcript: "testdata/miniorange.jsonl.gz",
		Mount:      recorded(),
		New:        func(m dialect.Mount) (dialect.Dialect, error) { return miniorange.New(m) },
		Adjust:     adjust,
		Configure:  configure,
		Tokens:     core.TokenPolicy{MaxTTL: years},
		Deviations: deviations,
		Waits: map[string]time.Duration{
			"rate_badtoken_me_1": 61 * time.Second, "rate_validate_bad_1": 61 * time.Second, "rate_good_login_1": 61 * time.Second,
		},
	}
}

func TestReplay(t *testing.T) { dialecttest.Run(t, suite()) }

// adjust says in a row's config what the recording did to the site's options
// without saying when it ended.
func adjust(row *dialecttest.Row) {
	for _, prefix := range []string{"fresh_", "nosecret_"} {
		if strings.HasPrefix(row.Name, prefix) {
			row.Config = map[string]any{"no_secret": 1, "mo_norate": 1}
		}
	}
}

func configure(flag string, _ any, m *dialect.Mount, _ *core.Hooks) error {
	switch flag {
	case "mo_norate":
		m.RateLimit = -1
	case "no_secret":
		m.Secret = "unusable" // a mount without one signs with the engine's keys
	case "cors", "cors_headers": // the server's
	default:
		return fmt.Errorf("unknown flag %q", flag)
	}
	return nil
}
