package issue

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/compiled"
	"github.com/cardea-auth/cardea/core/internal/env"
	"github.com/cardea-auth/cardea/core/internal/judge"
	"github.com/cardea-auth/cardea/core/internal/loginafter"
	"github.com/cardea-auth/cardea/core/internal/standing"
	"github.com/cardea-auth/cardea/core/point"
	"github.com/cardea-auth/cardea/core/session"
)

// StartSession implements core.Tokens.StartSession.
func (e *Issuer) StartSession(ctx context.Context, r api.BeginRequest) (api.TokenPair, error) {
	p := e.Policy.Load()
	if r.Identity.Proof.Began == nil {
		r.Identity.Proof.Began = e.Start()
	}
	if err := loginafter.Exchangeable(&r.Identity); err != nil {
		return api.TokenPair{}, err
	}
	if narrow, err := e.after.StaysNarrow(ctx, p, &r.Identity, p.Sites.RefreshedAs(r.Dialect, "", r.TokenFormat)); err != nil || narrow {
		return api.TokenPair{}, cmp.Or(err, loginafter.TooNarrow("a session"))
	}
	if err := e.Dirs.CheckResident(ctx, p, &r.Identity, r.TokenFormat); err != nil {
		return api.TokenPair{}, err
	}
	if err := p.CheckIssue(&r.Identity, r.TokenFormat); err != nil {
		return api.TokenPair{}, err
	}
	life, err := e.refreshLife(ctx, p, r)
	if err != nil {
		return api.TokenPair{}, err
	}
	if err := e.limitSessions(ctx, p, r.Identity); err != nil {
		return api.TokenPair{}, err
	}
	if err := e.boundSessions(ctx, p, r.Identity.Subject); err != nil {
		return api.TokenPair{}, err
	}
	text, s, err := e.Families.Begin(ctx, session.NewSession{
		Subject: r.Identity.Subject, Gen: r.Identity.Gen, Client: r.Client, TokenFormat: r.TokenFormat, Dialect: r.Dialect,
		Device: r.Device, Peer: r.Peer.IP(), Scopes: r.Identity.Scopes, Idle: life,
		Access: env.NextAccess(p, r.TokenFormat, r.AccessLife), Began: r.Identity.Proof.Began.At,
	})
	if err != nil {
		return api.TokenPair{}, err
	}
	g, err := e.grant(ctx, r.Identity, s, text, api.IssueRequest{Host: r.Host, Peer: r.Peer, Lifetime: r.AccessLife, Dialect: r.Dialect}, r.Dialect, "")
	if err != nil {
		// A session for which no token was issued must not stay in the list.
		_, endErr := e.Families.End(ctx, s.ID, "no token could be issued", "")
		return api.TokenPair{}, errors.Join(err, endErr)
	}
	return g, nil
}

// grant issues the access token that belongs to a refresh token. r gives the client and the
// lifetime; hooks run for each of the dialects. In a token format of pairs it also revokes the
// access token with the jti ends; "" is none.
func (e *Issuer) grant(ctx context.Context, id api.Identity, s api.Session, text api.Secret, r api.IssueRequest, dialects, ends string) (api.TokenPair, error) {
	r.Identity, r.TokenFormat, r.Client, r.Session, r.Device = id, s.TokenFormat, s.Client, s.ID, s.Device
	r.Dialect = cmp.Or(s.Dialect, r.Dialect)
	l, ok := e.Policy.Load().TokenFormat(s.TokenFormat)
	paired := ok && l.Paired && text != ""
	jti := ""
	if paired {
		jti = pairedID(text)
	}
	issued, err := e.issue(ctx, r, jti, dialects)
	if err != nil {
		return api.TokenPair{}, err
	}
	switch {
	case paired:
		err = e.settlePair(ctx, ends, issued, s.ID)
	case issued.ExpiresAt.After(s.AccessEnd): // a hook made it longer, or AccessEnd is unknown
		err = e.NoteAccess(ctx, issued)
	}
	if err != nil {
		return api.TokenPair{}, err
	}
	return api.TokenPair{Identity: id, Access: issued, Refresh: text, RefreshExpires: s.IdleEnd, Session: s.ID}, nil
}

