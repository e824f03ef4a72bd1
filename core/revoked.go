package core

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/credential"
	"github.com/cardea-auth/cardea/core/internal/standing"
	"github.com/cardea-auth/cardea/core/internal/storeerr"
	"github.com/cardea-auth/cardea/core/policy"
	"github.com/cardea-auth/cardea/core/session"
	"github.com/cardea-auth/cardea/core/users"
)

// revokeCredential is [Admin.RevokeCredential].
func (e *Engine) revokeCredential(ctx context.Context, text api.Secret, reason, actor string) (Revoked, error) {
	switch {
	case session.HasRefreshForm(text.Reveal()):
		return e.revokeRefresh(ctx, text, reason, actor)
	case strings.HasPrefix(text.Reveal(), credential.KeyPrefix):
		return e.revokeKeyText(ctx, text, reason, actor)
	}
	return e.revokeAccess(ctx, text, reason, actor)
}

func (e *Engine) revokeAccess(ctx context.Context, text api.Secret, reason, actor string) (Revoked, error) {
	id, err := e.verifier.Verify(ctx, e.env.Policy.Load(), VerifyRequest{Token: text.Reveal()})
	if api.CodeOf(err) == api.Unauthenticated {
		return Revoked{}, nothingRevoked("the token is not accepted here: %s", api.AsError(err).Public)
	}
	if err != nil {
		return Revoked{}, err
	}
	issuer, _ := cutForeign(id.Subject)
	r := Revoked{What: "access token", ID: id.Proof.TokenID, Subject: id.Subject, Login: id.Login, Layout: id.Proof.Layout, Issuer: issuer}
	if kind, before := e.env.Index.Revoked(&id); before {
		return e.survivors(ctx, r, id.Proof.Session, revokedBefore("the token was revoked"+standing.RevokedWith(kind)))
	}
	if err := e.revoker.Bearer(ctx, id, reason, actor); err != nil {
		return Revoked{}, err
	}
	if _, revoked := e.env.Index.Revoked(&id); !revoked {
		return Revoked{}, noEffect("the token is accepted all the same")
	}
	return e.survivors(ctx, r, id.Proof.Session, nil)
}

func (e *Engine) revokeRefresh(ctx context.Context, text api.Secret, reason, actor string) (Revoked, error) {
	parsed, _ := session.ParseRefresh(text.Reveal())
	before, err := e.env.Families.Session(ctx, parsed.Family)
	if err != nil && !errors.Is(err, ErrNotFound) { // what it hits must be known
		return Revoked{}, storeerr.Session(err, parsed.Family)
	}
	why, over := e.sessionBefore(ctx, before) // as nothing is if there is no session
	ended, err := e.env.Families.EndByToken(ctx, text.Reveal(), reason, actor)
	if errors.Is(err, ErrNotFound) {
		return Revoked{}, nothingRevoked("no session has this refresh token")
	}
	if err != nil {
		return Revoked{}, err
	}
	r := Revoked{What: "refresh token", ID: ended.ID, Subject: ended.Subject, Layout: ended.Layout}
	if over || !before.Live(e.env.Now()) {
		return e.survivors(ctx, r, "", deadBefore("the session of this refresh token", why))
	}
	r.Before = why
	r.Sessions = 1
	e.revoker.SessionEnded(ctx, ended, reason, actor)
	if now, err := e.env.Families.Session(ctx, ended.ID); err != nil || now.Live(e.env.Now()) {
		return r, errors.Join(noEffect("the session has not ended"), err)
	}
	return e.survivors(ctx, r, "", nil)
}

func (e *Engine) revokeKeyText(ctx context.Context, text api.Secret, reason, actor string) (Revoked, error) {
	id, digest, ok := credential.ParseAPIKey(text.Reveal())
	if !ok {
		return Revoked{}, nothingRevoked("this is not the whole of an API key")
	}
	key, err := e.env.Store.APIKey(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return Revoked{}, nothingRevoked("no API key has the id %q", id)
	}
	if err != nil {
		return Revoked{}, err
	}
	_, accepted := key.Accepts(digest, e.env.Now())
	expired := !key.Expires.IsZero() && !e.env.Now().Before(key.Expires)
	if !accepted && !expired && key.Revoked.IsZero() {
		return Revoked{}, nothingRevoked("this is no secret, or an old one, of API key %q, and is refused already", id)
	}
	return e.endKey(ctx, key, reason, actor)
}

