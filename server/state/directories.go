package state

import (
	"context"
	"errors"
	"log/slog"
	"slices"

	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/users"
	"github.com/cardea-auth/cardea/core/users/wordpress"
	"github.com/cardea-auth/cardea/server/config"
)

// OpenSite opens a directory of type wordpress; changes of its users are written to the
// store. A database that does not respond is not an error.
func OpenSite(cfg *config.Config, u config.UserDirectory, s store.Store, log *slog.Logger) (*wordpress.Directory, error) {
	if u.DSN == "" {
		return nil, ErrNoDSN
	}
	ctx, cancel := context.WithTimeout(context.Background(), OpenTimeout)
	defer cancel()
	return wordpress.Open(ctx, wordpress.Config{
		Name: u.Name, Subject: u.Subject(), DSN: u.DSN, Prefix: u.Prefix, Site: int64(u.Site),
		NeedSuperAdmins: refusesAdministrators(cfg),
		Log:             s, RevokeOn: RevokeOn(cfg), MaxTokenLife: cfg.Tokens.MaxTTL.Std(), Logger: log,
	})
}

// refusesAdministrators reports whether some setting refuses administrators, and
// therefore must also refuse the super administrators of a network.
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

// ErrNoDSN says that a directory of type wordpress has no database.
var ErrNoDSN = errors.New("no dsn: write user:password@tcp(host:3306)/database, or name a file in dsn_file")

// RevokeOn returns the changes of a user that revoke the user's tokens.
func RevokeOn(cfg *config.Config) users.RevokeOn {
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
