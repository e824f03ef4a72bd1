package core

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/compiled"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/core/policy"
)

// fresh refuses when what is known of revocations is too old to decide on.
func (e *Engine) fresh(ctx context.Context, p *compiled.Policy) error {
	if p.WhenStale == policy.StaleOpen || e.tail.Staleness() <= p.MaxStaleness {
		return nil
	}
	if p.WhenStale == policy.StaleIntrospect {
		ctx, cancel := context.WithTimeout(ctx, introspectTimeout)
		defer cancel()
		if e.tail.Sync(ctx) == nil {
			return nil
		}
	}
	return api.E(api.Unavailable, api.ReasonStale, "revocations cannot be checked at the moment")
}

// introspectTimeout bounds what a request waits for the revocation log.
const introspectTimeout = time.Second

// Upkeep does what must be done every few seconds: it moves signing keys along
// their schedule, also after another process changed them, stores when API keys were
// last used, and sees to it that revocations are kept as long as tokens live. The owner of the engine calls it; what failed is as it
// was, and the rest is done all the same.
func (e *Engine) Upkeep(ctx context.Context) error {
	p := e.policy.Load()
	e.noteLongest(ctx, p)
	e.heedLongest(p)
	changes, err := e.keys.Tick(ctx, e.now())
	if err != nil {
		err = fmt.Errorf("move keys along: %w", err)
	}
	for _, c := range changes {
		e.keyChanged(ctx, c, "schedule")
	}
	return errors.Join(err, e.writeUses(ctx))
}

func (e *Engine) keyChanged(ctx context.Context, c keys.Change, actor string) {
	if c.To == keys.Active {
		e.fire(ctx, e.Hooks().KeyRotated, Event{Target: c.KeyID, Reason: c.Algorithm, Actor: actor})
	}
}

// Prune forgets sessions that are over. The owner calls it now and then.
func (e *Engine) Prune(ctx context.Context) error {
	_, err := e.families.Prune(ctx)
	return err
}

// RotateKeys begins to replace the active signing key, as actor asks; see
// [keys.Ring.Rotate].
func (e *Engine) RotateKeys(ctx context.Context, actor string) error {
	changes, err := e.keys.Rotate(ctx)
	for _, c := range changes {
		e.keyChanged(ctx, c, actor)
	}
	return storedKey(err, "")
}

// RevokeKey takes a signing key out at once, with every token that it signed. A key
// that is not there, or is given by the configuration, is an error, and then nothing is
// revoked: Conflict for one that was revoked before.
func (e *Engine) RevokeKey(ctx context.Context, kid, actor string) error {
	changes, err := e.keys.Remove(ctx, kid)
	if errors.Is(err, ErrNotFound) && e.index.IsKeyRevoked(kid) {
		return revokedBefore(fmt.Sprintf("signing key %.100q was revoked", kid))
	}
	if err != nil {
		return storedKey(err, kid)
	}
	for _, c := range changes {
		e.keyChanged(ctx, c, actor)
	}
	return e.Revoke(ctx, api.Revocation{Kind: api.RevokeKey, Key: kid, Reason: "signing key revoked", Actor: actor})
}

// RevokedKeys returns the ids of keys in the ring that were revoked, as after an older
// file of keys was restored: what they sign is refused.
func (e *Engine) RevokedKeys() []string {
	var list []string
	for _, k := range e.keys.All() {
		if e.index.IsKeyRevoked(k.ID) {
			list = append(list, k.ID)
		}
	}
	return list
}

// OwnSecret is a layout that signs or verifies with a key of its own, which is a
// setting, and not with the engine's.
type OwnSecret struct {
	Layout    string // the mount's name
	Algorithm string
	Weak      bool // it verifies and does not sign
}

// OwnSecrets lists the layouts with a key of their own, in their order. Those of
// external issuers are not ours.
func (e *Engine) OwnSecrets() []OwnSecret {
	var list []OwnSecret
	for _, l := range e.policy.Load().Layouts {
		if len(l.Keys) > 0 && l.Verifying == nil {
			list = append(list, OwnSecret{l.Name, l.Keys[0].Algorithm, l.Keys[0].Weak})
		}
	}
	return list
}
