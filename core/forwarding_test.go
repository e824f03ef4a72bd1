package core_test

import (
	"context"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// TestDecide_forwardRefused: where bad credentials are ignored and forwarded, one that was
// checked and refused here is not forwarded: the upstream might accept it.
func TestDecide_forwardRefused(t *testing.T) {
	refuse := func(reason string) func(*core.Hooks) {
		err := api.E(api.Unauthenticated, reason, "no")
		return func(hs *core.Hooks) {
			hs.IdentityResolved.Bind("test", func(_ context.Context, r core.Resolved) (core.Resolved, error) { return r, err })
		}
	}
	none := func(*core.Hooks) {}
	basic := func(h *testEngine) api.Header { return basicHeader("alice", password) }
	token := func(h *testEngine) api.Header { return bearer(h.token("alice")) }
	disable := func(h *testEngine) {
		h.must(h.accounts.SetDisabled(context.Background(), h.alice.Subject, true, "test"))
	}
	for name, c := range map[string]struct {
		bind    func(*core.Hooks)
		shown   func(*testEngine) api.Header
		forward bool
	}{
		"good":                  {none, basic, true},
		"no credential":         {none, func(*testEngine) api.Header { return nil }, true},
		"another's password":    {none, func(*testEngine) api.Header { return basicHeader("alice", "application password") }, true},
		"unknown user":          {none, func(*testEngine) api.Header { return basicHeader("somebody", password) }, true},
		"another's token":       {none, func(*testEngine) api.Header { return bearer("a.b.c") }, true},
		"another's key":         {none, func(*testEngine) api.Header { return keyHeader("theirs") }, true},
		"one more factor":       {refuse(api.ReasonChallenge), basic, false},
		"password, by a hook":   {refuse(api.ReasonHook), basic, false},
		"token, by a hook":      {refuse(api.ReasonHook), token, false},
		"disabled, by password": {none, func(h *testEngine) api.Header { disable(h); return basicHeader("alice", password) }, false},
		"disabled, by token": {none, func(h *testEngine) api.Header {
			shown := bearer(h.token("alice"))
			disable(h)
			return shown
		}, false},
		"revoked token": {none, func(h *testEngine) api.Header {
			text := h.token("alice")
			h.must(h.Tokens().RevokeToken(context.Background(), api.Secret(text)))
			return bearer(text)
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			h := newTestEngine(t, func(cfg *core.Config) {
				cfg.Policy.Rules = []route.Rule{{Name: "all", Path: "/**", Access: route.Optional, OnBadToken: route.Anonymous, ForwardCredential: true}}
				cfg.Policy.Hooks = core.NewHooks()
				c.bind(cfg.Policy.Hooks)
			})
			shown := c.shown(h)
			for range 2 { // the second time out of memory
				d := h.decide("/x", shown)
				if d.Outcome != core.Allowed || d.Rule.ForwardCredential != c.forward {
					t.Errorf("got %v (%v), forwarding %t, want %t", d.Outcome, d.Err, d.Rule != nil && d.Rule.ForwardCredential, c.forward)
				}
			}
		})
	}
}

// TestDecide_forwardingByReason tests every reason of a refusal: the credential is
// forwarded only if it cannot belong to one of our users.
func TestDecide_forwardingByReason(t *testing.T) {
	unknown := []string{
		api.ReasonBadCredential, api.ReasonUnknownUser, api.ReasonUnknownEmail, api.ReasonWrongPassword, api.ReasonEmptyUser,
		api.ReasonEmptyPassword, api.ReasonTokenMalformed, api.ReasonTokenSignature, api.ReasonTokenAlgorithm, api.ReasonTokenKey,
		api.ReasonTokenHeader, api.ReasonTokenType, api.ReasonTokenClaims, api.ReasonTokenIssuer, api.ReasonTokenAudience,
		api.ReasonAPIKey,
	}
	known := []string{
		"", "a_reason_of_its_own", api.ReasonDisabled, api.ReasonTokenExpired, api.ReasonTokenNotYet, api.ReasonTokenSubject,
		api.ReasonTokenLifetime, api.ReasonTokenSite, api.ReasonTokenRevoked, api.ReasonRoleRefused, api.ReasonNotAUser,
		api.ReasonHook, api.ReasonHookFailed, api.ReasonChallenge,
	}
	for forwards, reasons := range map[bool][]string{true: unknown, false: known} {
		for _, reason := range reasons {
			h := newTestEngine(t, func(c *core.Config) {
				m := &plain{"mine", answers(api.Identity{}, api.E(api.Unauthenticated, reason, "no"))}
				c.Policy.Methods = []core.NamedMethod{{Name: "mine", Opener: opens(m)}}
				c.Policy.Rules = []route.Rule{{Name: "all", Path: "/**", Access: route.Optional, OnBadToken: route.Anonymous, ForwardCredential: true}}
			})
			d := h.decide("/x", bearer("theirs"))
			if d.Outcome != core.Allowed || !d.Anonymous() || d.Rule.ForwardCredential != forwards {
				t.Errorf("%q: %v (%v), forwarding %t, want %t", reason, d.Outcome, d.Err, d.Rule != nil && d.Rule.ForwardCredential, forwards)
			}
		}
	}
}
