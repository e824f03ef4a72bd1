package app

import (
	"context"
	"fmt"
	"log/slog"

	"go.uber.org/fx"

	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/users"
	"github.com/cardea-auth/cardea/core/users/wordpress"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/internal/setting"
	"github.com/cardea-auth/cardea/server/state"
)

// keeping provides the store, the keys and the user directories.
var keeping = fx.Options(
	fx.Module("store", fx.Provide(newStore)),
	fx.Module("keys", fx.Provide(newKeys)),
	fx.Module("users", fx.Provide(newSites, newPasswords, newDirectories)),
)

func newStore(opened *cleanup, cfg *config.Config, o Options, log *slog.Logger) (store.Store, error) {
	s, err := state.OpenStore(cfg, o.ReadOnly, log)
	if err != nil && !o.offline {
		err = setting.About(storeSetting(cfg), err) // the check of a start reports it there
	}
	if err != nil {
		return nil, err
	}
	opened.add(s)
	return s, nil
}

// storeSetting returns the setting that says where the store is.
func storeSetting(cfg *config.Config) string {
	if cfg.Store.DSN != "" {
		return "store.dsn"
	}
	return "data"
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
		return nil, err // has its context already
	}
	opened.add(ring)
	return ring, nil
}

// sites holds the directories of type wordpress by name.
type sites map[string]*wordpress.Directory

// newSites opens the WordPress directories. An unreachable database is not an error: the
// server starts, known tokens keep working, and logins get 503 until it is reachable.
func newSites(opened *cleanup, cfg *config.Config, s store.Store, log *slog.Logger) (sites, error) {
	list := sites{}
	for i, u := range cfg.Users {
		if u.Type != "wordpress" {
			continue
		}
		d, err := state.OpenSite(cfg, u, s, log)
		if err != nil {
			return nil, &setting.Error{Key: fmt.Sprintf("users[%d].dsn", i), Name: u.Name, Err: err}
		}
		opened.add(d)
		list[u.Name] = d
	}
	return list, nil
}

func newPasswords(cfg *config.Config, o Options) *users.Passwords {
	c := o.passwords
	c.Concurrent = cfg.Limits.HashConcurrency
	return users.NewPasswords(c)
}

func newDirectories(cfg *config.Config, s store.Store, pw *users.Passwords, list sites) []users.Directory {
	var dirs []users.Directory
	for _, d := range cfg.Users {
		if site := list[d.Name]; site != nil {
			dirs = append(dirs, site)
			continue
		}
		dirs = append(dirs, users.NewStore(s, users.StoreConfig{
			Name: d.Name, MaxTokenLife: cfg.Tokens.MaxTTL.Std(), Passwords: pw, RevokeOn: state.RevokeOn(cfg),
		}))
	}
	return dirs
}
