package core

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/session"
)

// Presented tells whose a refresh token is and of which session, without using
// it up, and refuses as [Engine.Refresh] does. A token that was used before is
// refused also within the grace window.
func (e *Engine) Presented(ctx context.Context, r RefreshRequest) (api.Session, api.Identity, error) {
	p := e.policy.Load()
	if err := e.mayRefresh(ctx, p, r); err != nil {
		return api.Session{}, api.Identity{}, err
	}
	seen, err := e.families.Peek(ctx, r.Token.Reveal(), session.RotateOptions{Client: r.Client, Peer: addrText(r.Peer)})
	e.tellReuse(ctx, p, seen, r.Peer)
	if err != nil {
		return api.Session{}, api.Identity{}, err
	}
	id, err := e.sessionUser(ctx, seen.Session, r.Layout)
	if err != nil {
		return api.Session{}, api.Identity{}, e.endUnfit(ctx, seen.Session, err)
	}
	return seen.Session, id, nil
}

// mayRefresh refuses, before the token is used up, what could come to no good end: on
// a host where what it gives does not count, and while revocations are not known. A
// token that is no good is told so all the same.
func (e *Engine) mayRefresh(ctx context.Context, p *policy, r RefreshRequest) error {
	if err := p.checkHost(r.Layout, r.Host); err != nil {
		return err
	}
	stale := e.fresh(ctx, p)
	if stale == nil {
		return nil
	}
	seen, err := e.families.Peek(ctx, r.Token.Reveal(), session.RotateOptions{Client: r.Client, Peer: addrText(r.Peer)})
	e.tellReuse(ctx, p, seen, r.Peer)
	return cmp.Or(err, stale)
}

// Renew issues an access token to the holder of a refresh token, which stays as
// it is: the Grant holds none. It is for clients that were promised so.
func (e *Engine) Renew(ctx context.Context, r RefreshRequest) (Grant, error) {
	s, id, err := e.Presented(ctx, r)
	if err != nil {
		return Grant{}, err
	}
	p := e.policy.Load()
	if id, err = e.refreshAllowed(ctx, p, s, id, r); err != nil {
		return Grant{}, err
	}
	return e.grant(ctx, id, s, "", r.issues())
}

// CloseSession ends a session's refresh token; what was issued in it lives out
// its time. An unknown session is [ErrNotFound].
func (e *Engine) CloseSession(ctx context.Context, id, reason, actor string) error {
	s, err := e.families.Close(ctx, id, reason, actor)
	if err != nil {
		return err
	}
	e.sessionEnded(ctx, s, reason, actor)
	return nil
}

// pairedID is the jti of the access token that goes with a refresh token in
// layouts of which one token of a pair ends with the other. It can be told from
// the refresh token alone, whose secret it does not give away.
func pairedID(refresh api.Secret) string {
	sum := sha256.Sum256([]byte("cardea jti of " + refresh.Reveal()))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

// endPaired revokes the access token that went with a refresh token which is
// used up now, if the layout wants that.
func (e *Engine) endPaired(ctx context.Context, p *policy, s api.Session, used api.Secret) error {
	l, ok := p.layout(s.Layout)
	if !ok || !l.Paired {
		return nil
	}
	return e.Revoke(ctx, api.Revocation{Kind: api.RevokeToken, Key: pairedID(used), Reason: "refreshed"})
}

// LiveSessions lists the sessions of a subject whose refresh tokens are taken, up to a
// thousand, the one that was begun first coming first.
func (e *Engine) LiveSessions(ctx context.Context, subject string) ([]api.Session, error) {
	list, err := e.families.Live(ctx, subject, maxListed)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	owner, err := e.holder(ctx, subject)
	if err != nil {
		_, err = ownerState(err) // of who is refused nothing lives
		return nil, err
	}
	var live []api.Session
	for _, s := range list {
		state, err := e.stateOfSession(s, owner)
		if err != nil {
			return nil, err
		}
		if state.Live {
			live = append(live, s)
		}
	}
	return live, nil
}
