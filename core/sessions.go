package core

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/credential"
	"github.com/cardea-auth/cardea/core/internal/compiled"
	"github.com/cardea-auth/cardea/core/internal/judge"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/core/session"
)

// DeviceName is what a session keeps of a device's name, which clients choose: valid
// UTF-8 of at most 128 bytes.
func DeviceName(name string) string { return session.DeviceName(name) }

// startSession is [Tokens.StartSession].
func (e *Engine) startSession(ctx context.Context, r BeginRequest) (Grant, error) {
	p := e.policy.Load()
	if err := exchangeable(&r.Identity); err != nil {
		return Grant{}, err
	}
	if narrow, err := e.staysNarrow(ctx, p, &r.Identity, p.Sites.RefreshedAs(r.Dialect, "", r.Layout)); err != nil || narrow {
		return Grant{}, cmp.Or(err, errNarrow("a session"))
	}
	if err := e.checkResident(ctx, p, &r.Identity, r.Layout); err != nil {
		return Grant{}, err
	}
	if err := p.CheckIssue(&r.Identity, r.Layout); err != nil {
		return Grant{}, err
	}
	life, err := e.refreshLife(ctx, p, r)
	if err != nil {
		return Grant{}, err
	}
	if err := e.limitSessions(ctx, p, r.Identity); err != nil {
		return Grant{}, err
	}
	if err := e.boundSessions(ctx, p, r.Identity.Subject); err != nil {
		return Grant{}, err
	}
	text, s, err := e.families.Begin(ctx, session.NewSession{
		Subject: r.Identity.Subject, Gen: r.Identity.Gen, Client: r.Client, Layout: r.Layout, Dialect: r.Dialect,
		Device: r.Device, Peer: r.Peer.IP(), Scopes: r.Identity.Scopes, Idle: life,
		Access: nextAccess(p, r.Layout, r.AccessLife),
	})
	if err != nil {
		return Grant{}, err
	}
	g, err := e.grant(ctx, r.Identity, s, text, IssueRequest{Host: r.Host, Peer: r.Peer, Lifetime: r.AccessLife, Dialect: r.Dialect}, "")
	if err != nil {
		// A session that nobody holds a token of must not stay in the list.
		_, endErr := e.families.End(ctx, s.ID, "no token could be issued", "")
		return Grant{}, errors.Join(err, endErr)
	}
	return g, nil
}

// grant issues the access token that goes with a refresh token. r says who asks, and
// for how long. In a layout whose tokens come in pairs the token with the jti ends ends
// by it; "" for none.
func (e *Engine) grant(ctx context.Context, id api.Identity, s api.Session, text api.Secret, r IssueRequest, ends string) (Grant, error) {
	r.Identity, r.Layout, r.Client, r.Session, r.Device = id, s.Layout, s.Client, s.ID, s.Device
	r.Dialect = cmp.Or(s.Dialect, r.Dialect)
	l, ok := e.policy.Load().Layout(s.Layout)
	paired := ok && l.Paired && text != ""
	jti := ""
	if paired {
		jti = pairedID(text)
	}
	issued, err := e.issue(ctx, r, jti)
	if err != nil {
		return Grant{}, err
	}
	switch {
	case paired:
		err = e.settlePair(ctx, ends, issued, s.ID)
	case issued.ExpiresAt.After(s.AccessEnd): // by a hook, or it is not known
		err = e.noteAccess(ctx, issued)
	}
	if err != nil {
		return Grant{}, err
	}
	return Grant{Identity: id, Access: issued, Refresh: text, RefreshExpires: s.IdleEnd, Session: s.ID}, nil
}

// refreshLife asks refresh-expire how long a refresh token lives unused.
func (e *Engine) refreshLife(ctx context.Context, p *compiled.Policy, r BeginRequest) (time.Duration, error) {
	proposed := r.RefreshLife
	if proposed == 0 {
		proposed = p.Tokens.RefreshTTL
	}
	l, err := p.Hooks.RefreshExpire.Apply(ctx, Lifetime{
		Lifetime: proposed, IssuedAt: e.now(), Identity: r.Identity, Client: r.Client, Dialect: cmp.Or(r.Dialect, r.Layout),
	})
	if err != nil {
		return 0, e.hookError(ctx, err)
	}
	bounded := max(l.Lifetime.Truncate(time.Second), p.Tokens.MinTTL)
	e.tellBounded(ctx, "refresh", r.Layout, l.Lifetime, bounded)
	return bounded, nil
}

