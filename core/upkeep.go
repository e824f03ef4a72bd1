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

// How often the engine is kept up: keys move within seconds, sessions that are over can
// wait.
const (
	upkeepEvery = 2 * time.Second
	pruneEvery  = 10 * time.Minute
)

// startUpkeep does the upkeep in the background until the engine closes.
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

// Upkeep does what must be done every few seconds: it moves signing keys along
// their schedule, also after another process changed them, stores when API keys were
// last used, and sees to it that revocations are kept as long as tokens live. What failed
// is as it was, and the rest is done all the same. The engine calls it by itself; see
// Config.UpkeepEvery.
func (a *Admin) Upkeep(ctx context.Context) error {
	p := a.e.env.Policy.Load()
	a.e.env.NoteLongest(ctx, p)
	a.e.env.HeedLongest(p)
	changes, err := a.e.env.Keys.Tick(ctx, a.e.env.Now())
	if err != nil {
		err = fmt.Errorf("move keys along: %w", err)
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

// Prune forgets sessions that are over. The engine calls it by itself; see
// Config.PruneEvery.
func (a *Admin) Prune(ctx context.Context) error {
	_, err := a.e.env.Families.Prune(ctx)
	return err
}

// RotateKeys begins to replace the active signing key, as actor asks; see
// [keys.Ring.Rotate].
func (a *Admin) RotateKeys(ctx context.Context, actor string) error {
	changes, err := a.e.env.Keys.Rotate(ctx)
	for _, c := range changes {
		a.keyChanged(ctx, c, actor)
	}
	return storeerr.SigningKey(err, "")
}

// RevokeKey takes a signing key out at once, with every token that it signed. A key
// that is not there, or is given by the configuration, is an error, and then nothing is
// revoked: Conflict for one that was revoked before.
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

// RevokedKeys returns the ids of keys in the ring that were revoked, as after an older
// file of keys was restored: what they sign is refused.
func (a *Admin) RevokedKeys() []string {
	var list []string
	for _, k := range a.e.env.Keys.All() {
		if a.e.env.Index.IsKeyRevoked(k.ID) {
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
func (a *Admin) OwnSecrets() []OwnSecret {
	var list []OwnSecret
	for _, l := range a.e.env.Policy.Load().Layouts {
		if len(l.Keys) > 0 && l.Verifying == nil {
			list = append(list, OwnSecret{l.Name, l.Keys[0].Algorithm, l.Keys[0].Weak})
		}
	}
	return list
}
