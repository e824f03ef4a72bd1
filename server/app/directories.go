package app

import (
	"fmt"
	"log/slog"

	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/users"
	"github.com/cardea-auth/cardea/core/users/wordpress"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/internal/setting"
	"github.com/cardea-auth/cardea/server/state"
)

// sites are the directories of type wordpress, by name.
type sites map[string]*wordpress.Directory

// newSites opens them. A database that does not answer is no error: the gate
// opens, known tokens keep working, and logins are answered 503 until it does.
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

func newPasswords(cfg *config.Config) *users.Passwords {
	return users.NewPasswords(users.PasswordConfig{Concurrent: cfg.Limits.HashConcurrency})
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
