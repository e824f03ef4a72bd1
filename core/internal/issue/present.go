package issue

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/compiled"
	"github.com/cardea-auth/cardea/core/internal/env"
	"github.com/cardea-auth/cardea/core/internal/standing"
	"github.com/cardea-auth/cardea/core/point"
	"github.com/cardea-auth/cardea/core/session"
)

// PeekRefresh implements core.Tokens.PeekRefresh.
func (e *Issuer) PeekRefresh(ctx context.Context, r api.RefreshRequest) (api.Session, api.Identity, error) {
	p := e.Policy.Load()
	if err := e.mayRefresh(ctx, p, r); err != nil {
		return api.Session{}, api.Identity{}, err
	}
	seen, err := e.Families.Peek(ctx, r.Token.Reveal(), session.RotateOptions{
		Client: r.Client, Peer: r.Peer.IP(), Access: env.NextAccess(p, r.TokenFormat, r.AccessLife), Grace: r.Grace, Once: r.Once,
	})
	e.tellReuse(ctx, p, seen, r.Peer)
	if err != nil {
		return api.Session{}, api.Identity{}, err
	}
	id, err := e.standing.SessionUser(ctx, seen.Session, r.TokenFormat)
	if err != nil {
		return api.Session{}, api.Identity{}, e.endUnfit(ctx, seen.Session, err)
	}
	return seen.Session, id, nil
}

// mayRefresh refuses a refresh before the token is consumed if the new tokens would not be
// accepted: on another host than that of the token format, or while revocation data is
// stale. It also refuses a session with too many refreshes. An invalid token still gets its
// own error.
func (e *Issuer) mayRefresh(ctx context.Context, p *compiled.Policy, r api.RefreshRequest) error {
	if err := p.CheckHost(r.TokenFormat, r.Host); err != nil {
		return err
	}
	refusal := e.Fresh(ctx, p)
	if refusal == nil {
		refusal = e.checkRate(ctx, r.Token)
	}
	if refusal == nil {
		return nil
	}
	seen, err := e.Families.Peek(ctx, r.Token.Reveal(), session.RotateOptions{Client: r.Client, Peer: r.Peer.IP(), Grace: r.Grace, Once: r.Once})
	e.tellReuse(ctx, p, seen, r.Peer)
	return cmp.Or(err, refusal)
}

// ReissueAccess implements core.Tokens.ReissueAccess.
func (e *Issuer) ReissueAccess(ctx context.Context, r api.RefreshRequest) (api.TokenPair, error) {
	began := e.Start()
	s, id, err := e.PeekRefresh(ctx, r)
	if err != nil {
		return api.TokenPair{}, err
	}
	id.Proof.Began = began
	e.countRefresh(ctx, s.ID)
	p := e.Policy.Load()
	dialects := p.Sites.RefreshedAs(s.Dialect, r.Dialect, r.TokenFormat)
	if id, err = e.refreshAllowed(ctx, p, s, id, r, dialects); err != nil {
		return api.TokenPair{}, err
	}
	return e.grant(ctx, id, s, "", issues(r), dialects, "")
}

// pairedID returns the jti of the access token that belongs to a refresh token, in token formats
// in which the tokens of a pair end together. It is derived from the refresh token without
// revealing its secret.
func pairedID(refresh api.Secret) string {
	sum := sha256.Sum256([]byte("cardea jti of " + refresh.Reveal()))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

// settlePair revokes the access token that the new one replaces, and records when the new
// one expires, since revocations must be kept until then.
func (e *Issuer) settlePair(ctx context.Context, ends string, issued api.Issued, sid string) error {
	p := e.Policy.Load()
	err := e.Families.Pair(ctx, session.Pair{Session: sid, Ends: ends, Until: issued.ExpiresAt, Keep: p.Remember()})
	if errors.Is(err, api.ErrNotFound) {
		return standing.RefreshEnded(err)
	}
	if err == nil && ends != "" {
		e.Events.Fire(ctx, p.Hooks.TokenRevoked, point.Event{Target: ends, Reason: "refreshed"})
	}
	return err
}
