package core

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/chore"
	"github.com/cardea-auth/cardea/core/internal/operator"
	"github.com/cardea-auth/cardea/core/internal/storeerr"
	"github.com/cardea-auth/cardea/core/keys"
)

// The default upkeep intervals. Key changes must take effect within seconds; deleting
// expired sessions can wait.
const (
	upkeepEvery = 2 * time.Second
	pruneEvery  = 10 * time.Minute
)

// startUpkeep runs the upkeep in the background until the engine is closed.
func (e opening) startUpkeep(c Config) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	for _, job := range [...]chore.Chore{
		{Name: "keys and uses of API keys", Every: cmp.Or(c.UpkeepEvery, upkeepEvery), Do: e.admin.Upkeep},
		{Name: "sessions", Every: cmp.Or(c.PruneEvery, pruneEvery), Do: e.admin.Prune},
	} {
		if job.Every > 0 {
			running.Go(func() { job.Repeat(ctx, e.env.Log) })
		}
	}
	e.upkept = func() { cancel(); running.Wait() }
}

// Upkeep does the work that is due every few seconds: it applies the schedule of signing
// keys, including changes by other processes, stores when API keys were last used, and
// extends how long revocations are kept if tokens live longer. A step that fails leaves its
// state unchanged and does not stop the others. The engine calls it by itself; see
// Config.UpkeepEvery.
func (a *Admin) Upkeep(ctx context.Context) error {
	p := a.e.env.Policy.Load()
	a.e.env.NoteLongest(ctx, p)
	a.e.env.HeedLongest(p)
	changes, err := a.e.env.Keys.Tick(ctx, a.e.env.Now())
	if err != nil {
		err = fmt.Errorf("apply the schedule of signing keys: %w", err)
	}
	for _, c := range changes {
		a.keyChanged(ctx, c, "schedule")
	}
	return errors.Join(err, a.e.env.WriteUses(ctx))
}

func (a *Admin) keyChanged(ctx context.Context, c keys.Change, actor string) {
	if c.To == keys.Active {
		a.e.env.Events.Fire(ctx, a.e.Hooks().KeyRotated, Event{Target: c.KeyID, Reason: c.Algorithm, Actor: actor})
	}
}

// Prune deletes expired sessions. The engine calls it by itself; see Config.PruneEvery.
func (a *Admin) Prune(ctx context.Context) error {
	_, err := a.e.env.Families.Prune(ctx)
	return err
}

// RotateKeys starts to replace the active signing key. actor is recorded in the events. See
// [keys.Ring.Rotate].
func (a *Admin) RotateKeys(ctx context.Context, actor string) error {
	changes, err := a.e.env.Keys.Rotate(ctx)
	for _, c := range changes {
		a.keyChanged(ctx, c, actor)
	}
	return storeerr.SigningKey(err, "")
}

// RevokeKey removes a signing key immediately and revokes every token that it signed. An
// unknown key, or one from the configuration, is an error, and nothing is revoked. A key
// that is already revoked is Conflict.
func (a *Admin) RevokeKey(ctx context.Context, kid, actor string) error {
	changes, err := a.e.env.Keys.Remove(ctx, kid)
	if errors.Is(err, ErrNotFound) && a.e.env.Index.IsKeyRevoked(kid) {
		return operator.RevokedBefore(fmt.Sprintf("signing key %.100q was revoked", kid))
	}
	if err != nil {
		return storeerr.SigningKey(err, kid)
	}
	for _, c := range changes {
		a.keyChanged(ctx, c, actor)
	}
	return a.e.revoker.Revoke(ctx, api.Revocation{Kind: api.RevokeKey, Key: kid, Reason: "signing key revoked", Actor: actor})
}

// RevokedKeys returns the ids of keys in the ring that are revoked, as after an older key
// file was restored. Tokens that they sign are refused.
func (a *Admin) RevokedKeys() []string {
	var list []string
	for _, k := range a.e.env.Keys.All() {
		if a.e.env.Index.IsKeyRevoked(k.ID) {
			list = append(list, k.ID)
		}
	}
	return list
}

// FormatsWithoutClient lists the token formats, in order, whose tokens do not name their
// client, so that revoking the client does not refuse them. Token formats of external
// issuers are not included.
func (a *Admin) FormatsWithoutClient() []string {
	var list []string
	for _, l := range a.e.env.Policy.Load().TokenFormats {
		if l.Verifying == nil && !l.CarriesClient() {
			list = append(list, l.Name)
		}
	}
	return list
}

// OwnSecret describes a token format that signs or verifies with a configured key of its own
// instead of the engine's keys.
type OwnSecret struct {
	TokenFormat string // the mount's name
	Algorithm   string
	Weak        bool // verifies only
	// PreviousUntil is until when the key that it has replaced verifies; zero: there is none
	// that still does.
	PreviousUntil time.Time
}

// OwnSecrets lists the token formats with a key of their own, in order. Token formats of
// external issuers are not included.
func (a *Admin) OwnSecrets() []OwnSecret {
	var list []OwnSecret
	for _, l := range a.e.env.Policy.Load().TokenFormats {
		if len(l.Keys) > 0 && l.Verifying == nil {
			s := OwnSecret{TokenFormat: l.Name, Algorithm: l.Keys[0].Algorithm, Weak: l.Keys[0].Weak}
			for _, key := range l.Keys[1:] {
				if key.Until.After(a.e.env.Now()) && key.Until.After(s.PreviousUntil) {
					s.PreviousUntil = key.Until
				}
			}
			list = append(list, s)
		}
	}
	return list
}
