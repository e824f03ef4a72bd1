package verify

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/compiled"
	"github.com/cardea-auth/cardea/core/internal/directory"
	"github.com/cardea-auth/cardea/core/internal/env"
	"github.com/cardea-auth/cardea/core/internal/narrow"
	"github.com/cardea-auth/cardea/core/point"
	"github.com/cardea-auth/cardea/core/policy"
	"github.com/cardea-auth/cardea/core/token"
)

// Verifier verifies tokens. It is safe for concurrent use.
type Verifier struct {
	*env.Env

	verifiers atomic.Pointer[verifiers]
}

// Verify checks everything about a token that stays true until it expires: everything but
// revocation and hooks, which are checked on each use.
func (e *Verifier) Verify(ctx context.Context, p *compiled.Policy, r api.VerifyRequest) (api.Identity, error) {
	t, err := token.Parse(r.Token)
	if err != nil {
		return api.Identity{}, err
	}
	formats, err := p.Candidates(t, r.TokenFormat)
	if err != nil {
		return api.Identity{}, err
	}
	l, id, err := firstGood(formats, func(l *compiled.TokenFormat) (api.Identity, error) { return e.verifyAs(ctx, l, t) })
	if err != nil {
		return api.Identity{}, err
	}
	return id, e.checkAlone(ctx, p, l, t)
}

// firstGood returns the first token format by which a token is valid, and its identity. There is
// at least one token format, see [compiled.Policy.Candidates].
func firstGood(formats []*compiled.TokenFormat, verify func(*compiled.TokenFormat) (api.Identity, error)) (*compiled.TokenFormat, api.Identity, error) {
	var first error
	for _, l := range formats {
		id, err := verify(l)
		if err == nil {
			return l, id, nil
		}
		if first == nil || api.CodeOf(err) != api.Unauthenticated {
			first = err // technical failures take precedence
		}
	}
	return nil, api.Identity{}, first
}

// checkAlone refuses a token that is valid for a site and for another one as well: it is
// accepted only at its own site, and which one that is would be ambiguous. The user that it
// names does not matter, since users change.
func (e *Verifier) checkAlone(ctx context.Context, p *compiled.Policy, l *compiled.TokenFormat, t *token.Token) error {
	others, err := p.Candidates(t, "")
	if err != nil {
		return err
	}
	for _, other := range others {
		if other == l || !l.SiteBound && !other.SiteBound {
			continue
		}
		if _, err := e.checkSignature(ctx, other, t); err == nil {
			return api.E(api.Unauthenticated, api.ReasonTokenSite, "the token could belong to two sites")
		}
	}
	return nil
}

func (e *Verifier) verifyAs(ctx context.Context, l *compiled.TokenFormat, t *token.Token) (id api.Identity, err error) {
	defer api.Recover("token format", l.Name, &err)
	key, err := e.checkSignature(ctx, l, t)
	if err != nil {
		return api.Identity{}, err
	}
	if err := t.Check(l.Profile, e.Now()); err != nil {
		return api.Identity{}, err
	}
	id, complete, err := l.Read(t.Claims())
	if err != nil {
		return api.Identity{}, err
	}
	gen, hasGen := t.Claims().Int("gen")
	hasGen = hasGen && l.Verifying == nil // external issuers have their own numbering
	if !complete {
		if id, err = e.lookUp(ctx, l, id); err != nil {
			return api.Identity{}, err
		}
		if err := e.checkSession(ctx, l, t, &id); err != nil {
			return api.Identity{}, err
		}
	} else if id.Subject == "" {
		return api.Identity{}, api.E(api.Unauthenticated, api.ReasonTokenSubject, "the token names no user")
	}
	if hasGen {
		id.Gen = gen
	}
	id.Proof = proof(l, t, key)
	id.Proof.Narrowed = (complete || l.Name == policy.NativeName) && l.Verifying == nil && t.Header().Narrowed
	id.Proof.NoGen = !hasGen
	return id, nil
}

// checkSignature returns the key of the token format that signed the token. A key whose time
// is over is not a key of the format.
func (e *Verifier) checkSignature(ctx context.Context, l *compiled.TokenFormat, t *token.Token) (api.Key, error) {
	verifier, err := e.verifierFor(ctx, l, t)
	if err != nil {
		return api.Key{}, err
	}
	key, err := verifier.Verify(t)
	if err == nil && !key.Until.IsZero() && !e.Now().Before(key.Until) {
		return api.Key{}, api.E(api.Unauthenticated, api.ReasonTokenSignature, "bad token signature")
	}
	return key, err
}