// refreshLife returns the lifetime of an unused refresh token, after refresh-expire.
func (e *Issuer) refreshLife(ctx context.Context, p *compiled.Policy, r api.BeginRequest) (time.Duration, error) {
	proposed := r.RefreshLife
	if proposed == 0 {
		proposed = p.Tokens.RefreshTTL
	}
	l, err := p.Hooks.RefreshExpire.Apply(ctx, point.Lifetime{
		Lifetime: proposed, IssuedAt: e.Now(), Identity: r.Identity, Client: r.Client, Dialect: cmp.Or(r.Dialect, r.TokenFormat),
	})
	if err != nil {
		return 0, e.Events.HookError(ctx, err)
	}
	bounded := max(l.Lifetime.Truncate(time.Second), p.Tokens.MinTTL)
	e.TellBounded(ctx, "refresh", r.TokenFormat, l.Lifetime, bounded)
	return bounded, nil
}

// limitSessions ends the sessions that session-limit or the configured maximum selects, to
// make room for one more.
func (e *Issuer) limitSessions(ctx context.Context, p *compiled.Policy, id api.Identity) error {
	if p.Tokens.MaxSessions == 0 && p.Hooks.SessionLimit.Len() == 0 {
		return nil
	}
	list, err := e.Families.Live(ctx, id.Subject, standing.MaxListed)
	if err != nil {
		return err
	}
	limit := point.SessionLimit{Identity: id}
	for _, s := range list {
		limit.Live = append(limit.Live, s.ID)
	}
	if over := len(list) + 1 - p.Tokens.MaxSessions; p.Tokens.MaxSessions > 0 && over > 0 {
		limit.End = slices.Clone(limit.Live[:over])
	}
	chosen, err := p.Hooks.SessionLimit.ApplyJudged(ctx, limit, judge.SessionLimit)
	if err != nil {
		return e.Events.HookError(ctx, err)
	}
	for _, sid := range chosen.End {
		if !slices.Contains(limit.Live, sid) {
			continue // a hook may only end live sessions of this user
		}
		if err := e.revoker.EndSession(ctx, sid, "session limit", ""); err != nil {
			return err
		}
	}
	return nil
}

// mostSessions limits the live sessions of one user unless a higher number is configured.
// Otherwise a user could fill the store by logging in repeatedly.
const mostSessions = 1000

// boundSessions closes the oldest sessions of a user who has reached the limit, so that one
// more can begin. Their access tokens stay valid until they expire: revoking them would add
// log entries that are kept longer than the sessions.
func (e *Issuer) boundSessions(ctx context.Context, p *compiled.Policy, subject string) error {
	over, err := e.Families.Oldest(ctx, subject, max(mostSessions, p.Tokens.MaxSessions)-1)
	if err != nil {
		return err
	}
	for _, s := range over {
		if err := e.revoker.CloseSession(ctx, s.ID, "session limit", ""); err != nil && !errors.Is(err, api.ErrNotFound) {
			return err
		}
	}
	return nil
}

// issues returns the properties of the access token that a refresh request asks for.
func issues(r api.RefreshRequest) api.IssueRequest {
	return api.IssueRequest{Host: r.Host, Peer: r.Peer, Lifetime: r.AccessLife, Dialect: r.Dialect}
}

