package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/users"
	"github.com/cardea-auth/cardea/core/users/wordpress"
	"github.com/cardea-auth/cardea/server/config"
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
		d, err := openSite(cfg, u, s, log)
		if err != nil {
			return nil, &settingError{fmt.Sprintf("users[%d].dsn", i), u.Name, err}
		}
		opened.add(d)
		list[u.Name] = d
	}
	return list, nil
}

func openSite(cfg *config.Config, u config.UserDirectory, s store.Store, log *slog.Logger) (*wordpress.Directory, error) {
	if u.DSN == "" {
		return nil, errNoDSN
	}
	ctx, cancel := context.WithTimeout(context.Background(), openTimeout)
	defer cancel()
	return wordpress.Open(ctx, wordpress.Config{
		Name: u.Name, Subject: u.Subject(), DSN: u.DSN, Prefix: u.Prefix, Site: int64(u.Site),
		NeedSuperAdmins: refusesAdministrators(cfg),
		Log:             s, RevokeOn: revokeOn(cfg), MaxTokenLife: cfg.Tokens.MaxTTL.Std(), Logger: log,
	})
}

// refusesAdministrators reports whether some setting refuses administrators something, and
// so the super administrators of a network as well.
func refusesAdministrators(cfg *config.Config) bool {
	lists := [][]string{cfg.Tokens.RefuseRoles}
	for _, m := range cfg.Methods {
		lists = append(lists, m.RefuseRoles)
	}
	for _, m := range cfg.Mounts {
		lists = append(lists, m.RefuseRoles.Login, m.RefuseRoles.Basic, m.RefuseRoles.JWT)
	}
	return slices.ContainsFunc(lists, func(list []string) bool { return slices.Contains(list, "administrator") })
}

var errNoDSN = errors.New("no dsn: write user:password@tcp(host:3306)/database, or name a file in dsn_file")

func revokeOn(cfg *config.Config) users.RevokeOn {
	on := cfg.Revocation.On
	return users.RevokeOn{
		Password: toggle(on.Password), Email: toggle(on.Email), Role: toggle(on.Role),
		Disable: toggle(on.Disable), Delete: toggle(on.Delete),
	}
}

func toggle(on bool) users.Toggle {
	if on {
		return users.On
	}
	return users.Off
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
			Name: d.Name, MaxTokenLife: cfg.Tokens.MaxTTL.Std(), Passwords: pw, RevokeOn: revokeOn(cfg),
		}))
	}
	return dirs
}
