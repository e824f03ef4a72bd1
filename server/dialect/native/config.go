package native

import (
	"cmp"
	"errors"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/dialect"
)

// Config holds the settings of the dialect at a mount; the zero value is usable.
type Config struct {
	Issuer         string            `yaml:"issuer" doc:"Has no effect, since the dialect's tokens have tokens.issuer: set it there."`
	LoginNamesOnly bool              `yaml:"login_names_only" default:"false" doc:"Do not accept e-mail addresses as user names at this mount's logins."`
	Claims         map[string]string `yaml:"claims" doc:"Fields of the user that are copied into the tokens of this mount's logins, by the claims that hold them, such as {email: user.email, name: user.display}, for other applications that verify them: user.id, user.subject, user.directory, user.login, user.email, user.nicename, user.display, user.first_name, user.last_name, user.roles. Everyone who sees a token can read them. None by default."`
	AccessLife     time.Duration     `yaml:"access_life" default:"0s" doc:"Lifetime of the access tokens of this mount's logins. 0: tokens.access_ttl."`
	RefreshLife    time.Duration     `yaml:"refresh_life" default:"0s" doc:"Lifetime of the refresh tokens of this mount's logins. 0: tokens.refresh_ttl."`
}

var (
	_ dialect.Opener      = Config{}
	_ dialect.Lifetimer   = Config{}
	_ dialect.Ineffective = Config{}
	_ dialect.Claimer     = Config{}
)

// About implements [dialect.Describer].
func (Config) About() string { return "Cardea's own endpoints, with Cardea's own tokens" }

// Traits implements [dialect.Opener].
func (Config) Traits() dialect.Traits {
	return dialect.Traits{Base: Base}
}

// Lifetimes implements [dialect.Lifetimer].
func (c Config) Lifetimes() (access, refresh time.Duration) { return c.AccessLife, c.RefreshLife }

// UserClaims implements [dialect.Claimer].
func (c Config) UserClaims() map[string]string { return c.Claims }

// Ineffective implements [dialect.Ineffective].
func (c Config) Ineffective() error {
	if c.Issuer == "" {
		return nil
	}
	return api.IdleSetting("issuer", "with dialect native, whose tokens name tokens.issuer: write it there, or remove it")
}

// Open implements [dialect.Opener]. The default prefix of a mount is [Base].
func (c Config) Open(m dialect.Mount) (dialect.Dialect, error) {
	m.Prefix = cmp.Or(m.Prefix, Base)
	err := errors.Join(m.Check(), dialect.NotNegative("access_life", c.AccessLife), dialect.NotNegative("refresh_life", c.RefreshLife))
	if err != nil {
		return nil, err
	}
	return &Dialect{m, c}, nil
}
