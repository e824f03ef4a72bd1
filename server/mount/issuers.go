package mount

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/files"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/core/keys/issuerkeys"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/internal/setting"
	"github.com/cardea-auth/cardea/server/state"
)

// IssuerFormats are the token formats of the external issuers.
type IssuerFormats []core.TokenFormat

// OpenIssuers returns the token formats of the configured issuers. It fetches no keys, so
// the server can start while an issuer is down.
func OpenIssuers(cfg *config.Config, log *slog.Logger) (IssuerFormats, error) {
	var list IssuerFormats
	var errs []error
	for i, x := range cfg.Issuers {
		l, err := externalFormat(x, cfg.Tokens.Leeway.Std(), log)
		if err != nil {
			errs = append(errs, &setting.Error{Key: fmt.Sprintf("issuers[%d]", i), Name: x.Name, Err: err})
			continue
		}
		l.Places = Places(cfg, x.Sites)
		list = append(list, l)
	}
	return list, errors.Join(errs...)
}

func externalFormat(x config.Issuer, leeway time.Duration, log *slog.Logger) (core.TokenFormat, error) {
	f := core.ExternalIssuer{
		Name: x.Name, Issuer: x.Issuer, Audience: x.Audience,
		SubjectClaim: x.SubjectClaim, RolesClaim: x.RolesClaim, Roles: x.Roles, MaxLifetime: x.MaxLifetime.Std(), Leeway: leeway,
	}
	if x.JWKSFile != "" {
		data, err := files.Read(x.JWKSFile, state.MaxKeyFile)
		if err != nil {
			return core.TokenFormat{}, fmt.Errorf("jwks_file: %w", err)
		}
		set, err := keys.ParseSetFor(data, x.Algorithms)
		if err != nil {
			return core.TokenFormat{}, fmt.Errorf("jwks_file %s: %w", x.JWKSFile, err)
		}
		f.Keys = issuerkeys.Fixed(set)
		return core.ExternalTokenFormat(f)
	}
	remote, err := issuerkeys.Open(issuerkeys.Config{
		Issuer: x.Issuer, URL: x.JWKSURL, Algorithms: x.Algorithms, AllowPrivate: x.AllowPrivate, Logger: log,
	})
	if err != nil {
		return core.TokenFormat{}, err
	}
	f.Keys = remote.Verifying
	return core.ExternalTokenFormat(f)
}
