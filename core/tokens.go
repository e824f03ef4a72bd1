package core

import (
	"context"
	"fmt"
	"slices"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/directory"
	"github.com/cardea-auth/cardea/core/internal/storeerr"
	"github.com/cardea-auth/cardea/core/policy"
	"github.com/cardea-auth/cardea/core/session"
)

// Tokens logs users in, and issues, refreshes and revokes their tokens. Get it from
// [Engine.Tokens]. It is safe for concurrent use.
type Tokens struct{ e *Engine }

// Tokens returns the part of the engine that logs users in and issues tokens.
func (e *Engine) Tokens() *Tokens { return &e.tokens }

// Login checks a password and returns the identity of its user. A refusal has the code
// Unauthenticated and a reason that each dialect maps to its own text. A directory that
// does not answer is Unavailable, never a wrong password.
//
// Failed attempts are forgotten only when password and challenge are both satisfied.
func (t *Tokens) Login(ctx context.Context, r LoginRequest) (api.Identity, error) {
	return t.e.logins.Login(ctx, r)
}

// Issue issues an access token for an identity that the caller has authenticated. The
// engine sets the registered claims after the hooks, so hooks cannot forge them. It is
// Denied for an identity that may do less than its user if the token format has no claim for
// roles, and for the identity of an API key, since the token would outlive the key. It is
// Unauthenticated (token_revoked) if everything of the user was revoked after [Tokens.Login]
// or this call began.
func (t *Tokens) Issue(ctx context.Context, r IssueRequest) (Issued, error) {
	return t.e.issuer.Issue(ctx, r)
}

// StartSession starts a session for an identity that the caller has authenticated. A
// refresh reads the user's roles again, so an identity that may do less than its user is
// Denied. The identity of an API key is Denied too, since the session would outlive the
// key. The session counts as created when [Tokens.Login] began; a revocation of everything
// since is Unauthenticated (token_revoked), as for Issue.
func (t *Tokens) StartSession(ctx context.Context, r BeginRequest) (TokenPair, error) {
	return t.e.issuer.StartSession(ctx, r)
}

// Refresh exchanges a refresh token for the next pair. The token is consumed before
// anything is issued. Used again within a short grace period, it returns the same
// successor unless the request says Once; after that, reuse ends the session. Refusals are
// Unauthenticated with a reason refresh_*.
func (t *Tokens) Refresh(ctx context.Context, r RefreshRequest) (TokenPair, error) {
	return t.e.issuer.Refresh(ctx, r)
}

// PeekRefresh returns the session and user of a refresh token without consuming it, and
// refuses as [Tokens.Refresh] does. A used token is refused even within the grace period,
// unless the request has a Grace of its own.
func (t *Tokens) PeekRefresh(ctx context.Context, r RefreshRequest) (api.Session, api.Identity, error) {
	return t.e.issuer.PeekRefresh(ctx, r)
}

// ReissueAccess issues an access token to the holder of a refresh token without rotating
// it; the pair has no refresh token. It is for clients whose protocol does not rotate.
func (t *Tokens) ReissueAccess(ctx context.Context, r RefreshRequest) (TokenPair, error) {
	return t.e.issuer.ReissueAccess(ctx, r)
}

// Logout ends the session of the credential with all its tokens, or revokes the token alone
// if it has no session. It does nothing for a password or an API key.
func (t *Tokens) Logout(ctx context.Context, id api.Identity) error {
	return t.e.revoker.Logout(ctx, id)
}

// LogoutAll revokes everything that a user holds: sessions, API keys and all other
// credentials issued so far. A user of a network of sites has one account with a subject at
// each site; all of them are revoked. After an error some may be revoked already; it can be
// called again.
func (t *Tokens) LogoutAll(ctx context.Context, subject, reason, actor string) error {
	return t.e.revoker.LogoutAll(ctx, subject, reason, actor)
}

// Revoke revokes what r.Kind and r.Key name, from now on. It sets At, and Expires if zero.
// It returns once the revocation is in the log and this engine applies it; other nodes
// follow within their polling interval. A revocation that is already in force for
// at least as long is not written again.
func (t *Tokens) Revoke(ctx context.Context, r api.Revocation) error {
	return t.e.revoker.Revoke(ctx, r)
}

// RevokeToken revokes an access or refresh token presented by its holder. A token that is
// not ours or already invalid is not an error (RFC 7009 section 2.2).
func (t *Tokens) RevokeToken(ctx context.Context, text api.Secret) error {
	return t.e.revoker.Token(ctx, text)
}

