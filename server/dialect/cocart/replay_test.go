package cocart_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/dialect/cocart"
	"github.com/cardea-auth/cardea/server/dialect/dialecttest"
)

func recorded() dialect.Mount {
	return dialect.Mount{Name: "shop", Issuer: "http://127.0.0.1:8082", Secret: dialecttest.Secret, BindPeer: true}
}

func suite() dialecttest.Suite {
	return dialecttest.Suite{
		Transcript: "testdata/cocart.jsonl.gz",
		Mount:      recorded(),
		New:        func(m dialect.Mount) (dialect.Dialect, error) { return cocart.New(m) },
		Configure:  configure,
		Volatile:   []string{"data.user.pat"},
		Ours:       true,
		Deviations: deviations,
		Waits:      map[string]time.Duration{"exp_after": 2 * time.Second, "rf_expired": 2 * time.Second},
	}
}

func TestReplay(t *testing.T) { dialecttest.Run(t, suite()) }

// configure does to a mount and its hooks what the recording's filters and
// constants did to the plugin.
func configure(flag string, value any, m *dialect.Mount, h *core.Hooks) error {
	lifetime := func(_ context.Context, l core.Lifetime) (core.Lifetime, error) {
		l.Lifetime = time.Duration(value.(float64)) * time.Second
		return l, nil
	}
	switch flag {
	case "no_secret":
		m.Secret = "unusable" // a mount without one signs with the engine's keys
	case "alg":
		m.Algorithm = value.(string)
	case "expire_in":
		return h.AuthExpire.Bind("test", lifetime)
	case "refresh_expire_in":
		return h.RefreshExpire.Bind("test", lifetime)
	default:
		return fmt.Errorf("unknown flag %q", flag)
	}
	return nil
}