// lookUp looks up the user whose subject or number a token gives, in the directory of its
// token format.
func (e *Verifier) lookUp(ctx context.Context, l *compiled.TokenFormat, id api.Identity) (api.Identity, error) {
	var found api.Identity
	var err error
	switch {
	case id.Subject != "":
		found, err = e.Dirs.Holder(ctx, id.Subject)
		if err == nil && l.Directory != "" && found.Directory != l.Directory {
			err = directory.NoSuchUser()
		}
	case id.Number > 0 && l.Directory == "" && len(e.Dirs.All) > 1:
		err = fmt.Errorf("verify a token of token format %q: %w", l.Name, directory.ErrAmbiguous)
	case id.Number > 0:
		found, err = e.Dirs.UserByNumber(ctx, l.Directory, id.Number)
	default:
		err = api.E(api.Unauthenticated, api.ReasonTokenSubject, "the token names no user")
	}
	if err != nil {
		return api.Identity{}, err
	}
	if id.Login != "" && !directory.SameLogin(id.Login, found.Login) {
		return api.Identity{}, api.E(api.Unauthenticated, api.ReasonTokenSubject, "the token names two users")
	}
	if id.Roles != nil || l.Name == policy.NativeName {
		found.Roles = narrow.Common(found.Roles, id.Roles) // the token was issued for these
	}
	found.Client, found.Scopes = id.Client, id.Scopes
	return found, nil
}

// checkSession refuses a token whose session belongs to another user or token format: its number
// may identify another user by now. A session that is not stored is not an error, since not
// every login starts a stored one.
func (e *Verifier) checkSession(ctx context.Context, l *compiled.TokenFormat, t *token.Token, id *api.Identity) error {
	sid := t.Claims().String("sid")
	if sid == "" || l.Verifying != nil {
		return nil
	}
	s, err := e.Families.Session(ctx, sid)
	switch {
	case errors.Is(err, api.ErrNotFound):
		return nil
	case err != nil:
		return api.Wrap(api.Unavailable, "", "sessions cannot be looked up at the moment", err)
	case s.Subject != id.Subject || s.TokenFormat != l.Name:
		return api.E(api.Unauthenticated, api.ReasonTokenSubject, "the token does not belong to its session")
	}
	return nil
}

func proof(l *compiled.TokenFormat, t *token.Token, key api.Key) api.Proof {
	c := t.Claims()
	p := api.Proof{
		TokenID: c.String("jti"), Session: c.String("sid"), KeyID: key.ID, KeyUntil: key.Until,
		Issuer: c.String("iss"), TokenFormat: l.Name, Claims: c,
		IssuedAt: t.Issued(), ExpiresAt: t.Expires(),
	}
	if p.TokenID == "" {
		digest := t.Digest()
		p.TokenID = hex.EncodeToString(digest[:])
	}
	if l.Verifying != nil { // revocations of our tokens must not affect theirs, or vice versa
		p.TokenID, p.KeyID, p.Session = l.Name+":"+p.TokenID, l.Name+":"+p.KeyID, ""
	}
	return p
}

// CheckToken runs the token format's Check, then token-verify for each way of reading the
// request. at is nil for a token that is not used at a particular place.
func (e *Verifier) CheckToken(ctx context.Context, p *compiled.Policy, id *api.Identity, at *compiled.Target, a *api.Attempt) error {
	if id.Proof.TokenID == "" {
		return nil
	}
	if l, ok := p.TokenFormat(id.Proof.TokenFormat); ok && l.Check != nil {
		if err := l.AskCheck(id.Proof.Claims, a); err != nil {
			return err
		}
	}
	if p.Hooks.TokenVerify.Len() == 0 {
		return nil
	}
	if at == nil {
		return e.askTokenVerify(ctx, p, id, p.Shown(a))
	}
	return e.askEachTokenVerify(ctx, p, id, at, a)
}

func (e *Verifier) askEachTokenVerify(ctx context.Context, p *compiled.Policy, id *api.Identity, at *compiled.Target, a *api.Attempt) error {
	for seen := range at.Views(a) {
		if err := e.askTokenVerify(ctx, p, id, seen); err != nil {
			return err
		}
	}
	return nil
}

func (e *Verifier) askTokenVerify(ctx context.Context, p *compiled.Policy, id *api.Identity, a *api.Attempt) error {
	_, err := p.Hooks.TokenVerify.Apply(ctx, point.TokenCheck{
		Claims: id.Proof.Claims, KeyID: id.Proof.KeyID, Identity: *id, Attempt: a,
	})
	if err != nil {
		return e.Events.HookError(ctx, err)
	}
	return nil
}
