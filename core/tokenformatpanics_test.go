package core_test

import (
	"context"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// TestTokenFormat_panics: a panic in any function of a token format is an internal error of the
// call, and the process continues.
func TestTokenFormat_panics(t *testing.T) {
	ctx := context.Background()
	for name, breaks := range map[string]func(*core.TokenFormat){
		"Base":    func(l *core.TokenFormat) { l.Base = func(api.Identity) api.Claims { panic("ouch") } },
		"Compose": func(l *core.TokenFormat) { l.Compose = func(core.IssueRequest, string) api.Claims { panic("ouch") } },
		"Read":    func(l *core.TokenFormat) { l.Read = func(api.Claims) (api.Identity, bool, error) { panic("ouch") } },
		"Check":   func(l *core.TokenFormat) { l.Check = func(api.Claims, *api.Attempt) error { panic("ouch") } },
		"Verifying": func(l *core.TokenFormat) {
			l.Verifying = func(context.Context, string, string) ([]api.Key, error) { panic("ouch") }
		},
	} {
		good := laid(t, func(*core.TokenFormat) {})
		g, err := good.Tokens().StartSession(ctx, core.BeginRequest{Identity: good.bob.Identity("store"), TokenFormat: "site"})
		good.must(err)
		text := good.siteToken("bob")
		p := good.config.Policy
		l := siteFormat(t)
		breaks(&l)
		p.TokenFormats = []core.TokenFormat{l}
		good.must(good.Reload(ctx, p))
		refused, sessions := 0, 1
		for what, ask := range map[string]func() error{
			"decide":       func() error { return errorOf(good.decide("/api/x", bearer(text))) },
			"authenticate": func() error { return errorOf(good.Authenticate(ctx, at("/api/x", bearer(text)))) },
			"verify":       func() error { _, err := good.Verify(ctx, core.VerifyRequest{Token: text}); return err },
			"verify there": func() error {
				_, err := good.Verify(ctx, core.VerifyRequest{Token: text, Attempt: at("/api/x", nil)})
				return err
			},
			"revoke": func() error { return good.Tokens().RevokeToken(ctx, api.Secret(text)) },
			"issue": func() error {
				_, err := good.Tokens().Issue(ctx, core.IssueRequest{Identity: good.bob.Identity("store"), TokenFormat: "site"})
				return err
			},
			"begin": func() error {
				_, err := good.Tokens().StartSession(ctx, core.BeginRequest{Identity: good.bob.Identity("store"), TokenFormat: "site"})
				return err
			},
			"refresh": func() error {
				_, err := good.Tokens().Refresh(ctx, core.RefreshRequest{Token: g.Refresh, TokenFormat: "site"})
				return err
			},
		} {
			err := ask()
			if err != nil {
				refused++
			} else if what == "begin" {
				sessions++
			}
			if code := api.CodeOf(err); err != nil && code != api.Internal && code != api.Invalid && code != api.Unauthenticated {
				t.Errorf("%s panics, %s: %v", name, what, err)
			}
		}
		if refused < 3 {
			t.Errorf("%s panics: %d calls are refused", name, refused)
		}
		list, err := good.Admin().LiveSessions(ctx, "u_bob")
		if good.must(err); len(list) > sessions {
			t.Errorf("%s panics: %d sessions", name, len(list))
		}
	}
}
