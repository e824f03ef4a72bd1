package core_test

import (
	"context"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// start starts a session of bob in a token format with this access token lifetime.
func (l *revokedLife) start(format string, life time.Duration) core.TokenPair {
	l.t.Helper()
	g, err := l.Tokens().StartSession(context.Background(), core.BeginRequest{Identity: l.user("bob"), TokenFormat: format, AccessLife: life})
	l.must(err)
	return g
}

// TestSessionRow_life tests how long a session's revocation is kept: as long as its tokens
// live, since they would be accepted again, and no longer, since logins and logouts would
// fill the log.
func TestSessionRow_life(t *testing.T) {
	ctx := context.Background()
	const usual = 15 * time.Minute
	refresh := func(l *revokedLife, g core.TokenPair, life time.Duration, do func(context.Context, core.RefreshRequest) (core.TokenPair, error)) core.TokenPair {
		next, err := do(ctx, core.RefreshRequest{Token: g.Refresh, TokenFormat: "native", AccessLife: life})
		l.must(err)
		return next
	}
	for name, test := range map[string]struct {
		issue func(*revokedLife) []core.TokenPair // of one session
		keep  time.Duration                       // from the end, at most
	}{
		"a login": {func(l *revokedLife) []core.TokenPair { return []core.TokenPair{l.start("native", 0)} }, usual},
		"a login for longer": {func(l *revokedLife) []core.TokenPair {
			return []core.TokenPair{l.start("native", 7*time.Hour)}
		}, 7 * time.Hour},
		"longer by a hook": {func(l *revokedLife) []core.TokenPair {
			l.life = 9 * time.Hour
			return []core.TokenPair{l.start("native", 0)}
		}, 9 * time.Hour},
		"of pairs": {func(l *revokedLife) []core.TokenPair { return []core.TokenPair{l.start("pairs", 0)} }, time.Hour},
		"of pairs, longer by a hook": {func(l *revokedLife) []core.TokenPair {
			l.life = 9 * time.Hour
			return []core.TokenPair{l.start("pairs", 0)}
		}, 9 * time.Hour},
		"a refresh": {func(l *revokedLife) []core.TokenPair {
			g := l.start("native", 0)
			l.clock.advance(10 * time.Minute)
			return []core.TokenPair{g, refresh(l, g, 0, l.Tokens().Refresh)}
		}, usual},
		"a refresh for longer": {func(l *revokedLife) []core.TokenPair {
			g := l.start("native", 0)
			return []core.TokenPair{g, refresh(l, g, 5*time.Hour, l.Tokens().Refresh)}
		}, 5 * time.Hour},
		"a refresh for longer that is repeated": {func(l *revokedLife) []core.TokenPair {
			g := l.start("native", 0)
			first := refresh(l, g, 0, l.Tokens().Refresh)
			return []core.TokenPair{g, first, refresh(l, g, 5*time.Hour, l.Tokens().Refresh)}
		}, 5 * time.Hour},
		"a refresh for longer by a hook": {func(l *revokedLife) []core.TokenPair {
			g := l.start("native", 0)
			l.life = 8 * time.Hour
			return []core.TokenPair{g, refresh(l, g, 0, l.Tokens().Refresh)}
		}, 8 * time.Hour},
		"a refresh for shorter": {func(l *revokedLife) []core.TokenPair {
			g := l.start("native", 6*time.Hour)
			return []core.TokenPair{g, refresh(l, g, time.Minute, l.Tokens().Refresh)}
		}, 6 * time.Hour},
		"a token besides": {func(l *revokedLife) []core.TokenPair {
			g := l.start("native", 0)
			return []core.TokenPair{g, refresh(l, g, 4*time.Hour, l.Tokens().ReissueAccess)}
		}, 4 * time.Hour},
		"a token besides, longer by a hook": {func(l *revokedLife) []core.TokenPair {
			g := l.start("native", 0)
			l.life = 4 * time.Hour
			return []core.TokenPair{g, refresh(l, g, 0, l.Tokens().ReissueAccess)}
		}, 4 * time.Hour},
		"a token of a program's": {func(l *revokedLife) []core.TokenPair {
			g := l.start("native", 0)
			issued, err := l.Tokens().Issue(ctx, core.IssueRequest{Identity: g.Identity, Session: g.Session, Lifetime: 3 * time.Hour})
			l.must(err)
			return []core.TokenPair{g, {Access: issued, Session: g.Session}}
		}, 3 * time.Hour},
		"a session from before ends were noted": {func(l *revokedLife) []core.TokenPair {
			g := l.start("native", 20*time.Hour)
			l.forgetEnd(g.Session, time.Time{})
			return []core.TokenPair{g, refresh(l, g, 0, l.Tokens().Refresh)}
		}, 31 * day},
		"a store that was restored": {func(l *revokedLife) []core.TokenPair {
			g := l.start("native", 0)
			l.forgetEnd(g.Session, l.clock.Now().Add(-time.Hour))
			return []core.TokenPair{g}
		}, usual},
	} {
		for what, end := range sessionEnds {
			t.Run(name+", "+what, func(t *testing.T) {
				l := newRevokedLife(t)
				grants := test.issue(l)
				l.must(end(ctx, l, grants[0]))
				l.keptUntil(l.clock.Now().Add(test.keep + 6*time.Minute))
				l.staysDead(grants)
			})
		}
	}
}

// sessionEnds are the ways to end a session and its tokens.
var sessionEnds = map[string]func(context.Context, *revokedLife, core.TokenPair) error{
	"ended": func(ctx context.Context, l *revokedLife, g core.TokenPair) error {
		return l.Admin().EndSession(ctx, g.Session, "x", "op")
	},
	"refresh token": func(ctx context.Context, l *revokedLife, g core.TokenPair) error {
		return l.Tokens().RevokeToken(ctx, g.Refresh)
	},
	"closed, and ended later": func(ctx context.Context, l *revokedLife, g core.TokenPair) error {
		return joined(l.Tokens().CloseSession(ctx, g.Session, "x", "op"), l.Admin().EndSession(ctx, g.Session, "x", "op"))
	},
	"logout": func(ctx context.Context, l *revokedLife, g core.TokenPair) error {
		return l.Tokens().Logout(ctx, api.Identity{Proof: api.Proof{Session: g.Session}})
	},
}

func (l *revokedLife) forgetEnd(sid string, end time.Time) {
	l.t.Helper()
	l.must(l.store.EndSession(context.Background(), sid, func(s *api.Session) []api.Revocation {
		s.AccessEnd = end
		return nil
	}))
}

func (l *revokedLife) keptUntil(by time.Time) {
	l.t.Helper()
	list, err := l.store.RevocationsSince(context.Background(), 0, time.Time{}, 100)
	l.must(err)
	for _, r := range list {
		if r.Kind == api.RevokeSession && r.Expires.After(by) {
			l.t.Errorf("the row is kept until %v, want %v at most", r.Expires, by)
		}
	}
}

// staysDead checks each token a second before it expires, here and in an engine that knows
// only the log, as another node or a restarted one does.
func (l *revokedLife) staysDead(grants []core.TokenPair) {
	l.t.Helper()
	ctx := context.Background()
	for range grants {
		for _, g := range grants {
			if left := g.Access.ExpiresAt.Sub(l.clock.Now()); left > time.Second && left < 24*time.Hour {
				l.clock.advance(left - time.Second)
				l.must(joined(l.Admin().Upkeep(ctx), l.Admin().Prune(ctx)))
			}
			again, err := core.New(ctx, l.config)
			l.must(err)
			for _, e := range []*core.Engine{l.Engine, again} {
				if _, err := e.Verify(ctx, core.VerifyRequest{Token: g.Access.Text.Reveal()}); api.CodeOf(err) != api.Unauthenticated {
					l.t.Errorf("the token that ends at %v is accepted: %v", g.Access.ExpiresAt, err)
				}
			}
			again.Close()
		}
	}
}

// TestSessionRow_ended: an ended session issues no tokens, which its revocation might not
// outlast.
func TestSessionRow_ended(t *testing.T) {
	l := newRevokedLife(t)
	g := l.start("native", 0)
	l.must(l.Admin().EndSession(context.Background(), g.Session, "x", "op"))
	issued, err := l.Tokens().Issue(context.Background(), core.IssueRequest{Identity: g.Identity, Session: g.Session})
	if api.CodeOf(err) != api.Unauthenticated || issued.Text != "" {
		t.Errorf("got %q, %v; want no Text and code %s", issued.Text, err, api.Unauthenticated)
	}
}