// Refresh implements core.Tokens.Refresh.
func (e *Issuer) Refresh(ctx context.Context, r api.RefreshRequest) (api.TokenPair, error) {
	p, began := e.Policy.Load(), e.Start()
	if err := e.mayRefresh(ctx, p, r); err != nil {
		return api.TokenPair{}, err
	}
	// 1. Consume the token.
	rotated, err := e.Families.Rotate(ctx, r.Token.Reveal(), session.RotateOptions{
		Client: r.Client, Peer: r.Peer.IP(), Access: env.NextAccess(p, r.TokenFormat, r.AccessLife), Grace: r.Grace, Once: r.Once,
	})
	e.tellReuse(ctx, p, rotated, r.Peer)
	if err != nil {
		return api.TokenPair{}, err
	}
	e.countRefresh(ctx, rotated.Session.ID)
	// 2. Check that the user may still have the session.
	id, err := e.standing.SessionUser(ctx, rotated.Session, r.TokenFormat)
	if err != nil {
		return api.TokenPair{}, e.endUnfit(ctx, rotated.Session, err)
	}
	id.Proof.Began = began
	dialects := p.Sites.RefreshedAs(rotated.Session.Dialect, r.Dialect, r.TokenFormat)
	if id, err = e.refreshAllowed(ctx, p, rotated.Session, id, r, dialects); err != nil {
		return api.TokenPair{}, err
	}
	// 3. Issue the new tokens. In a token format of pairs, this revokes the previous access
	// token.
	g, err := e.grant(ctx, id, rotated.Session, rotated.Text, issues(r), dialects, pairedID(r.Token))
	if err != nil {
		return api.TokenPair{}, err
	}
	e.Events.Fire(ctx, p.Hooks.TokenRefreshed, point.Event{Identity: id, Target: g.Session, TokenID: g.Access.ID, Dialect: cmp.Or(rotated.Session.Dialect, r.Dialect, r.TokenFormat), Peer: r.Peer})
	return g, nil
}

// tellReuse fires the events for a session that was ended because a used refresh token was
// used again.
func (e *Issuer) tellReuse(ctx context.Context, p *compiled.Policy, r session.Rotated, peer api.Peer) {
	if !r.Reused {
		return
	}
	ev := point.Event{Identity: api.Identity{Subject: r.Session.Subject}, Target: r.Session.ID, Reason: "refresh token reused", Peer: peer}
	e.Events.Fire(ctx, p.Hooks.RefreshReused, ev)
	e.Events.Fire(ctx, p.Hooks.SessionEnded, ev)
}

// refreshAllowed runs refresh-before and then login-after, since the roles were read again
// and what login-after removed at login must not come back. Both run for each of the
// dialects.
func (e *Issuer) refreshAllowed(ctx context.Context, p *compiled.Policy, s api.Session, id api.Identity, r api.RefreshRequest, dialects string) (api.Identity, error) {
	attempt := point.RefreshAttempt{Session: s.ID, Identity: id, Client: r.Client, Peer: r.Peer}
	for _, attempt.Dialect = range loginafter.AsDialects(dialects, s.TokenFormat) {
		if _, err := p.Hooks.RefreshBefore.Apply(ctx, attempt); err != nil {
			return id, e.Events.HookError(ctx, err)
		}
	}
	if err := p.CheckIssue(&id, r.TokenFormat); err != nil {
		return id, err
	}
	id, err := e.after.Ask(ctx, p, point.LoginResult{Identity: id, Method: loginafter.MethodRefresh, Peer: r.Peer}, dialects)
	if err != nil {
		return id, err
	}
	return id, p.CheckIssue(&id, r.TokenFormat)
}

// endUnfit ends a session whose user was deleted or disabled. It does nothing if the
// directory did not answer.
func (e *Issuer) endUnfit(ctx context.Context, s api.Session, cause error) error {
	if api.CodeOf(cause) != api.Unauthenticated {
		return cause
	}
	reason := api.ReasonOf(cause)
	if state, err := e.standing.OfSession(ctx, s); err == nil && !state.Live && s.Ended.IsZero() {
		reason = state.Why // the same text that listings have shown so far
	}
	if err := e.revoker.EndSession(ctx, s.ID, reason, ""); err != nil {
		return errors.Join(cause, err)
	}
	return cause
}