// maxListed bounds how many live sessions of one user are looked at.
const maxListed = 1000

// limitSessions ends what session-limit, or the configured number, says must
// end to make room for one more.
func (e *Engine) limitSessions(ctx context.Context, p *compiled.Policy, id api.Identity) error {
	if p.Tokens.MaxSessions == 0 && p.Hooks.SessionLimit.Len() == 0 {
		return nil
	}
	list, err := e.families.Live(ctx, id.Subject, maxListed)
	if err != nil {
		return err
	}
	limit := SessionLimit{Identity: id}
	for _, s := range list {
		limit.Live = append(limit.Live, s.ID)
	}
	if over := len(list) + 1 - p.Tokens.MaxSessions; p.Tokens.MaxSessions > 0 && over > 0 {
		limit.End = slices.Clone(limit.Live[:over])
	}
	chosen, err := p.Hooks.SessionLimit.ApplyJudged(ctx, limit, judge.SessionLimit)
	if err != nil {
		return e.hookError(ctx, err)
	}
	for _, sid := range chosen.End {
		if !slices.Contains(limit.Live, sid) {
			continue // only this user's live sessions are the hook's to end
		}
		if err := e.endSession(ctx, sid, "session limit", ""); err != nil {
			return err
		}
	}
	return nil
}

// mostSessions bounds the live sessions of one user where no higher number is
// configured: otherwise who logs in over and over fills the store.
const mostSessions = 1000

// boundSessions lets the oldest sessions of a user go whose number is beyond all reason,
// so that one more can begin. What was issued in them lives out its time: a revocation
// of each would be kept for longer than the session.
func (e *Engine) boundSessions(ctx context.Context, p *compiled.Policy, subject string) error {
	over, err := e.families.Oldest(ctx, subject, max(mostSessions, p.Tokens.MaxSessions)-1)
	if err != nil {
		return err
	}
	for _, s := range over {
		if err := e.closeSession(ctx, s.ID, "session limit", ""); err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
	}
	return nil
}

// issues is what the request says of the access token that it gets.
func issues(r RefreshRequest) IssueRequest {
	return IssueRequest{Host: r.Host, Peer: r.Peer, Lifetime: r.AccessLife, Dialect: r.Dialect}
}

// refresh is [Tokens.Refresh].
func (e *Engine) refresh(ctx context.Context, r RefreshRequest) (Grant, error) {
	p := e.policy.Load()
	if err := e.mayRefresh(ctx, p, r); err != nil {
		return Grant{}, err
	}
	// 1. Consume.
	rotated, err := e.families.Rotate(ctx, r.Token.Reveal(), session.RotateOptions{
		Client: r.Client, Peer: r.Peer.IP(), Access: nextAccess(p, r.Layout, r.AccessLife),
	})
	e.tellReuse(ctx, p, rotated, r.Peer)
	if err != nil {
		return Grant{}, err
	}
	// 2. Whether the user may still have it.
	id, err := e.sessionUser(ctx, rotated.Session, r.Layout)
	if err != nil {
		return Grant{}, e.endUnfit(ctx, rotated.Session, err)
	}
	if id, err = e.refreshAllowed(ctx, p, rotated.Session, id, r); err != nil {
		return Grant{}, err
	}
	// 3. Mint; the access token that came with the old refresh token may end by that.
	g, err := e.grant(ctx, id, rotated.Session, rotated.Text, issues(r), pairedID(r.Token))
	if err != nil {
		return Grant{}, err
	}
	e.fire(ctx, p.Hooks.TokenRefreshed, Event{Identity: id, Target: g.Session, TokenID: g.Access.ID, Dialect: cmp.Or(rotated.Session.Dialect, r.Dialect, r.Layout), Peer: r.Peer})
	return g, nil
}

// tellReuse tells actions that a used refresh token ended its session.
func (e *Engine) tellReuse(ctx context.Context, p *compiled.Policy, r session.Rotated, peer api.Peer) {
	if !r.Reused {
		return
	}
	ev := Event{Identity: api.Identity{Subject: r.Session.Subject}, Target: r.Session.ID, Reason: "refresh token reused", Peer: peer}
	e.fire(ctx, p.Hooks.RefreshReused, ev)
	e.fire(ctx, p.Hooks.SessionEnded, ev)
}