// RevokeBearer revokes the access token that the identity was read from. For a token of
// ours the log keeps the revocation only as long as the token could be accepted; an
// external issuer may reuse one id for several tokens.
func (t *Tokens) RevokeBearer(ctx context.Context, id api.Identity, reason, actor string) error {
	return t.e.revoker.Bearer(ctx, id, reason, actor)
}

// ReportLeaked revokes an API key, no matter who presents it: possession proves that it
// leaked. A key that is not ours is not an error.
func (t *Tokens) ReportLeaked(ctx context.Context, text api.Secret, from api.Peer) error {
	return t.e.revoker.ReportLeaked(ctx, text, from)
}

// CloseSession invalidates a session's refresh token; access tokens issued in it stay valid
// until they expire. An unknown session is [ErrNotFound].
func (t *Tokens) CloseSession(ctx context.Context, id, reason, actor string) error {
	return t.e.revoker.CloseSession(ctx, id, reason, actor)
}

// EndSessionsOf ends the sessions of a subject in one token format with all their tokens. It
// reads only live sessions, in pages.
func (t *Tokens) EndSessionsOf(ctx context.Context, subject, format, reason, actor string) error {
	return t.e.revoker.EndSessionsOf(ctx, subject, format, reason, actor)
}

// LiveSessionsOn is [Admin.LiveSessions] limited to one token format and device, up to a hundred,
// newest first. Its cost does not depend on the number of other sessions.
func (t *Tokens) LiveSessionsOn(ctx context.Context, subject, format, device string) ([]api.Session, error) {
	return t.e.standing.LiveSessionsOn(ctx, subject, format, device)
}

// Settle waits until the second of the newest known revocation is over, so that tokens
// issued afterwards, by any process, are not affected by it. It waits less than a second,
// or returns ctx's error.
func (t *Tokens) Settle(ctx context.Context) error {
	return t.e.env.Settle(ctx)
}

// Identity returns the enabled user with that login name or e-mail address without
// authenticating them: for commands and for callers that have done so. An unknown user is
// NotFound, a disabled one Denied.
func (t *Tokens) Identity(ctx context.Context, login string) (api.Identity, error) {
	return t.e.env.Dirs.Identity(ctx, login)
}

// User returns the enabled user with that subject. An unknown user is NotFound, a disabled
// one Denied.
func (t *Tokens) User(ctx context.Context, subject string) (api.Identity, error) {
	return t.e.env.Dirs.User(ctx, subject)
}

// UserByNumber returns the enabled user with that number in the directory of the named
// site. If the site has no directory and there are several, it returns an Internal error.
func (t *Tokens) UserByNumber(ctx context.Context, site string, number int64) (api.Identity, error) {
	home := t.e.env.Policy.Load().DirectoryOf(site)
	if home == "" && len(t.e.env.Dirs.All) > 1 {
		return api.Identity{}, fmt.Errorf("look up user %d for site %q: %w", number, site, directory.ErrAmbiguous)
	}
	id, err := t.e.env.Dirs.UserByNumber(ctx, home, number)
	return id, storeerr.Asked(err)
}

// UserByLogin returns the enabled user with that login name or e-mail address in the
// directory of the named site, or in any directory if site is "".
func (t *Tokens) UserByLogin(ctx context.Context, site, login string) (api.Identity, error) {
	return t.e.env.Dirs.IdentityIn(ctx, t.e.env.Dirs.In(t.e.env.Policy.Load().DirectoryOf(site)), login)
}

// DeviceName returns the form in which a session stores a device name, which clients
// choose: valid UTF-8 of at most 128 bytes.
func DeviceName(name string) string { return session.DeviceName(name) }

// HoldsRefreshToken reports whether text, such as a cookie's value, contains something in
// the form of one of Cardea's refresh tokens.
func HoldsRefreshToken(text string) bool { return session.HoldsRefresh(text) }

// SitesOf returns the names of the sites that accept an identity's token: its own, and
// others that are configured to. ok is false for a credential that is not bound to a site.
func (t *Tokens) SitesOf(id api.Identity) (names []string, ok bool) {
	p := t.e.env.Policy.Load()
	l, known := p.TokenFormat(id.Proof.TokenFormat)
	if id.Proof.TokenID == "" || !known || !l.SiteBound {
		return nil, false
	}
	for i := range p.Sites {
		if s := &p.Sites[i]; s.TokenFormat != policy.NativeName && s.Accepts(l.Name) {
			names = append(names, s.Name)
		}
	}
	slices.Sort(names)
	return names, true
}
