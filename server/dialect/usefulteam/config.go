package usefulteam

import (
	"errors"
	"net/http"
	"time"

	"github.com/cardea-auth/cardea/server/dialect"
)

// Config holds the settings of the dialect at a mount; the zero value is usable.
type Config struct {
	dialect.Common `yaml:",inline"`

	RefreshLife       time.Duration `yaml:"refresh_life" default:"0s" doc:"Lifetime of the mount's refresh tokens. 0: the plugin's."`
	RefreshGrace      time.Duration `yaml:"refresh_grace" default:"0s" doc:"How long a used refresh token returns its successor again, for clients that lost the response; this ends when the successor is used. 0: a refresh token can be used once, as with the plugin."`
	CookieSameSite    string        `yaml:"cookie_same_site" default:"unset" enum:"unset|lax|strict|none" doc:"SameSite of the refresh cookie. none, which implies Secure: pages of other sites send it, too, and read the answers if cors.credentials is set and cors.origins lists them. unset: the attribute is left out, as by the plugin, and browsers take lax."`
	CookieSecure      bool          `yaml:"cookie_secure" default:"false" doc:"Set Secure on the refresh cookie in any case; else it is set where the request came by TLS, or issuer begins with https."`
	CookiePartitioned bool          `yaml:"cookie_partitioned" default:"false" doc:"Set Partitioned on the refresh cookie, which implies Secure: a frame in a page of another site has a cookie of its own there."`
	ErrorCodes        string        `yaml:"error_codes" default:"exact" enum:"exact|documented" doc:"exact sends the codes of the plugin; documented sends those of its documentation."`
}

var _ dialect.Opener = Config{}

// About implements [dialect.Describer].
func (Config) About() string {
	return "JWT Auth by Useful Team, which ignores a bad token"
}

// Traits implements [dialect.Opener].
func (Config) Traits() dialect.Traits { return dialect.OfPlugin() }

// Lifetimes implements [dialect.Lifetimer].
func (c Config) Lifetimes() (access, refresh time.Duration) { return c.AccessLife, c.RefreshLife }

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
		dialect.OneOf("cookie_same_site", c.CookieSameSite, "unset", lax, strict, none),
		dialect.OneOf("error_codes", c.ErrorCodes, "exact", dialect.Documented),
	)
}

// The values of cookie_same_site.
const (
	lax    = "lax"
	strict = "strict"
	none   = "none"
)

// sameSite returns the attribute of the refresh cookie; 0 leaves it out.
func (c Config) sameSite() http.SameSite {
	switch c.CookieSameSite {
	case lax:
		return http.SameSiteLaxMode
	case strict:
		return http.SameSiteStrictMode
	case none:
		return http.SameSiteNoneMode
	}
	return 0
}

// secures reports whether the refresh cookie is Secure whatever the request and issuer:
// browsers drop a cookie that is SameSite=None or Partitioned without it.
func (c Config) secures() bool {
	return c.CookieSecure || c.CookiePartitioned || c.CookieSameSite == none
}
