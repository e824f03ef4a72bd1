package operator

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/credential"
	"github.com/cardea-auth/cardea/core/internal/compiled"
	"github.com/cardea-auth/cardea/core/internal/standing"
	"github.com/cardea-auth/cardea/core/internal/storeerr"
	"github.com/cardea-auth/cardea/core/policy"
	"github.com/cardea-auth/cardea/core/session"
)

// RevokeCredential implements core.Admin.RevokeCredential.
func (e *Operator) RevokeCredential(ctx context.Context, text api.Secret, reason, actor string) (api.Revoked, error) {
	switch {
	case session.HasRefreshForm(text.Reveal()):
		return e.revokeRefresh(ctx, text, reason, actor)
	case strings.HasPrefix(text.Reveal(), credential.KeyPrefix):
		return e.revokeKeyText(ctx, text, reason, actor)
	}
	return e.revokeAccess(ctx, text, reason, actor)
}

func (e *Operator) revokeAccess(ctx context.Context, text api.Secret, reason, actor string) (api.Revoked, error) {
	p := e.Policy.Load()
	id, err := e.verifier.Verify(ctx, p, api.VerifyRequest{Token: text.Reveal()})
	if api.CodeOf(err) == api.Unauthenticated {
		return e.revokeLater(ctx, p, text.Reveal(), reason, actor, err)
	}
	if err != nil {
		return e.revokeUnnamed(ctx, p, text.Reveal(), reason, actor, err)
	}
	r := tokenRevoked(&id)
	if kind, before := e.Index.Revoked(&id); before {
		return e.revokedAlready(ctx, r, id.Proof.Session, kind)
	}
	if err := e.endBearer(ctx, id, reason, actor); err != nil {
		return api.Revoked{}, err
	}
	return e.survivors(ctx, r, id.Proof.Session, nil)
}

// revokeUnnamed revokes an access token whose user cannot be looked up because of cause. It
// may be accepted all the same, since users are cached.
func (e *Operator) revokeUnnamed(ctx context.Context, p *compiled.Policy, text, reason, actor string, cause error) (api.Revoked, error) {
	id, err := e.verifier.Unnamed(ctx, p, text)
	if err != nil {
		return api.Revoked{}, cause
	}
	r := tokenRevoked(&id)
	if kind, before := e.Index.Revoked(&id); before {
		return r, errors.Join(RevokedBefore("the token was revoked"+standing.RevokedWith(kind)), cause)
	}
	if err := e.endBearer(ctx, id, reason, actor); err != nil {
		return api.Revoked{}, err
	}
	return r, uncounted(cause)
}

func tokenRevoked(id *api.Identity) api.Revoked {
	issuer, _ := CutExternal(id.Subject)
	return api.Revoked{What: "access token", ID: id.Proof.TokenID, Subject: id.Subject, Login: id.Login, TokenFormat: id.Proof.TokenFormat, Issuer: issuer}
}

// endBearer revokes an access token, and verifies the result.
func (e *Operator) endBearer(ctx context.Context, id api.Identity, reason, actor string) error {
	if err := e.revoker.Bearer(ctx, id, reason, actor); err != nil {
		return err
	}
	if _, revoked := e.Index.Revoked(&id); !revoked {
		return noEffect("the token is accepted all the same")
	}
	return nil
}

func (e *Operator) revokeRefresh(ctx context.Context, text api.Secret, reason, actor string) (api.Revoked, error) {
	before, _, err := e.Families.Inspect(ctx, text.Reveal())
	if errors.Is(err, api.ErrNotFound) {
		return api.Revoked{}, nothingRevoked("no session has this refresh token")
	}
	if err != nil {
		return api.Revoked{}, storeerr.Session(err, "")
	}
	r := api.Revoked{What: "refresh token", ID: before.ID, Subject: before.Subject, TokenFormat: before.TokenFormat}
	why, over := e.sessionBefore(ctx, before)
	if over {
		return e.survivors(ctx, r, "", deadBefore("the session of this refresh token", why))
	}
	ended, err := e.Families.EndByToken(ctx, text.Reveal(), reason, actor)
	if errors.Is(err, api.ErrNotFound) {
		return api.Revoked{}, nothingRevoked("no session has this refresh token")
	}
	if err != nil {
		return api.Revoked{}, err
	}
	r.Before = why
	r.Sessions = 1
	e.revoker.SessionEnded(ctx, ended, reason, actor)
	if now, err := e.Families.Session(ctx, ended.ID); err != nil || !e.isOver(now) {
		return r, errors.Join(noEffect("the session has not ended"), err)
	}
	return e.survivors(ctx, r, "", nil)
}