// revokeUser is [Admin.RevokeUser].
func (e *Engine) revokeUser(ctx context.Context, who, reason, actor string) (Revoked, error) {
	subject, login, err := e.findSubject(ctx, who)
	if err != nil {
		return Revoked{}, err
	}
	issuer, _ := cutForeign(subject)
	r := Revoked{What: "user", ID: subject, Subject: subject, Login: login, Issuer: issuer}
	before, err := e.survivors(ctx, r, "", nil)
	if err != nil {
		return r, err
	}
	begun := e.env.Now()
	if err := e.revoker.LogoutAll(ctx, subject, reason, actor); err != nil {
		return r, err
	}
	r, err = e.survivorsBegun(ctx, r, "", begun)
	r.Sessions, r.APIKeys = before.LiveSessions-r.LiveSessions, before.LiveAPIKeys-r.LiveAPIKeys
	if err == nil && r.LiveSessions+r.LiveAPIKeys > 0 {
		err = noEffect(fmt.Sprintf("%d sessions and %d API keys of the user live on", r.LiveSessions, r.LiveAPIKeys))
	}
	return r, err
}

// findSubject is [Admin.FindSubject].
func (e *Engine) findSubject(ctx context.Context, who string) (subject, login string, err error) {
	if issuer, sub := cutForeign(who); issuer != "" {
		if _, known := e.env.Policy.Load().Layout(policy.ForeignPrefix + issuer); !known || sub == "" {
			return "", "", api.Wrap(api.NotFound, "", fmt.Sprintf("%.100q names no user of an external issuer", who), ErrNotFound)
		}
		return who, who, nil
	}
	u, err := users.Find(ctx, e.env.Dirs.All, who)
	for _, d := range e.env.Dirs.Homes(who) {
		if !errors.Is(err, ErrNotFound) {
			break
		}
		u, err = d.BySubject(ctx, who)
	}
	if errors.Is(err, ErrNotFound) {
		return "", "", api.Wrap(api.NotFound, api.ReasonUnknownUser, fmt.Sprintf("no user has the login, e-mail address or subject %.100q", who), ErrNotFound)
	}
	if err != nil {
		return "", "", api.Wrap(api.Unavailable, "", "the user directory does not answer", err)
	}
	return u.Subject, u.Login, nil
}

// cutForeign takes a subject of an external issuer apart; "" if it is none.
func cutForeign(subject string) (issuer, sub string) {
	rest, foreign := strings.CutPrefix(subject, policy.ForeignPrefix)
	if !foreign {
		return "", ""
	}
	issuer, sub, _ = strings.Cut(rest, ":")
	return issuer, sub
}

// survivors fills in what of the user lives on. told is returned if that works.
func (e *Engine) survivors(ctx context.Context, r Revoked, sid string, told error) (Revoked, error) {
	r, err := e.survivorsBegun(ctx, r, sid, time.Time{})
	if err != nil {
		return r, errors.Join(told, err)
	}
	return r, told
}

// survivorsBegun is survivors without the sessions that were begun after the moment,
// unless it is zero: who logs in again meanwhile was not missed.
func (e *Engine) survivorsBegun(ctx context.Context, r Revoked, sid string, by time.Time) (Revoked, error) {
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
		r.Login = e.env.Dirs.LoginOf(ctx, r.Subject)
	}
	r.LiveAPIKeys, err = e.standing.LiveAPIKeys(ctx, r.Subject)
	return r, err
}

func nothingRevoked(format string, args ...any) error {
	return api.Wrap(api.NotFound, "", "nothing was revoked: "+fmt.Sprintf(format, args...), ErrNotFound)
}

func revokedBefore(text string) error {
	return api.Wrap(api.Conflict, "", "nothing was revoked: "+text+" before", ErrConflict)
}

func noEffect(text string) error {
	return api.E(api.Internal, "", "the revocation had no effect: "+text)
}