// methodRefresh is what login-after is told at a refresh.
const methodRefresh = "refresh"

// refreshAllowed asks refresh-before, and then login-after once more: roles were
// read anew, and what it took away at login must not come back.
func (e *Engine) refreshAllowed(ctx context.Context, p *compiled.Policy, s api.Session, id api.Identity, r RefreshRequest) (api.Identity, error) {
	_, err := p.Hooks.RefreshBefore.Apply(ctx, RefreshAttempt{
		Session: s.ID, Identity: id, Client: r.Client, Peer: r.Peer, Dialect: cmp.Or(s.Dialect, r.Dialect, r.Layout),
	})
	if err != nil {
		return id, e.hookError(ctx, err)
	}
	if err := p.CheckIssue(&id, r.Layout); err != nil {
		return id, err
	}
	dialects := p.Sites.RefreshedAs(s.Dialect, r.Dialect, r.Layout)
	id, err = e.askLoginAfter(ctx, p, LoginResult{Identity: id, Method: methodRefresh, Peer: r.Peer}, dialects)
	if err != nil {
		return id, err
	}
	return id, p.CheckIssue(&id, r.Layout)
}

// sessionUser returns the session's user as they are now, if nothing has
// happened since the login that ends their sessions.
func (e *Engine) sessionUser(ctx context.Context, s api.Session, layout string) (api.Identity, error) {
	if s.Layout != layout {
		return api.Identity{}, refreshEnded(fmt.Errorf("the session belongs to layout %q, not %q", s.Layout, layout))
	}
	id, err := e.holder(ctx, s.Subject)
	if err != nil {
		return id, err
	}
	return e.inSession(s, id)
}

// inSession returns the session's user with what the session gives them, unless
// something has happened since the login that ends it.
func (e *Engine) inSession(s api.Session, id api.Identity) (api.Identity, error) {
	if home := e.policy.Load().DirectoryOf(s.Layout); home != "" && id.Directory != home {
		return id, refreshEnded(fmt.Errorf("the user is in directory %q, not in %q", id.Directory, home))
	}
	if id.Gen != s.Gen {
		return id, refreshEnded(errors.New("the user's sessions were ended since"))
	}
	id.Client, id.Scopes = s.Client, s.Scopes
	held := id
	held.Proof = api.Proof{Session: s.ID, IssuedAt: s.Created}
	if _, revoked := e.index.Revoked(&held); revoked {
		return id, refreshEnded(errors.New("the session was revoked"))
	}
	return id, nil
}

func refreshEnded(cause error) error {
	return api.Wrap(api.Unauthenticated, api.ReasonRefreshEnded, "this refresh token is not valid", cause)
}

// endUnfit ends a session whose user is gone or was shut out. A directory that
// does not answer ends nothing.
func (e *Engine) endUnfit(ctx context.Context, s api.Session, cause error) error {
	if api.CodeOf(cause) != api.Unauthenticated {
		return cause
	}
	reason := api.ReasonOf(cause)
	if state, err := e.sessionState(ctx, s); err == nil && !state.Live && s.Ended.IsZero() {
		reason = state.Why // the record keeps what a list has said of it until now
	}
	if err := e.endSession(ctx, s.ID, reason, ""); err != nil {
		return errors.Join(cause, err)
	}
	return cause
}

// sessions is [Admin.Sessions].
func (e *Engine) sessions(ctx context.Context, subject, after string, limit int) ([]api.Session, error) {
	list, err := e.families.List(ctx, subject, after, limit)
	return list, storedSession(err, "")
}

// session is [Admin.Session].
func (e *Engine) session(ctx context.Context, id string) (api.Session, error) {
	s, err := e.families.Session(ctx, id)
	return s, storedSession(err, id)
}

// endSessionOf is [Admin.EndSession].
func (e *Engine) endSessionOf(ctx context.Context, id, reason, actor string) error {
	return storedSession(e.endSession(ctx, id, reason, actor), id)
}

