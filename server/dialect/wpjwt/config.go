package wpjwt

import (
	"errors"

	"github.com/cardea-auth/cardea/server/dialect"
)

// Config holds the settings of the dialect at a mount; the zero value is usable.
type Config struct {
	dialect.Common `yaml:",inline"`

	ErrorCodes string `yaml:"error_codes" default:"exact" enum:"exact|documented" doc:"exact sends the codes of the plugin; documented sends those of its documentation."`
}

var _ dialect.Opener = Config{}

// About implements [dialect.Describer].
func (Config) About() string {
	return "JWT Authentication for WP REST API, which refuses a bad token on the whole REST API"
}

// Traits implements [dialect.Opener].
func (Config) Traits() dialect.Traits { return dialect.OfPlugin() }

// Open implements [dialect.Opener]. An unusable secret is not an error here: the mount
// then answers jwt_auth_bad_config, as the plugin does. [dialect.Common.Keys] reports
// the problem to the operator.
func (c Config) Open(m dialect.Mount) (dialect.Dialect, error) {
	m, err := c.At(m)
	if err = errors.Join(err, dialect.OneOf("error_codes", c.ErrorCodes, "exact", dialect.Documented)); err != nil {
		return nil, err
	}
	d := &Dialect{mount: m, config: c}
	d.keys, d.fault = c.Keys(m.Name)
	return d, nil
}
