package core_test

import (
	"context"
	"slices"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// TestIssue_exchanged is the table of credentials that do less than their user, for
// whose bearer a program wants a token or a session: nothing that it gets, now or at a
// refresh, does more.
func TestIssue_exchanged(t *testing.T) {
	ctx := context.Background()
	keep := func(point string) func(*core.Hooks) {
		if point != "identity-resolved" {
			return rolesAt(point, "author")
		}
		return func(h *core.Hooks) {
			h.IdentityResolved.Bind("keep", func(_ context.Context, r core.Resolved) (core.Resolved, error) {
				if r.Identity.Method != "jwt" { // one that would not drop it from the token again
					r.Identity = r.Identity.WithRoles("author")
				}
				return r, nil
			})
		}
	}
	login := (*town).shopLogin
	decided := func(header func(*town) api.Header) func(*town) api.Identity {
		return func(w *town) api.Identity {
			d := w.decide("/shop/x", header(w))
			w.must(errorOf(d))
			return d.Identity
		}
	}
	key := func(n core.NewAPIKey) func(*town) api.Header {
		return func(w *town) api.Header {
			n.Subject = "shop:1"
			text, _ := w.apiKey(n)
			return keyHeader(text)
		}
	}
	token := func(layout string) func(*town) api.Header {
		return func(w *town) api.Header {
			issued, err := w.Issue(ctx, core.IssueRequest{Identity: login(w), Layout: layout})
			w.must(err)
			return bearer(issued.Text.Reveal())
		}
	}
	password := func(*town) api.Header { return basicHeader("root", "shop pass") }
	for _, c := range []struct {
		name   string
		point  string
		who    func(*town) api.Identity
		begins bool // whether a session may begin
	}{
		{"a login", "login-after", login, true},
		{"a password at the gate", "login-after", decided(password), true},
		{"a mount's token", "login-after", decided(token("shop")), true},
		{"a native token", "login-after", decided(token("")), false},
		{"a key for one role", "", decided(key(core.NewAPIKey{Roles: []string{"author"}})), false},
		{"a key for no role", "", decided(key(core.NewAPIKey{Roles: []string{}})), false},
		{"a key that a hook narrows", "identity-resolved", decided(key(core.NewAPIKey{})), false},
		{"a password that a hook narrows", "identity-resolved", decided(password), false},
		{"a narrowed native token", "token-claims", decided(token("")), false},
		{"the same, by an endpoint", "token-claims", func(w *town) api.Identity {
			id, err := w.Verify(ctx, core.VerifyRequest{Token: token("")(w)["Authorization"][0][len("Bearer "):]})
			w.must(err)
			return id
		}, false},
	} {
		for _, layout := range []string{"", "shop"} {
			w := newTown(t, func(cfg *core.Config) {
				cfg.Policy.Hooks = core.NewHooks()
				keep(c.point)(cfg.Policy.Hooks)
			})
			w.shop.users[0].Roles = []string{"administrator", "author"}
			check := func(what string, text api.Secret) {
				if d := w.decide("/shop/x", bearer(text.Reveal())); slices.Contains(d.Identity.Roles, "administrator") {
					t.Errorf("%s, layout %q, %s: %v %v", c.name, layout, what, d.Outcome, d.Identity.Roles)
				}
			}
			id := c.who(w)
			if issued, err := w.Issue(ctx, core.IssueRequest{Identity: id, Layout: layout}); err == nil {
				check("a token", issued.Text)
			} else if api.ReasonOf(err) != api.ReasonNarrowed {
				t.Errorf("%s: issue in %q: %v", c.name, layout, err)
			}
			g, err := w.Begin(ctx, core.BeginRequest{Identity: id, Layout: layout})
			if (err == nil) != c.begins || !c.begins && api.ReasonOf(err) != api.ReasonNarrowed {
				t.Errorf("%s: begin in %q: %v", c.name, layout, err)
			}
			if err != nil {
				continue
			}
			check("a session's token", g.Access.Text)
			g, err = w.Refresh(ctx, core.RefreshRequest{Token: g.Refresh, Layout: layout})
			w.must(err)
			check("a refreshed token", g.Access.Text)
		}
	}
}

// TestIssue_whole: what does as much as its user is exchanged as before.
func TestIssue_whole(t *testing.T) {
	w := newTown(t, nil)
	text, _ := w.apiKey(core.NewAPIKey{Subject: "shop:1"})
	d := w.decide("/shop/x", keyHeader(text))
	for _, layout := range []string{"", "shop"} {
		if _, err := w.Begin(context.Background(), core.BeginRequest{Identity: d.Identity, Layout: layout}); err != nil {
			t.Errorf("%q: %v", layout, err)
		}
	}
}
