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
func (e *Engine) startUpkeep(c Config) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	for _, c := range [...]chore.Chore{
		{Name: "keys and uses of API keys", Every: cmp.Or(c.UpkeepEvery, upkeepEvery), Do: e.upkeep},
		{Name: "sessions", Every: cmp.Or(c.PruneEvery, pruneEvery), Do: e.prune},
	} {
		if c.Every > 0 {
			running.Go(func() { c.Repeat(ctx, e.env.Log) })
		}
	}
	e.upkept = func() { cancel(); running.Wait() }
}

// upkeep is [Admin.Upkeep].
func (e *Engine) upkeep(ctx context.Context) error {
	p := e.env.Policy.Load()
	e.env.NoteLongest(ctx, p)
	e.env.HeedLongest(p)
	changes, err := e.env.Keys.Tick(ctx, e.env.Now())
	if err != nil {
		err = fmt.Errorf("move keys along: %w", err)
	}
	for _, c := range changes {
		e.keyChanged(ctx, c, "schedule")
	}
	return errors.Join(err, e.env.WriteUses(ctx))
}

func (e *Engine) keyChanged(ctx context.Context, c keys.Change, actor string) {
	if c.To == keys.Active {
		e.env.Events.Fire(ctx, e.Hooks().KeyRotated, Event{Target: c.KeyID, Reason: c.Algorithm, Actor: actor})
	}
}

// prune is [Admin.Prune].
func (e *Engine) prune(ctx context.Context) error {
	_, err := e.env.Families.Prune(ctx)
	return err
}

// rotateKeys is [Admin.RotateKeys].
func (e *Engine) rotateKeys(ctx context.Context, actor string) error {
	changes, err := e.env.Keys.Rotate(ctx)
	for _, c := range changes {
		e.keyChanged(ctx, c, actor)
	}
	return storeerr.SigningKey(err, "")
}

// revokeKey is [Admin.RevokeKey].
func (e *Engine) revokeKey(ctx context.Context, kid, actor string) error {
	changes, err := e.env.Keys.Remove(ctx, kid)
	if errors.Is(err, ErrNotFound) && e.env.Index.IsKeyRevoked(kid) {
		return operator.RevokedBefore(fmt.Sprintf("signing key %.100q was revoked", kid))
	}
	if err != nil {
		return storeerr.SigningKey(err, kid)
	}
	for _, c := range changes {
		e.keyChanged(ctx, c, actor)
	}
	return e.revoker.Revoke(ctx, api.Revocation{Kind: api.RevokeKey, Key: kid, Reason: "signing key revoked", Actor: actor})
}

// revokedKeys is [Admin.RevokedKeys].
func (e *Engine) revokedKeys() []string {
	var list []string
	for _, k := range e.env.Keys.All() {
		if e.env.Index.IsKeyRevoked(k.ID) {
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

// ownSecrets is [Admin.OwnSecrets].
func (e *Engine) ownSecrets() []OwnSecret {
	var list []OwnSecret
	for _, l := range e.env.Policy.Load().Layouts {
		if len(l.Keys) > 0 && l.Verifying == nil {
			list = append(list, OwnSecret{l.Name, l.Keys[0].Algorithm, l.Keys[0].Weak})
		}
	}
	return list
}