func (e *Operator) revokeKeyText(ctx context.Context, text api.Secret, reason, actor string) (api.Revoked, error) {
	id, digest, ok := credential.ParseAPIKey(text.Reveal())
	if !ok {
		return api.Revoked{}, nothingRevoked("this is not the whole of an API key")
	}
	key, err := e.Store.APIKey(ctx, id)
	if errors.Is(err, api.ErrNotFound) {
		return api.Revoked{}, nothingRevoked("no API key has the id %q", id)
	}
	if err != nil {
		return api.Revoked{}, storeerr.APIKey(err, id)
	}
	_, accepted := key.Accepts(digest, e.Now())
	expired := !key.Expires.IsZero() && !e.Now().Before(key.Expires)
	if !accepted && !expired && key.Revoked.IsZero() {
		return api.Revoked{}, nothingRevoked("this is no secret, or an old one, of API key %q, and is refused already", id)
	}
	r, err := e.endKey(ctx, key, reason, actor)
	r.OldSecret = accepted && digest != key.Digest
	return r, storeerr.APIKey(err, id)
}

// RevokeUser implements core.Admin.RevokeUser.
func (e *Operator) RevokeUser(ctx context.Context, who, reason, actor string) (api.Revoked, error) {
	subject, login, unknown := e.FindSubject(ctx, who)
	if unknown != nil {
		if remains, err := e.hasRemains(ctx, who); err != nil || !remains || api.CodeOf(unknown) == api.NotFound {
			return api.Revoked{}, unknown
		}
		subject, unknown = who, nil // it is a subject, whatever the directory would say of it
	}
	issuer, _ := CutExternal(subject)
	r := api.Revoked{What: "user", ID: subject, Subject: subject, Login: login, Issuer: issuer}
	before, uncountedBefore := e.survivors(ctx, r, "", unknown)
	begun := e.Now()
	if err := e.revoker.LogoutAll(ctx, subject, reason, actor); err != nil {
		return r, err
	}
	if uncountedBefore != nil {
		return r, uncounted(uncountedBefore)
	}
	r, err := e.survivorsBegun(ctx, r, "", begun)
	if err != nil {
		return r, uncounted(err)
	}
	r.Sessions, r.APIKeys = before.LiveSessions-r.LiveSessions, before.LiveAPIKeys-r.LiveAPIKeys
	if r.LiveSessions+r.LiveAPIKeys > 0 {
		err = noEffect(fmt.Sprintf("%d sessions and %d API keys of the user live on", r.LiveSessions, r.LiveAPIKeys))
	}
	return r, err
}

// FindSubject implements core.Admin.FindSubject.
func (e *Operator) FindSubject(ctx context.Context, who string) (subject, login string, err error) {
	if issuer, sub := CutExternal(who); issuer != "" {
		if _, known := e.Policy.Load().TokenFormat(policy.ExternalPrefix + issuer); !known || sub == "" {
			return "", "", api.Wrap(api.NotFound, "", fmt.Sprintf("%.100q names no user of an external issuer", who), api.ErrNotFound)
		}
		return who, who, nil
	}
	u, err := e.Dirs.Account(ctx, who)
	if err != nil && !errors.Is(err, api.ErrNotFound) && e.Dirs.IsOwned(who) {
		return who, "", nil // what belongs to a subject is known here
	}
	if errors.Is(err, api.ErrNotFound) {
		remains, err := e.hasRemains(ctx, who)
		if err != nil || remains {
			return who, "", err
		}
		return "", "", api.Wrap(api.NotFound, api.ReasonUnknownUser, fmt.Sprintf("no user has the login, e-mail address or subject %.100q", who), api.ErrNotFound)
	}
	if err != nil {
		return "", "", api.Wrap(api.Unavailable, "", "the user directory does not answer", err)
	}
	return u.Subject, u.Login, nil
}