func (e *Engine) endSession(ctx context.Context, id, reason, actor string) error {
	s, err := e.families.End(ctx, id, reason, actor)
	if err != nil {
		return err
	}
	e.sessionEnded(ctx, s, reason, actor)
	return nil
}

func (e *Engine) sessionEnded(ctx context.Context, s api.Session, reason, actor string) {
	e.fire(ctx, e.Hooks().SessionEnded, Event{
		Identity: api.Identity{Subject: s.Subject}, Target: s.ID, Reason: reason, Actor: actor, Dialect: cmp.Or(s.Dialect, s.Layout),
	})
}

// logout is [Tokens.Logout].
func (e *Engine) logout(ctx context.Context, id api.Identity) error {
	const reason = "logout"
	if id.Proof.Session != "" {
		err := e.endOwn(ctx, id, reason)
		if !errors.Is(err, ErrNotFound) {
			return err
		}
		return e.revoke(ctx, api.Revocation{Kind: api.RevokeSession, Key: id.Proof.Session, Reason: reason, Actor: id.Login})
	}
	if id.Proof.TokenID != "" {
		return e.revokeBearer(ctx, id, reason, id.Login)
	}
	return nil
}

func (e *Engine) endOwn(ctx context.Context, id api.Identity, reason string) error {
	if e.policy.Load().Tokens.KeepOnLogout {
		s, err := e.families.Close(ctx, id.Proof.Session, reason, id.Login)
		if err == nil {
			e.sessionEnded(ctx, s, reason, id.Login)
		}
		return err
	}
	return e.endSession(ctx, id.Proof.Session, reason, id.Login)
}

// revokeToken is [Tokens.RevokeToken].
func (e *Engine) revokeToken(ctx context.Context, text api.Secret) error {
	const reason = "revoked by its holder"
	if session.HasRefreshForm(text.Reveal()) {
		s, err := e.families.EndByToken(ctx, text.Reveal(), reason, "")
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err == nil {
			e.sessionEnded(ctx, s, reason, "")
		}
		return err
	}
	id, err := e.verify(ctx, e.policy.Load(), VerifyRequest{Token: text.Reveal()})
	if api.CodeOf(err) == api.Unauthenticated {
		return nil
	}
	if err != nil {
		return err
	}
	return e.revokeBearer(ctx, id, reason, id.Login)
}

// Authenticate says who a request is from, by any method, whatever the rules
// say of its path: for endpoints of our own. Anonymous is refused, and so is who is no
// user of the directory that the site or the rule there has.
func (e *Engine) Authenticate(ctx context.Context, a *api.Attempt) Decision {
	p := e.policy.Load()
	a.Credential = api.Credential{}
	p.Clean(a)
	known, err := e.authenticateHere(ctx, p, a)
	if err == nil {
		return Decision{Outcome: Allowed, Identity: known.identity, Headers: known.headers}
	}
	d := Decision{Err: api.AsError(err)}
	if d.Err.Code == api.Unauthenticated {
		d.Challenge = p.Challenges(d.Err)
	}
	e.logFault(ctx, "authentication failed, so the request is refused", d.Err)
	e.denied(ctx, p, d, a)
	return d
}

// authenticateHere is authenticate for a request to an endpoint of our own.
func (e *Engine) authenticateHere(ctx context.Context, p *compiled.Policy, a *api.Attempt) (known *entry, err error) {
	defer api.Recover("authentication", "", &err)
	at, err := compiled.TargetOf(a)
	if err != nil {
		return nil, err
	}
	at.Read = p.ReadingOf(at.Host, a)
	if known, err = e.authenticate(ctx, p, at, &route.HeaderSpec{}, a); err != nil {
		return nil, err
	}
	return known, e.checkResidence(ctx, p, known.identity, p.Residence(at, a, &known.identity))
}

// reportLeaked is [Tokens.ReportLeaked].
func (e *Engine) reportLeaked(ctx context.Context, text api.Secret, from api.Peer) error {
	id, digest, ok := credential.ParseAPIKey(text.Reveal())
	if !ok {
		return nil
	}
	key, err := e.store.APIKey(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return api.Wrap(api.Unavailable, "", "API keys cannot be revoked at the moment", err)
	}
	if _, real := key.Accepts(digest, e.now()); !real {
		return nil
	}
	return e.revokeAPIKey(ctx, id, "reported as leaked", "leak report from "+from.IP())
}
