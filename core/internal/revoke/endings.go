package revoke

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/credential"
	"github.com/cardea-auth/cardea/core/internal/compiled"
	"github.com/cardea-auth/cardea/core/internal/storeerr"
	"github.com/cardea-auth/cardea/core/point"
	"github.com/cardea-auth/cardea/core/session"
)

// APIKey revokes a key. It does nothing if store and index already have it as revoked; of
// concurrent calls only the first writes.
func (e *Revoker) APIKey(ctx context.Context, id, reason, actor string) error {
	unlock, err := e.revoking.Lock(ctx, string(api.RevokeAPIKey)+" "+id)
	if err != nil {
		return fmt.Errorf("revoke API key %s: %w", id, err)
	}
	defer unlock()
	if e.isKeyRevoked(ctx, id) {
		return nil
	}
	at := e.Now()
	r := api.Revocation{
		Kind: api.RevokeAPIKey, Key: id, At: at, Expires: at.Add(compiled.APIKeyMemory), Reason: reason, Actor: actor,
	}
	if err := e.Store.RevokeAPIKey(ctx, id, at, r); err != nil {
		return err
	}
	e.Index.Apply(r)
	e.Events.Fire(ctx, e.Hooks().APIKeyRevoked, point.Event{Target: id, Reason: reason, Actor: actor})
	return nil
}

func (e *Revoker) isKeyRevoked(ctx context.Context, id string) bool {
	if !e.Index.Holds(&api.Revocation{Kind: api.RevokeAPIKey, Key: id, Expires: e.Now()}) {
		return false
	}
	key, err := e.Store.APIKey(ctx, id)
	return err == nil && !key.Revoked.IsZero()
}

// EndSessionOf implements core.Admin.EndSession.
func (e *Revoker) EndSessionOf(ctx context.Context, id, reason, actor string) error {
	return storeerr.Session(e.EndSession(ctx, id, reason, actor), id)
}

// EndSession ends a session and all its tokens. An unknown one is [api.ErrNotFound].
func (e *Revoker) EndSession(ctx context.Context, id, reason, actor string) error {
	s, err := e.Families.End(ctx, id, reason, actor)
	if err != nil {
		return err
	}
	e.SessionEnded(ctx, s, reason, actor)
	return nil
}

// SessionEnded fires the event for an ended session.
func (e *Revoker) SessionEnded(ctx context.Context, s api.Session, reason, actor string) {
	e.Events.Fire(ctx, e.Hooks().SessionEnded, point.Event{
		Identity: api.Identity{Subject: s.Subject}, Target: s.ID, Reason: reason, Actor: actor, Dialect: cmp.Or(s.Dialect, s.TokenFormat),
	})
}

// CloseSession implements core.Tokens.CloseSession.
func (e *Revoker) CloseSession(ctx context.Context, id, reason, actor string) error {
	s, err := e.Families.Close(ctx, id, reason, actor)
	if err != nil {
		return err
	}
	e.SessionEnded(ctx, s, reason, actor)
	return nil
}

// Logout implements core.Tokens.Logout.
func (e *Revoker) Logout(ctx context.Context, id api.Identity) error {
	const reason = "logout"
	if id.Proof.Session != "" {
		err := e.endOwn(ctx, id, reason)
		if !errors.Is(err, api.ErrNotFound) {
			return err
		}
		return e.Revoke(ctx, api.Revocation{Kind: api.RevokeSession, Key: id.Proof.Session, Reason: reason, Actor: id.Login})
	}
	if id.Proof.TokenID != "" {
		return e.Bearer(ctx, id, reason, id.Login)
	}
	return nil
}

func (e *Revoker) endOwn(ctx context.Context, id api.Identity, reason string) error {
	if e.Policy.Load().Tokens.KeepOnLogout {
		s, err := e.Families.Close(ctx, id.Proof.Session, reason, id.Login)
		if err == nil {
			e.SessionEnded(ctx, s, reason, id.Login)
		}
		return err
	}
	return e.EndSession(ctx, id.Proof.Session, reason, id.Login)
}

// Token implements core.Tokens.RevokeToken.
func (e *Revoker) Token(ctx context.Context, text api.Secret) error {
	const reason = "revoked by its holder"
	if session.HasRefreshForm(text.Reveal()) {
		s, err := e.Families.EndByToken(ctx, text.Reveal(), reason, "")
		if errors.Is(err, api.ErrNotFound) {
			return nil
		}
		if err == nil {
			e.SessionEnded(ctx, s, reason, "")
		}
		return err
	}
	id, err := e.verifier.Verify(ctx, e.Policy.Load(), api.VerifyRequest{Token: text.Reveal()})
	if api.CodeOf(err) == api.Unauthenticated {
		return nil
	}
	if err != nil {
		return err
	}
	return e.Bearer(ctx, id, reason, id.Login)
}

// ReportLeaked implements core.Tokens.ReportLeaked.
func (e *Revoker) ReportLeaked(ctx context.Context, text api.Secret, from api.Peer) error {
	id, digest, ok := credential.ParseAPIKey(text.Reveal())
	if !ok {
		return nil
	}
	key, err := e.Store.APIKey(ctx, id)
	if errors.Is(err, api.ErrNotFound) {
		return nil
	}
	if err != nil {
		return api.Wrap(api.Unavailable, "", "API keys cannot be revoked at the moment", err)
	}
	if _, real := key.Accepts(digest, e.Now()); !real {
		return nil
	}
	return e.APIKey(ctx, id, "reported as leaked", "leak report from "+from.IP())
}
