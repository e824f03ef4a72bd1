package dialecttest

import (
	"context"
	"fmt"
	"reflect"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/methods/basic"
	"github.com/cardea-auth/cardea/methods/jwt"
	"github.com/cardea-auth/cardea/server/dialect"
)

// setting is the configuration of a site, as changed by the flags in a row's config.
type setting struct {
	config  dialect.Opener
	hooks   *core.Hooks
	methods []core.NamedMethod
	open    []route.Rule // placed before all others
}

// setting returns the suite's setting with the flags of a row applied.
func (s Suite) setting(config map[string]any) (*setting, error) {
	at := &setting{config: s.Config, hooks: core.NewHooks(), methods: methodsOf("jwt")}
	for flag, value := range config {
		if err := at.set(flag, value); err != nil {
			return nil, fmt.Errorf("flag %s: %w", flag, err)
		}
	}
	return at, nil
}

// set applies a flag like the recording's constants, options and filters did to the
// plugin.
func (s *setting) set(flag string, value any) error {
	switch flag {
	case "secret":
		s.config = With(s.config, "Secret", api.Secret(value.(string)))
	case "no_secret":
		s.config = With(s.config, "Secret", api.Secret("unusable")) // a mount without a secret signs with the engine's keys
	case "alg":
		s.config = With(s.config, "Algorithm", value.(string))
	case "expire_in":
		return s.hooks.AuthExpire.Bind("test", lifetime(value))
	case "refresh_expire_in":
		return s.hooks.RefreshExpire.Bind("test", lifetime(value))
	case "nbf_in":
		return s.hooks.AuthNotBefore.Bind("test", func(_ context.Context, n core.NotBefore) (core.NotBefore, error) {
			n.NotBefore = n.IssuedAt.Add(seconds(value))
			return n, nil
		})
	case "filters":
		return addRoles(s.hooks)
	case "mo_norate":
		s.config = With(s.config, "RateLimit", -1)
	case "method":
		s.methods = methodsOf(value.(string))
		s.config = With(s.config, "Mode", value.(string))
	case "open":
		s.open = []route.Rule{{Name: "open", Path: value.(string), Access: route.Public}}
	case "cors", "cors_headers": // handled by the server
	case "extra_check": // had no effect in the recording: the plugin's own check came after it
	default:
		return fmt.Errorf("what it did is not known")
	}
	return nil
}

// With returns a copy of a dialect's configuration with a field set to value. It panics
// if there is no field of that name and type.
func With(o dialect.Opener, field string, value any) dialect.Opener {
	changed := reflect.New(reflect.TypeOf(o)).Elem()
	changed.Set(reflect.ValueOf(o))
	changed.FieldByName(field).Set(reflect.ValueOf(value))
	return changed.Interface().(dialect.Opener)
}

func methodsOf(name string) []core.NamedMethod {
	opener := core.Opener(jwt.Config{})
	if name == "basic" {
		opener = basic.Config{}
	}
	return []core.NamedMethod{{Name: name, Opener: opener}}
}

func seconds(value any) time.Duration { return time.Duration(value.(float64)) * time.Second }

func lifetime(value any) func(context.Context, core.Lifetime) (core.Lifetime, error) {
	return func(_ context.Context, l core.Lifetime) (core.Lifetime, error) {
		l.Lifetime = seconds(value)
		return l, nil
	}
}

// addRoles does what the recordings' filters on payload and answer did: it adds a role
// after the id in the token, and a list of roles to the answer.
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