// hasRemains reports whether sessions or API keys of a subject are stored, as of a user who
// was deleted.
func (e *Operator) hasRemains(ctx context.Context, subject string) (bool, error) {
	if subject == "" {
		return false, nil
	}
	sessions, err := e.Families.List(ctx, subject, "", 1)
	if err != nil {
		return false, storeerr.Session(err, "")
	}
	keys, err := e.Store.FindAPIKeys(ctx, subject, "", "", 1)
	if err != nil {
		return false, storeerr.APIKey(err, "")
	}
	return len(sessions)+len(keys) > 0, nil
}

// nameOf returns a name by which FindSubject finds the user of a revocation: the login, or
// the subject if it has no user any more; "" if there is none. Somebody else may have the
// login by now.
func (e *Operator) nameOf(ctx context.Context, r api.Revoked) (string, error) {
	for _, name := range []string{r.Login, r.Subject} {
		subject, _, err := e.FindSubject(ctx, name)
		if err != nil && api.CodeOf(err) != api.NotFound {
			return "", err
		}
		if err == nil && subject == r.Subject {
			return name, nil
		}
	}
	return "", nil
}

// CutExternal splits the subject of an external issuer's user; "" if it is another.
func CutExternal(subject string) (issuer, sub string) {
	rest, foreign := strings.CutPrefix(subject, policy.ExternalPrefix)
	if !foreign {
		return "", ""
	}
	issuer, sub, _ = strings.Cut(rest, ":")
	return issuer, sub
}

// survivors fills in what of the user is still valid, and returns told unless that fails.
func (e *Operator) survivors(ctx context.Context, r api.Revoked, sid string, told error) (api.Revoked, error) {
	r, err := e.survivorsBegun(ctx, r, sid, time.Time{})
	switch {
	case err != nil && told == nil:
		return r, uncounted(err)
	case err != nil:
		return r, errors.Join(told, err)
	}
	return r, told
}

// uncounted returns the error that a revocation was made without an answer to what else of
// the user is valid.
func uncounted(err error) error {
	e := api.AsError(err)
	if e.Reason == api.ReasonUncounted {
		return err
	}
	return api.Wrap(e.Code, api.ReasonUncounted, "it was revoked, but what else of the user is valid cannot be counted now", err)
}

// survivorsBegun is survivors without sessions that began after by, unless by is zero: a
// user who logs in again during the call was not missed.
func (e *Operator) survivorsBegun(ctx context.Context, r api.Revoked, sid string, by time.Time) (api.Revoked, error) {
	list, err := e.standing.LiveSessions(ctx, r.Subject)
	if err != nil {
		return r, err
	}
	r.LiveSessions = 0
	for _, s := range list {
		if by.IsZero() || !s.Created.After(by) {
			r.LiveSessions++
		}
		if s.ID == sid {
			r.LiveSession = sid
		}
	}
	if r.Login == "" {
		r.Login = e.Dirs.LoginOf(ctx, r.Subject)
	}
	if r.User, err = e.nameOf(ctx, r); err != nil {
		return r, err
	}
	r.LiveAPIKeys, err = e.standing.LiveAPIKeys(ctx, r.Subject)
	return r, err
}

func nothingRevoked(format string, args ...any) error {
	return api.Wrap(api.NotFound, "", "nothing was revoked: "+fmt.Sprintf(format, args...), api.ErrNotFound)
}

// RevokedBefore returns the error for something that was already invalid.
func RevokedBefore(text string) error {
	return api.Wrap(api.Conflict, "", "nothing was revoked: "+text+" before", api.ErrConflict)
}

func noEffect(text string) error {
	return api.E(api.Internal, "", "the revocation had no effect: "+text)
}
