package cocart

import (
	"errors"
	"time"

	"github.com/cardea-auth/cardea/server/dialect"
)

// FirstConfig holds the settings of the dialect for the plugin's version 1.0; the zero
// value is usable.
type FirstConfig struct {
	dialect.Common `yaml:",inline"`

	BindPeer bool `yaml:"bind_peer" default:"false" doc:"Bind a token to the address and user agent to which it was issued, as the plugin does. Behind proxies this needs server.trusted_proxies."`
}

// Config holds the settings of the dialect for the plugin's version 3.x; the zero value
// is usable.
type Config struct {
	FirstConfig `yaml:",inline"`

	RefreshLife  time.Duration `yaml:"refresh_life" default:"0s" doc:"Lifetime of the mount's refresh tokens. 0: the plugin's."`
	RefreshGrace time.Duration `yaml:"refresh_grace" default:"0s" doc:"How long a used refresh token returns its successor again, for clients that lost the response; this ends when the successor is used. 0: a refresh token can be used once, as with the plugin."`
}

var (
	_ dialect.Opener = FirstConfig{}
	_ dialect.Opener = Config{}
)

const onBadToken = ", which refuses a bad token only below /cocart"

// About implements [dialect.Describer].
func (FirstConfig) About() string {
	return "CoCart JWT Authentication 1.0" + onBadToken
}

// Traits implements [dialect.Opener].
func (FirstConfig) Traits() dialect.Traits { return dialect.OfPlugin() }

// About implements [dialect.Describer].
func (Config) About() string {
	return "CoCart JWT Authentication 3" + onBadToken
}

// Lifetimes implements [dialect.Lifetimer].
func (c Config) Lifetimes() (access, refresh time.Duration) { return c.AccessLife, c.RefreshLife }

// Open implements [dialect.Opener]. An unusable secret is not an error here: logins
// then return no token, as with the plugin. [dialect.Common.Keys] reports the problem
// to the operator.
func (c FirstConfig) Open(m dialect.Mount) (dialect.Dialect, error) {
	return open(m, Config{FirstConfig: c}, true)
}

// Open implements [dialect.Opener] like [FirstConfig.Open].
func (c Config) Open(m dialect.Mount) (dialect.Dialect, error) { return open(m, c, false) }

func open(m dialect.Mount, c Config, first bool) (dialect.Dialect, error) {
	m, err := c.At(m)
	if err = errors.Join(err, dialect.NotNegative("refresh_life", c.RefreshLife), dialect.CheckGrace(c.RefreshGrace)); err != nil {
		return nil, err
	}
	d := &Dialect{mount: m, config: c, first: first}
	d.keys, d.fault = c.Keys(m.Name)
	return d, nil
}
