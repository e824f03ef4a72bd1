package mount

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/files"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/internal/setting"
	"github.com/cardea-auth/cardea/server/state"
)

// IssuerLayouts are the layouts of the issuers besides us.
type IssuerLayouts []core.Layout

// OpenIssuers fetches nothing: an issuer that is down must not keep the
// gate from opening.
func OpenIssuers(cfg *config.Config, log *slog.Logger) (IssuerLayouts, error) {
	var list IssuerLayouts
	var errs []error
	for i, x := range cfg.Issuers {
		l, err := foreignLayout(x, cfg.Tokens.Leeway.Std(), log)
		if err != nil {
			errs = append(errs, &setting.Error{Key: fmt.Sprintf("issuers[%d]", i), Name: x.Name, Err: err})
			continue
		}
		l.Places = Places(cfg, x.Sites)
		list = append(list, l)
	}
	return list, errors.Join(errs...)
}

func foreignLayout(x config.Issuer, leeway time.Duration, log *slog.Logger) (core.Layout, error) {
	f := core.ForeignIssuer{
		Name: x.Name, Issuer: x.Issuer, Audience: x.Audience,
		SubjectClaim: x.SubjectClaim, RolesClaim: x.RolesClaim, Roles: x.Roles, MaxLifetime: x.MaxLifetime.Std(), Leeway: leeway,
	}
	if x.JWKSFile != "" {
		data, err := files.Read(x.JWKSFile, state.MaxKeyFile)
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
