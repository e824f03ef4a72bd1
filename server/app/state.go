package app

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"time"

	"go.uber.org/fx"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/files"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/store/memory"
	"github.com/cardea-auth/cardea/core/store/sqlite"
	"github.com/cardea-auth/cardea/server/config"
)

// keeping is what lives as long as the process.
var keeping = fx.Options(
	fx.Module("store", fx.Provide(newStore)),
	fx.Module("keys", fx.Provide(newKeys)),
	fx.Module("users", fx.Provide(newSites, newPasswords, newDirectories)),
)

// openTimeout bounds opening one part.
const openTimeout = 30 * time.Second

func newStore(opened *cleanup, cfg *config.Config, o Options, log *slog.Logger) (store.Store, error) {
	s, err := openStore(cfg, o.ReadOnly, log)
	if err != nil {
		return nil, err
	}
	opened.add(s)
	return s, nil
}

func openStore(cfg *config.Config, readOnly bool, log *slog.Logger) (store.Store, error) {
	if cfg.Store.Driver == "memory" {
		return memory.New(), nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), openTimeout)
	defer cancel()
	return sqlite.Open(ctx, sqlite.Config{Path: storePath(cfg), Logger: log, ReadOnly: readOnly})
}

// storePath is where the database is.
func storePath(cfg *config.Config) string {
	return cmp.Or(cfg.Store.DSN.Reveal(), filepath.Join(cfg.Data, "cardea.db"))
}

func newKeys(opened *cleanup, cfg *config.Config, o Options, s store.Store, log *slog.Logger) (*keys.Ring, error) {
	c, err := keyConfig(cfg, log)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), openTimeout)
	defer cancel()
	if c.ReadOnly = o.ReadOnly; !c.ReadOnly {
		warnOfLostKeys(ctx, s, c.File, log)
	}
	ring, err := keys.Open(ctx, c)
	if err != nil {
		return nil, err // it says what it is about
	}
	opened.add(ring)
	return ring, nil
}

// keysFile holds the generated keys that sign tokens, in the data directory.
const keysFile = "keys.json"

func keyConfig(cfg *config.Config, log *slog.Logger) (keys.Config, error) {
	c := keys.Config{Algorithm: cfg.Keys.Algorithm, Also: cfg.Keys.Also, Logger: log, Schedule: keys.Schedule{
		RotateEvery: cfg.Keys.RotateEvery.Std(), PublishAhead: cfg.Keys.PublishAhead.Std(), KeepFor: cfg.Tokens.MaxTTL.Std(),
	}}
	given, err := givenKey(cfg.Keys)
	if err != nil {
		return c, err
	}
	switch {
	case given != nil && given.Weak:
		c.Besides = []api.Key{*given}
		if cfg.Store.Driver != "memory" {
			c.File = filepath.Join(cfg.Data, keysFile)
		}
	case given != nil:
		c.Given = []api.Key{*given}
	case cfg.Store.Driver != "memory":
		c.File = filepath.Join(cfg.Data, keysFile)
	}
	return c, nil
}

// givenKey is the key that the operator configured, nil if none.
func givenKey(k config.Keys) (*api.Key, error) {
	text, named := k.Secret, "keys.secret"
	if k.File != "" {
		named = "keys.file"
		data, err := files.Read(k.File, maxKeyFile)
		if err != nil {
			return nil, aboutSetting("keys.file", err)
		}
		text = api.Secret(data)
	}
	if text == "" {
		return nil, nil
	}
	key, err := keys.FromText("", k.Algorithm, text)
	if weak, ok := errors.AsType[*keys.WeakSecretError](err); ok && k.AllowWeakSecret {
		key, err = keys.VerifyOnly("weak-secret", weak.Algorithm, text)
	}
	if err != nil {
		return nil, aboutSetting(named, err)
	}
	return &key, nil
}
