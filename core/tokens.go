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

// Tokens logs users in, and issues, refreshes and revokes what they hold. Get it from
// [Engine.Tokens]. It is safe for concurrent use.
type Tokens struct{ e *Engine }

// Tokens returns what logs users in and issues tokens.
func (e *Engine) Tokens() *Tokens { return &e.tokens }

// Login checks a password and returns whose it is. Refusals have the code
// Unauthenticated with a reason that a dialect maps to its own words; a
// directory that does not answer is Unavailable, never a wrong password.
//
// A login succeeds once, at its end: the failures before are forgotten only when
// password and challenge are both satisfied.
func (t *Tokens) Login(ctx context.Context, r LoginRequest) (api.Identity, error) {
	return t.e.logins.Login(ctx, r)
}

// Issue makes and signs an access token for an identity that the caller has
// established. The engine stamps the registered claims after the hooks, so
// that no hook can forge them. An identity that may do less than its user is Denied a
// token of a layout that tells no roles, and that of an API key any token, which would
// outlive the key.
func (t *Tokens) Issue(ctx context.Context, r IssueRequest) (Issued, error) {
	return t.e.issuer.Issue(ctx, r)
}

// StartSession begins a session for an identity that the caller has established. A refresh
// reads the user's roles anew: an identity that may do less than its user is Denied, and
// so is that of an API key, which the session would outlive.
func (t *Tokens) StartSession(ctx context.Context, r BeginRequest) (Grant, error) {
	return t.e.issuer.StartSession(ctx, r)
}

// Refresh exchanges a refresh token for the next pair. The token is consumed
// before anything is minted; the same token yields the same successor within a
// short grace window, and ends the session after it. Refusals are
// Unauthenticated with a reason refresh_....
func (t *Tokens) Refresh(ctx context.Context, r RefreshRequest) (Grant, error) {
	return t.e.issuer.Refresh(ctx, r)
}

// PeekRefresh tells whose a refresh token is and of which session, without using
// it up, and refuses as [Tokens.Refresh] does. A token that was used before is
// refused also within the grace window.
func (t *Tokens) PeekRefresh(ctx context.Context, r RefreshRequest) (api.Session, api.Identity, error) {
	return t.e.issuer.PeekRefresh(ctx, r)
}

// ReissueAccess issues an access token to the holder of a refresh token, which stays as
// it is: the Grant holds none. It is for clients that were promised so.
func (t *Tokens) ReissueAccess(ctx context.Context, r RefreshRequest) (Grant, error) {
	return t.e.issuer.ReissueAccess(ctx, r)
}

// Logout ends what the credential belongs to: its session with all tokens, or
// the token alone if it has none. A password or API key has nothing to end.
func (t *Tokens) Logout(ctx context.Context, id api.Identity) error {
	return t.e.revoker.Logout(ctx, id)
}

// LogoutAll ends everything that a user holds: sessions, API keys and all other
// credentials made so far. A user of a network of sites is one account with a subject
// at each site; all of them end. After an error some may have ended: it can be called
// again.
func (t *Tokens) LogoutAll(ctx context.Context, subject, reason, actor string) error {
	return t.e.revoker.LogoutAll(ctx, subject, reason, actor)
}

// Revoke takes credentials back: what r.Kind and r.Key name, from now on and
// everywhere. At, and Expires where it is zero, are set here. It returns once
// the log holds the revocation and this engine obeys it; other nodes follow
// within their polling interval. What is revoked for as long already is not written again.
func (t *Tokens) Revoke(ctx context.Context, r api.Revocation) error {
	return t.e.revoker.Revoke(ctx, r)
}

// RevokeToken takes back an access or refresh token that its holder presents. A
// token that is not ours or dead already is no error (RFC 7009 section 2.2).
func (t *Tokens) RevokeToken(ctx context.Context, text api.Secret) error {
	return t.e.revoker.Token(ctx, text)
}

// RevokeBearer revokes the access token that the identity was read from. The log keeps
// that of one of ours only for as long as it could be accepted; an external issuer may
// give one id to several tokens.
func (t *Tokens) RevokeBearer(ctx context.Context, id api.Identity, reason, actor string) error {
	return t.e.revoker.Bearer(ctx, id, reason, actor)
}

