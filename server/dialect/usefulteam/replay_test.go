package usefulteam_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/dialect/dialecttest"
	"github.com/cardea-auth/cardea/server/dialect/usefulteam"
)

func recorded() dialect.Mount {
	return dialect.Mount{
		Name: "site", Issuer: dialecttest.Issuer, Secret: dialecttest.Secret, OnBadToken: dialect.Anonymous,
	}
}

func suite() dialecttest.Suite {
	return dialecttest.Suite{
		Transcript: "testdata/usefulteam.jsonl.gz",
		Mount:      recorded(),
		New:        func(m dialect.Mount) (dialect.Dialect, error) { return usefulteam.New(m) },
		Configure:  configure,
		Volatile:   []string{"data.user.pass"},
		Deviations: deviations,
		Waits:      waits,
	}
}

func TestReplay(t *testing.T) { dialecttest.Run(t, suite()) }

// configure does to a mount and its hooks what the recording's filters and
// constants did to the plugin.
func configure(flag string, value any, m *dialect.Mount, h *core.Hooks) error {
	seconds := func() time.Duration { return time.Duration(value.(float64)) * time.Second }
	lifetime := func(_ context.Context, l core.Lifetime) (core.Lifetime, error) {
		l.Lifetime = seconds()
		return l, nil
	}
	switch flag {
	case "secret":
		m.Secret = api.Secret(value.(string))
	case "no_secret":
		m.Secret = "unusable" // a mount without one signs with the engine's keys
	case "alg":
		m.Algorithm = value.(string)
	case "cors", "cors_headers": // the server's
	case "extra_check": // without effect in the recording: the plugin's own check came after it
	case "expire_in":
		return h.AuthExpire.Bind("test", lifetime)
	case "refresh_expire_in":
		return h.RefreshExpire.Bind("test", lifetime)
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

// addRoles is what the recording's jwt_auth_payload and
// jwt_auth_valid_credential_response did.
func addRoles(h *core.Hooks) error {
	err := h.TokenClaims.Bind("role", func(_ context.Context, t core.TokenClaims) (core.TokenClaims, error) {
		data, _ := t.Claims.Object("data")
		user, _ := data.Object("user")
		var list []api.Claim
		for name, value := range user.All {
			list = append(list, api.Claim{Name: name, Value: value})
			if name == "id" {
				list = append(list, api.Claim{Name: "role", Value: t.Identity.Roles[0]})
			}
		}
		t.Claims = t.Claims.With("data", data.With("user", api.NewClaims(list...)))
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
