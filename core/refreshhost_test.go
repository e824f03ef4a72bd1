package core_test

import (
	"context"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// TestRefresh_host: a refresh token works only where its access tokens are accepted, and is
// not consumed elsewhere.
func TestRefresh_host(t *testing.T) {
	ctx := context.Background()
	native := func(p ...core.Place) func(*core.Config) {
		return func(c *core.Config) { c.Policy.Tokens.Places = p }
	}
	for name, c := range map[string]struct {
		change      func(*core.Config)
		format      string
		good, wrong []string
	}{
		"everywhere":        {nil, "", []string{"a.example", "b.example:8080", ""}, nil},
		"native, one host":  {native(core.Place{Host: "a.example"}), "", []string{"a.example", "A.example.:443"}, []string{"b.example", "", "a.example.evil", "xa.example"}},
		"native, two hosts": {native(core.Place{Host: "a.example", Prefix: "/x"}, core.Place{Host: "b.example"}), "", []string{"a.example", "b.example"}, []string{"c.example"}},
		"native, any host":  {native(core.Place{Prefix: "/x"}), "", []string{"a.example"}, nil},
		"a mount's": {func(c *core.Config) {
			c.Policy.Sites[1].Host = "shop.example"
			c.Policy.Sites[1].Aliases = []string{"www.shop.example"}
		}, "shop", []string{"shop.example", "www.shop.example"}, []string{"blog.example", ""}},
		"a mount's anywhere": {nil, "shop", []string{"shop.example"}, nil},
	} {
		w := newTestSites(t, c.change)
		g, err := w.Tokens().StartSession(ctx, core.BeginRequest{Identity: mustUser(t, w, "shop:1"), TokenFormat: c.format})
		w.must(err)
		for _, host := range c.wrong {
			r := core.RefreshRequest{Token: g.Refresh, TokenFormat: c.format, Host: host}
			_, refresh := w.Tokens().Refresh(ctx, r)
			_, _, present := w.Tokens().PeekRefresh(ctx, r)
			_, renew := w.Tokens().ReissueAccess(ctx, r)
			for what, err := range map[string]error{"refresh": refresh, "presented": present, "renew": renew} {
				if api.ReasonOf(err) != api.ReasonTokenSite {
					t.Errorf("%s: %s at %q: got %v, want reason %q", name, what, host, err, api.ReasonTokenSite)
				}
			}
		}
		for _, host := range c.good {
			if g, err = w.Tokens().Refresh(ctx, core.RefreshRequest{Token: g.Refresh, TokenFormat: c.format, Host: host}); err != nil {
				t.Errorf("%s: refresh at %q: %v", name, host, err)
			}
		}
	}
}

// TestRefresh_stale: while revocations are stale, nothing is refreshed or consumed.
func TestRefresh_stale(t *testing.T) {
	h := newTestEngine(t, func(c *core.Config) { c.Policy.WhenStale = core.StaleClosed })
	g, err := h.Tokens().StartSession(context.Background(), core.BeginRequest{Identity: h.bob.Identity("store")})
	h.must(err)
	h.clock.advance(time.Minute)
	if _, err := h.refresh(g.Refresh); api.ReasonOf(err) != api.ReasonStale {
		t.Errorf("refresh: got %v, want reason %q", err, api.ReasonStale)
	}
	if _, _, err := h.Tokens().PeekRefresh(context.Background(), core.RefreshRequest{Token: g.Refresh}); api.ReasonOf(err) != api.ReasonStale {
		t.Errorf("presented: got %v, want reason %q", err, api.ReasonStale)
	}
}
