package app

import (
	"errors"
	"fmt"
	"log/slog"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/files"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/server/config"
)

// foreignLayouts are the layouts of the issuers besides us.
type foreignLayouts []core.Layout

// newForeignLayouts fetches nothing: an issuer that is down must not keep the
// gate from opening.
func newForeignLayouts(cfg *config.Config, log *slog.Logger) (foreignLayouts, error) {
	var list foreignLayouts
	var errs []error
	for i, x := range cfg.Issuers {
		l, err := foreignLayout(x, log)
		if err != nil {
			errs = append(errs, &settingError{fmt.Sprintf("issuers[%d]", i), x.Name, err})
			continue
		}
		l.Places = places(cfg, x.Sites)
		list = append(list, l)
	}
	return list, errors.Join(errs...)
}

func foreignLayout(x config.Issuer, log *slog.Logger) (core.Layout, error) {
	f := core.ForeignIssuer{
		Name: x.Name, Issuer: x.Issuer, Audience: x.Audience,
		SubjectClaim: x.SubjectClaim, RolesClaim: x.RolesClaim, Roles: x.Roles, MaxLifetime: x.MaxLifetime.Std(),
	}
	if x.JWKSFile != "" {
		data, err := files.Read(x.JWKSFile, maxKeyFile)
		if err != nil {
			return core.Layout{}, fmt.Errorf("jwks_file: %w", err)
		}
		set, err := keys.ParseSetFor(data, x.Algorithms)
		if err != nil {
			return core.Layout{}, fmt.Errorf("jwks_file %s: %w", x.JWKSFile, err)
		}
		f.Keys = keys.Fixed(set)
		return core.ForeignLayout(f)
	}
	remote, err := keys.OpenRemote(keys.RemoteConfig{
		Issuer: x.Issuer, URL: x.JWKSURL, Algorithms: x.Algorithms, AllowPrivate: x.AllowPrivate, Logger: log,
	})
	if err != nil {
		return core.Layout{}, err
	}
	f.Keys = remote.Verifying
	return core.ForeignLayout(f)
}
