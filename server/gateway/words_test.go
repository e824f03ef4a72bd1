package gateway

import (
	"context"
	"net/netip"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// words formats all refusals, which count as failures of one address.
type words struct{}

func (words) Refusal(_ context.Context, a *api.Attempt, _ core.Decision) (core.ErrorResponse, bool) {
	return core.ErrorResponse{Status: 418, Code: "short"}, a.Path != "/other"
}

func (words) FailedGuess(*api.Attempt, core.Decision) (core.FailedGuess, bool) { return guess, true }

var guess = core.FailedGuess{Site: "site", Peer: netip.MustParseAddr("192.0.2.1"), Limit: 2}

// TestServe_words: a refusal has the format of Config, and counts once.
func TestServe_words(t *testing.T) {
	e := newEngine(t, route.Rule{Name: "all", Path: "/**"})
	g := newTestGateway(t, e, func(c *Config) { c.Words = words{} })
	for i, c := range []struct {
		path   string
		status int
		out    bool
	}{{"/x", 418, false}, {"/other", 401, true}} {
		if a := g.get(t, c.path); a.status != c.status {
			t.Errorf("%s: got %d %s, want %d", c.path, a.status, a.body, c.status)
		}
		if _, out := e.GuessedOut(t.Context(), guess); out != c.out {
			t.Errorf("after %d refusals: got %v, want %v", i+1, out, c.out)
		}
	}
}
