package core_test

import (
	"context"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// A revocation by time revokes what was issued before it and nothing issued after it.
func TestRevoke_hitsNothingLater(t *testing.T) {
	ctx := context.Background()
	for name, revoke := range map[string]func(*testEngine) error{
		"all": func(h *testEngine) error { return h.Tokens().Revoke(ctx, api.Revocation{Kind: api.RevokeAll}) },
		"client": func(h *testEngine) error {
			return h.Tokens().Revoke(ctx, api.Revocation{Kind: api.RevokeClient, Key: "app"})
		},
		"user": func(h *testEngine) error {
			return h.Tokens().Revoke(ctx, api.Revocation{Kind: api.RevokeSubject, Key: h.bob.Subject})
		},
		"logout of all":  func(h *testEngine) error { return h.Tokens().LogoutAll(ctx, h.bob.Subject, "test", "test") },
		"password":       func(h *testEngine) error { return h.accounts.SetPassword(ctx, h.bob.Subject, password, "test") },
		"disabled a bit": func(h *testEngine) error { return h.disabledAndBack() },
	} {
		for _, format := range []string{"", "site"} { // with and without a generation
			t.Run(name+"/"+format, func(t *testing.T) {
				t.Parallel()
				h := newSite(t, func(c *core.Config) { c.Now = time.Now })
				issue := func() api.Header {
					issued, err := h.Tokens().Issue(ctx, core.IssueRequest{Identity: h.fresh("bob"), TokenFormat: format, Client: "app"})
					h.must(err)
					return bearer(issued.Text.Reveal())
				}
				before := issue()
				h.passes("before", before, "bob")
				h.must(revoke(h))
				after := issue()
				if format == "" || name != "client" { // the site's tokens have no client
					h.refused("from before", before, api.ReasonTokenRevoked)
				}
				h.passes("issued after it", after, "bob")
			})
		}
	}
}

func (h *testEngine) disabledAndBack() error {
	ctx := context.Background()
	h.must(h.accounts.SetDisabled(ctx, h.bob.Subject, true, "test"))
	return h.accounts.SetDisabled(ctx, h.bob.Subject, false, "test")
}

// fresh returns the user as the directory has them now.
func (h *testEngine) fresh(login string) api.Identity {
	h.t.Helper()
	id, err := h.Tokens().UserByLogin(context.Background(), "", login)
	h.must(err)
	return id
}

// Settle returns only after the second of the revocation is over.
func TestEngine_Settle(t *testing.T) {
	h := newTestEngine(t, func(c *core.Config) { c.Now = time.Now })
	ctx := context.Background()
	h.must(h.Tokens().Settle(ctx)) // nothing to wait for
	h.must(h.Tokens().Revoke(ctx, api.Revocation{Kind: api.RevokeAll}))
	second := time.Now().Unix()
	h.must(h.Tokens().Settle(ctx))
	if now := time.Now().Unix(); now <= second {
		t.Errorf("settled in the second of the revocation")
	}
	h.must(h.Tokens().Settle(ctx))

	still := newTestEngine(t, nil) // this clock stands still, which must be an error and not an endless wait
	h.must(still.Tokens().Revoke(ctx, api.Revocation{Kind: api.RevokeAll}))
	if err := still.Tokens().Settle(ctx); api.CodeOf(err) != api.Unavailable {
		t.Errorf("got %v from a stopped clock, want unavailable", err)
	}
}

// TestIssue_outdated: whoever was read before a new password, or before being disabled,
// gets no token afterwards, in formats with and without a generation.
func TestIssue_outdated(t *testing.T) {
	ctx := context.Background()
	for name, change := range map[string]func(*testEngine) error{
		"password":       func(h *testEngine) error { return h.accounts.SetPassword(ctx, h.bob.Subject, password, "test") },
		"disabled a bit": func(h *testEngine) error { return h.disabledAndBack() },
	} {
		for _, format := range []string{"", "site"} {
			h := newSite(t, nil)
			was := h.fresh("bob")
			h.must(change(h))
			h.clock.advance(2 * time.Second)
			if _, err := h.Tokens().Issue(ctx, core.IssueRequest{Identity: was, TokenFormat: format}); api.ReasonOf(err) != api.ReasonTokenRevoked {
				t.Errorf("%s, format %q: Issue gave %v", name, format, err)
			}
			pair, err := h.Tokens().StartSession(ctx, core.BeginRequest{Identity: was, TokenFormat: format})
			if api.ReasonOf(err) != api.ReasonTokenRevoked || pair.Session != "" {
				t.Errorf("%s, format %q: StartSession gave %v", name, format, err)
			}
			if _, err := h.Tokens().Issue(ctx, core.IssueRequest{Identity: h.fresh("bob"), TokenFormat: format}); err != nil {
				t.Errorf("%s, format %q: a new login gives %v", name, format, err)
			}
		}
	}
}
