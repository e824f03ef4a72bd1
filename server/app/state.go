package app

import (
	"context"
	"log/slog"

	"go.uber.org/fx"

	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/state"
)

// keeping is what lives as long as the process.
var keeping = fx.Options(
	fx.Module("store", fx.Provide(newStore)),
	fx.Module("keys", fx.Provide(newKeys)),
	fx.Module("users", fx.Provide(newSites, newPasswords, newDirectories)),
)

func newStore(opened *cleanup, cfg *config.Config, o Options, log *slog.Logger) (store.Store, error) {
	s, err := state.OpenStore(cfg, o.ReadOnly, log)
	if err != nil {
		return nil, err
	}
	opened.add(s)
	return s, nil
}

func newKeys(opened *cleanup, cfg *config.Config, o Options, s store.Store, log *slog.Logger) (*keys.Ring, error) {
	c, err := state.KeyConfig(cfg, log)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), state.OpenTimeout)
	defer cancel()
	if c.ReadOnly = o.ReadOnly; !c.ReadOnly {
		state.WarnOfLostKeys(ctx, s, c.File, log)
	}
	ring, err := keys.Open(ctx, c)
	if err != nil {
		return nil, err // it says what it is about
	}
	opened.add(ring)
	return ring, nil
}
