package core

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/credential"
	"github.com/cardea-auth/cardea/core/internal/compiled"
	"github.com/cardea-auth/cardea/core/internal/storeerr"
	"github.com/cardea-auth/cardea/core/session"
)

// revokeAPIKey revokes a key. One that the store and the index know as revoked is not
// revoked again; of those who revoke one at once the first writes.
func (e *Engine) revokeAPIKey(ctx context.Context, id, reason, actor string) error {
	unlock, err := e.revoking.Lock(ctx, string(api.RevokeAPIKey)+" "+id)
	if err != nil {
		return fmt.Errorf("revoke API key %s: %w", id, err)
	}
	defer unlock()
	if e.isKeyRevoked(ctx, id) {
		return nil
	}
	at := e.env.Now()
	r := api.Revocation{
		Kind: api.RevokeAPIKey, Key: id, At: at, Expires: at.Add(compiled.APIKeyMemory), Reason: reason, Actor: actor,
	}
	if err := e.env.Store.RevokeAPIKey(ctx, id, at, r); err != nil {
		return err
	}
	e.env.Index.Apply(r)
	e.env.Events.Fire(ctx, e.Hooks().APIKeyRevoked, Event{Target: id, Reason: reason, Actor: actor})
	return nil
}

func (e *Engine) isKeyRevoked(ctx context.Context, id string) bool {
	if !e.env.Index.Holds(&api.Revocation{Kind: api.RevokeAPIKey, Key: id, Expires: e.env.Now()}) {
		return false
	}
	key, err := e.env.Store.APIKey(ctx, id)
	return err == nil && !key.Revoked.IsZero()
}

// endSessionOf is [Admin.EndSession].
func (e *Engine) endSessionOf(ctx context.Context, id, reason, actor string) error {
	return storeerr.Session(e.endSession(ctx, id, reason, actor), id)
}

func (e *Engine) endSession(ctx context.Context, id, reason, actor string) error {
	s, err := e.env.Families.End(ctx, id, reason, actor)
	if err != nil {
		return err
	}
	e.sessionEnded(ctx, s, reason, actor)
	return nil
}

func (e *Engine) sessionEnded(ctx context.Context, s api.Session, reason, actor string) {
	e.env.Events.Fire(ctx, e.Hooks().SessionEnded, Event{
		Identity: api.Identity{Subject: s.Subject}, Target: s.ID, Reason: reason, Actor: actor, Dialect: cmp.Or(s.Dialect, s.Layout),
	})
}

// closeSession is [Tokens.CloseSession].
func (e *Engine) closeSession(ctx context.Context, id, reason, actor string) error {
	s, err := e.env.Families.Close(ctx, id, reason, actor)
	if err != nil {
		return err
	}
	e.sessionEnded(ctx, s, reason, actor)
	return nil
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
	if e.env.Policy.Load().Tokens.KeepOnLogout {
		s, err := e.env.Families.Close(ctx, id.Proof.Session, reason, id.Login)
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
		s, err := e.env.Families.EndByToken(ctx, text.Reveal(), reason, "")
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err == nil {
			e.sessionEnded(ctx, s, reason, "")
		}
		return err
	}
	id, err := e.verifier.Verify(ctx, e.env.Policy.Load(), VerifyRequest{Token: text.Reveal()})
	if api.CodeOf(err) == api.Unauthenticated {
		return nil
	}
	if err != nil {
		return err
	}
	return e.revokeBearer(ctx, id, reason, id.Login)
}

// reportLeaked is [Tokens.ReportLeaked].
func (e *Engine) reportLeaked(ctx context.Context, text api.Secret, from api.Peer) error {
	id, digest, ok := credential.ParseAPIKey(text.Reveal())
	if !ok {
		return nil
	}
	key, err := e.env.Store.APIKey(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return api.Wrap(api.Unavailable, "", "API keys cannot be revoked at the moment", err)
	}
	if _, real := key.Accepts(digest, e.env.Now()); !real {
		return nil
	}
	return e.revokeAPIKey(ctx, id, "reported as leaked", "leak report from "+from.IP())
}
