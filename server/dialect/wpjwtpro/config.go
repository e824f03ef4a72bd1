package wpjwtpro

import (
	"errors"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/dialect"
)

// Config holds the settings of the dialect at a mount; the zero value is usable.
type Config struct {
	dialect.Common `yaml:",inline"`

	RefreshLife   time.Duration `yaml:"refresh_life" default:"0s" doc:"Lifetime of the mount's refresh tokens. 0: the plugin's."`
	RefreshGrace  time.Duration `yaml:"refresh_grace" default:"0s" doc:"How long a used refresh token returns its successor again, for clients that lost the response; this ends when the successor is used. 0: a refresh token can be used once, as with the plugin."`
	ErrorCodes    string        `yaml:"error_codes" default:"exact" enum:"exact|documented" doc:"exact sends the codes of the plugin; documented sends those of its documentation."`
	RateLimit     int           `yaml:"rate_limit" default:"0" doc:"Calls per minute that one address may make. 0: the plugin's number; -1: no limit."`
	ForeignTokens bool          `yaml:"foreign_tokens" default:"false" doc:"Accept tokens that the plugin itself issued, for the time of a migration. The plugin never accepts Cardea's."`
}

var (
	_ dialect.Opener    = Config{}
	_ dialect.Validator = Config{}
)

// About implements [dialect.Describer].
func (Config) About() string {
	return "JWT Auth Pro, which ignores a bad token"
}

// Traits implements [dialect.Opener].
func (Config) Traits() dialect.Traits { return dialect.OfPlugin() }

// Lifetimes implements [dialect.Lifetimer].
func (c Config) Lifetimes() (access, refresh time.Duration) { return c.AccessLife, c.RefreshLife }

// Validate implements [dialect.Validator].
func (c Config) Validate(s dialect.Surroundings) error {
	err := c.Common.Validate(s)
	switch {
	case !c.ForeignTokens:
	case c.Secret == "":
		err = errors.Join(err, api.IdleSetting("foreign_tokens", "without the secret that the plugin signs with: write it, or remove this", "secret"))
	case c.Claims == dialect.Exact:
		err = errors.Join(err, api.IdleSetting("foreign_tokens", "with claims: exact, which accepts such tokens anyway: remove it", "claims"))
	}
	return err
}

// Open implements [dialect.Opener]. An unusable secret is not an error here: the mount
// then answers jwt_auth_bad_config, as the plugin does. [dialect.Common.Keys] reports
// the problem to the operator.
func (c Config) Open(m dialect.Mount) (dialect.Dialect, error) {
	m, err := c.At(m)
	if err = errors.Join(err, c.check()); err != nil {
		return nil, err
	}
	d := &Dialect{mount: m, config: c}
	d.keys, d.fault = c.Keys(m.Name)
	return d, nil
}

func (c Config) check() error {
	return errors.Join(
		dialect.NotNegative("refresh_life", c.RefreshLife),
		dialect.CheckGrace(c.RefreshGrace),
		dialect.OneOf("error_codes", c.ErrorCodes, "exact", dialect.Documented),
	)
}
