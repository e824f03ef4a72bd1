package core_test

import (
	"context"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store/memory"
)

// revokedLife is an engine with a second token format whose access tokens live an hour.
type revokedLife struct {
	*testEngine
	store *memory.Store
	life  time.Duration // what auth-expire sets; 0 leaves the proposed one
}

func newRevokedLife(t *testing.T) *revokedLife {
	l := &revokedLife{store: memory.New()}
	pairs := core.NativeTokenFormat("pairs")
	pairs.Name, pairs.Paired, pairs.Lifetime = "pairs", true, time.Hour
	l.testEngine = newTestEngine(t, func(c *core.Config) {
		c.Store, c.Policy.TokenFormats, c.Policy.Hooks = l.store, []core.TokenFormat{pairs}, core.NewHooks()
		c.Policy.Hooks.AuthExpire.Bind("life", func(_ context.Context, x core.Lifetime) (core.Lifetime, error) {
			if l.life > 0 {
				x.Lifetime = l.life
			}
			return x, nil
		})
	})
	return l
}

func (l *revokedLife) begin() core.TokenPair {
	l.t.Helper()
	return l.start("pairs", 0)
}

func (l *revokedLife) user(login string) api.Identity {
	l.t.Helper()
	id, err := l.Tokens().Identity(context.Background(), login)
	l.must(err)
	return id
}

func (l *revokedLife) next(g core.TokenPair) core.TokenPair {
	l.t.Helper()
	g, err := l.Tokens().Refresh(context.Background(), core.RefreshRequest{Token: g.Refresh, TokenFormat: "pairs"})
	l.must(err)
	return g
}

// alone returns a token without a session, and its identity.
func (l *revokedLife) alone() (core.Issued, api.Identity) {
	l.t.Helper()
	issued, err := l.Tokens().Issue(context.Background(), core.IssueRequest{Identity: l.user("bob"), TokenFormat: "pairs"})
	l.must(err)
	id, err := l.verified(issued)
	l.must(err)
	id.Proof.Session = ""
	return issued, id
}

func (l *revokedLife) verified(i core.Issued) (api.Identity, error) {
	return l.Verify(context.Background(), core.VerifyRequest{Token: i.Text.Reveal(), TokenFormat: "pairs"})
}

// TestRevoked_life: the revocation of an access token is kept while the token could be
// accepted and not much longer, so that repeated refreshes do not fill the store.
func TestRevoked_life(t *testing.T) {
	ctx := context.Background()
	for name, test := range map[string]struct {
		end  func(*revokedLife) []core.Issued // returns the tokens that it revokes
		rows int
		keep time.Duration // from the start, at most
	}{
		"a refresh": {func(l *revokedLife) []core.Issued {
			g := l.begin()
			l.next(g)
			return []core.Issued{g.Access}
		}, 1, time.Hour},
		"five refreshes": {func(l *revokedLife) (dead []core.Issued) {
			g := l.begin()
			for range 5 {
				l.clock.advance(time.Minute)
				dead = append(dead, g.Access)
				g = l.next(g)
			}
			return dead
		}, 5, time.Hour + 4*time.Minute},
		"a refresh that is repeated": {func(l *revokedLife) []core.Issued {
			g := l.begin()
			l.next(g)
			l.clock.advance(10 * time.Second)
			next := l.next(g)
			l.clock.advance(10 * time.Second)
			l.next(next)
			return []core.Issued{g.Access, next.Access}
		}, 2, time.Hour + 10*time.Second},
		"a refresh after the token has ended": {func(l *revokedLife) []core.Issued {
			g := l.begin()
			l.clock.advance(time.Hour + 10*time.Minute)
			l.next(g)
			return []core.Issued{g.Access}
		}, 0, 0},
		"a life that was shortened": {func(l *revokedLife) []core.Issued {
			l.life = 10 * time.Hour
			g := l.begin()
			l.life = time.Minute
			next := l.next(g)
			l.next(next)
			return []core.Issued{g.Access, next.Access}
		}, 2, 10 * time.Hour},
		"a session from before ends were noted": {func(l *revokedLife) []core.Issued {
			g := l.begin()
			l.must(l.store.EndSession(ctx, g.Session, func(s *api.Session) []api.Revocation {
				s.AccessEnd = time.Time{}
				return nil
			}))
			l.next(g)
			return []core.Issued{g.Access}
		}, 1, 30 * 24 * time.Hour},
		"a logout": {func(l *revokedLife) []core.Issued {
			issued, id := l.alone()
			l.must(l.Tokens().Logout(ctx, id))
			return []core.Issued{issued}
		}, 1, time.Hour},
		"a revocation by the holder": {func(l *revokedLife) []core.Issued {
			issued, id := l.alone()
			l.must(l.Tokens().RevokeBearer(ctx, id, "test", ""))
			return []core.Issued{issued}
		}, 1, time.Hour},
		"a revocation by an operator": {func(l *revokedLife) []core.Issued {
			issued, _ := l.alone()
			_, err := l.Admin().RevokeCredential(ctx, issued.Text, "test", "")
			l.must(err)
			return []core.Issued{issued}
		}, 1, time.Hour},
		"a revocation by jti alone": {func(l *revokedLife) []core.Issued {
			issued, _ := l.alone()
			_, err := l.Admin().RevokeTokenID(ctx, "", issued.ID, "test", "")
			l.must(err)
			return []core.Issued{issued}
		}, 1, 30 * 24 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			l := newRevokedLife(t)
			start := l.clock.Now()
			l.dead(test.end(l))
			l.kept(test.rows, start.Add(test.keep+6*time.Minute))
		})
	}
}

// dead fails the test if one of the tokens is accepted before it expires.
func (l *revokedLife) dead(tokens []core.Issued) {
	l.t.Helper()
	for _, issued := range tokens {
		if left := issued.ExpiresAt.Sub(l.clock.Now()); left > time.Second {
			l.clock.advance(left - time.Second)
		}
		if _, err := l.verified(issued); api.CodeOf(err) != api.Unauthenticated {
			l.t.Errorf("the token that ends at %v: got %v, want code %s", issued.ExpiresAt, err, api.Unauthenticated)
		}
	}
}

// kept fails the test unless the log has this many token revocations, all ending by then.
func (l *revokedLife) kept(rows int, by time.Time) {
	l.t.Helper()
	list, err := l.store.RevocationsSince(context.Background(), 0, time.Time{}, 100)
	l.must(err)
	n := 0
	for _, r := range list {
		if r.Kind != api.RevokeToken {
			continue
		}
		if n++; r.Expires.After(by) {
			l.t.Errorf("the revocation for %q is kept until %v, want %v at most", r.Reason, r.Expires, by)
		}
	}
	if n != rows {
		l.t.Errorf("got %d revocations, want %d", n, rows)
	}
}
