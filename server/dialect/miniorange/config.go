package miniorange

import (
	"errors"
	"slices"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/dialect"
)

// Config holds the settings of the dialect at a mount; the zero value is the plugin's
// free edition.
type Config struct {
	dialect.Common `yaml:",inline"`

	RefreshLife  time.Duration `yaml:"refresh_life" default:"0s" doc:"Lifetime of the mount's refresh tokens. 0: none, as in the plugin's free edition."`
	RefreshGrace time.Duration `yaml:"refresh_grace" default:"0s" doc:"How long a used refresh token returns its successor again, for clients that lost the response; this ends when the successor is used. 0: a refresh token can be used once, as with the plugin."`
	RateLimit    int           `yaml:"rate_limit" default:"0" doc:"Failures per minute that one address may have. 0: the plugin's number; -1: no limit."`
	Mode         string        `yaml:"mode" default:"any" enum:"any|jwt|basic|apikey" doc:"The one kind of credential that is accepted on the site's REST API; there must be a method for it. any: every kind that has a method."`
}

var (
	_ dialect.Opener      = Config{}
	_ dialect.Validator   = Config{}
	_ dialect.ModeChooser = Config{}
)

// About implements [dialect.Describer].
func (Config) About() string {
	return "JWT Authentication for WP REST APIs by miniOrange, which refuses a bad token on the whole REST API"
}

// Traits implements [dialect.Opener].
func (Config) Traits() dialect.Traits { return dialect.OfPlugin() }

// Lifetimes implements [dialect.Lifetimer].
func (c Config) Lifetimes() (access, refresh time.Duration) { return c.AccessLife, c.RefreshLife }

// anyMode is the mode that accepts every kind of credential, as does "".
const anyMode = "any"

// ChosenMode implements [dialect.ModeChooser].
func (c Config) ChosenMode() string {
	if c.Mode == anyMode {
		return ""
	}
	return c.Mode
}

// WithMode implements [dialect.ModeChooser].
func (c Config) WithMode(mode string) dialect.Opener {
	c.Mode = mode
	return c
}

// Validate implements [dialect.Validator].
func (c Config) Validate(s dialect.Surroundings) error {
	err := c.Common.Validate(s)
	if len(c.AcceptIssuers) > 0 {
		err = errors.Join(err, api.IdleSetting("accept_issuers", "with dialect miniorange, whose tokens name no issuer: remove it"))
	}
	if c.RefreshGrace != 0 && c.RefreshLife == 0 {
		err = errors.Join(err, api.IdleSetting("refresh_grace", "without refresh_life, since the plugin's free edition has no refresh tokens: remove it", "refresh_life"))
	}
	if c.LoginNamesOnly && c.RefreshLife == 0 {
		err = errors.Join(err, api.IdleSetting("login_names_only", "without refresh_life, since the plugin's free edition takes names only: remove it", "refresh_life"))
	}
	if mode := c.ChosenMode(); slices.Contains(modes(), mode) && !slices.Contains(s.Methods, mode) {
		err = errors.Join(err, api.BadSetting("mode", "is %s, and no method is: add '- type: %s' to methods", mode, mode))
	}
	return err
}

func modes() []string { return []string{dialect.JWT, dialect.Basic, dialect.APIKey} }

// Open implements [dialect.Opener]. An unusable secret is not an error here: the mount
// then answers BAD_REQUEST, as the plugin does without a secret. [dialect.Common.Keys]
// reports the problem to the operator.
func (c Config) Open(m dialect.Mount) (dialect.Dialect, error) {
	m, err := c.At(m)
	if err = errors.Join(err, c.check()); err != nil {
		return nil, err
	}
	c.Mode = c.ChosenMode()
	d := &Dialect{mount: m, config: c}
	d.keys, d.fault = c.Keys(m.Name)
	return d, nil
}

func (c Config) check() error {
	return errors.Join(
		dialect.NotNegative("refresh_life", c.RefreshLife),
		dialect.CheckGrace(c.RefreshGrace),
		dialect.OneOf("mode", c.ChosenMode(), modes()...),
	)
}