// ReportLeaked kills an API key whoever presents it: having it proves that it
// got out. A key that is not ours is no error.
func (t *Tokens) ReportLeaked(ctx context.Context, text api.Secret, from api.Peer) error {
	return t.e.revoker.ReportLeaked(ctx, text, from)
}

// CloseSession ends a session's refresh token; what was issued in it lives out
// its time. An unknown session is [ErrNotFound].
func (t *Tokens) CloseSession(ctx context.Context, id, reason, actor string) error {
	return t.e.revoker.CloseSession(ctx, id, reason, actor)
}

// EndSessionsOf ends the sessions of a subject in one layout, with all tokens of them. It
// reads those alone that have not ended, in pages.
func (t *Tokens) EndSessionsOf(ctx context.Context, subject, layout, reason, actor string) error {
	return t.e.revoker.EndSessionsOf(ctx, subject, layout, reason, actor)
}

// LiveSessionsOn is [Admin.LiveSessions] for those of one layout that a device has, up to a
// hundred, the latest coming first. It costs the same however many others there are.
func (t *Tokens) LiveSessionsOn(ctx context.Context, subject, layout, device string) ([]api.Session, error) {
	return t.e.standing.LiveSessionsOn(ctx, subject, layout, device)
}

// Settle waits until the second is over in which the newest revocation by time was
// made that this engine knows of: what is issued after that, by whatever process,
// is not hit by it. It waits less than a second, or returns ctx's error.
func (t *Tokens) Settle(ctx context.Context) error {
	return t.e.env.Settle(ctx)
}

// Identity returns the enabled user with that login name or e-mail address,
// without asking for proof: for commands and library callers who have it. Nobody is
// NotFound, and one who is disabled Denied.
func (t *Tokens) Identity(ctx context.Context, login string) (api.Identity, error) {
	return t.e.env.Dirs.Identity(ctx, login)
}

// User returns the enabled user with that subject. Nobody is NotFound, and one who is
// disabled Denied.
func (t *Tokens) User(ctx context.Context, subject string) (api.Identity, error) {
	return t.e.env.Dirs.User(ctx, subject)
}

// UserByNumber returns the enabled user with that number in the directory of the
// site of that name; an error of code internal where the site has none and there
// are several.
func (t *Tokens) UserByNumber(ctx context.Context, site string, number int64) (api.Identity, error) {
	home := t.e.env.Policy.Load().DirectoryOf(site)
	if home == "" && len(t.e.env.Dirs.All) > 1 {
		return api.Identity{}, fmt.Errorf("look up user %d for site %q: %w", number, site, directory.ErrAmbiguous)
	}
	id, err := t.e.env.Dirs.UserByNumber(ctx, home, number)
	return id, storeerr.Asked(err)
}

// UserByLogin returns the enabled user with that login name or e-mail address as
// the site of that name knows them; "" is no site in particular.
func (t *Tokens) UserByLogin(ctx context.Context, site, login string) (api.Identity, error) {
	return t.e.env.Dirs.IdentityIn(ctx, t.e.env.Dirs.In(t.e.env.Policy.Load().DirectoryOf(site)), login)
}

// DeviceName is what a session keeps of a device's name, which clients choose: valid
// UTF-8 of at most 128 bytes.
func DeviceName(name string) string { return session.DeviceName(name) }

// HoldsRefreshToken reports whether something in the form of one of Cardea's refresh
// tokens stands anywhere in text, such as a cookie's value.
func HoldsRefreshToken(text string) bool { return session.HoldsRefresh(text) }

// SitesOf names the sites at which an identity's token counts: its own, and those
// that accept it. ok is false for a credential that belongs to no site.
func (t *Tokens) SitesOf(id api.Identity) (names []string, ok bool) {
	p := t.e.env.Policy.Load()
	l, known := p.Layout(id.Proof.Layout)
	if id.Proof.TokenID == "" || !known || !l.SiteBound {
		return nil, false
	}
	for i := range p.Sites {
		if s := &p.Sites[i]; s.Layout != policy.NativeName && s.Accepts(l.Name) {
			names = append(names, s.Name)
		}
	}
	slices.Sort(names)
	return names, true
}
