package wpjwt_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/dialect/dialecttest"
	"github.com/cardea-auth/cardea/server/dialect/wpjwt"
)

func recorded() dialect.Mount {
	return dialect.Mount{Name: "site", Issuer: dialecttest.Issuer, Secret: dialecttest.Secret}
}

func suite() dialecttest.Suite {
	return dialecttest.Suite{
		Transcript: "testdata/wpjwt.jsonl.gz",
		Mount:      recorded(),
		New:        func(m dialect.Mount) (dialect.Dialect, error) { return wpjwt.New(m) },
		Configure:  configure,
		Extra:      []string{"data.reason"},
		Deviations: deviations,
	}
}

func TestReplay(t *testing.T) { dialecttest.Run(t, suite()) }

// configure does to a mount and its hooks what the recording's filters and
// constants did to the plugin.
func configure(flag string, value any, m *dialect.Mount, h *core.Hooks) error {
	seconds := func() time.Duration { return time.Duration(value.(float64)) * time.Second }
	switch flag {
	case "secret":
		m.Secret = api.Secret(value.(string))
	case "no_secret":
		m.Secret = "unusable" // a mount without one signs with the engine's keys
	case "alg":
		m.Algorithm = value.(string)
	case "cors", "cors_headers":
		return nil // the server's
	case "expire_in":
		return h.AuthExpire.Bind("test", func(_ context.Context, l core.Lifetime) (core.Lifetime, error) {
			l.Lifetime = seconds()
			return l, nil
		})
	case "nbf_in":
		return h.AuthNotBefore.Bind("test", func(_ context.Context, n core.NotBefore) (core.NotBefore, error) {
			n.NotBefore = n.IssuedAt.Add(seconds())
			return n, nil
		})
	case "filters":
		return addRoles(h)
	default:
		return fmt.Errorf("unknown flag %q", flag)
	}
	return nil
}

// addRoles is what the recording's jwt_auth_token_before_sign and
// jwt_auth_token_before_dispatch did.
func addRoles(h *core.Hooks) error {
	err := h.TokenClaims.Bind("role", func(_ context.Context, t core.TokenClaims) (core.TokenClaims, error) {
		data, _ := t.Claims.Object("data")
		user, _ := data.Object("user")
		t.Claims = t.Claims.With("data", data.With("user", user.With("role", t.Identity.Roles[0])))
		return t, nil
	})
	if err != nil {
		return err
	}
	return h.TokenResponse.Bind("roles", func(_ context.Context, t core.TokenResponse) (core.TokenResponse, error) {
		t.Fields = t.Fields.With("roles", []any{t.Identity.Roles[0]})
		return t, nil
	})
}
