package dialect

import (
	"cmp"
	"errors"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// Values of settings, with the settings that accept them.
const (
	Plugin     = "plugin"     // on_bad_token; also ""
	Deny       = "deny"       // on_bad_token
	Anonymous  = "anonymous"  // on_bad_token
	Documented = "documented" // error_codes
	Uniform    = "uniform"    // login_errors
	Exact      = "exact"      // claims
)

// Common holds the settings that all dialects of WordPress plugins have; each Config
// embeds it inline.
type Common struct {
	Issuer              string        `yaml:"issuer" doc:"The iss claim of this mount's tokens. Empty: tokens.issuer."`
	AcceptIssuers       []string      `yaml:"accept_issuers" doc:"Further iss claims of tokens that are accepted at this mount, such as the site's former address, or the address of WordPress where it is not that of the site. New tokens have issuer."`
	Secret              api.Secret    `yaml:"secret" doc:"The site's shared secret, so that its tokens and Cardea's are valid on both sides; or a private key in PEM, such as an RSA key for RS256, and the X.509 certificates of that key, if other applications want them. Empty: Cardea's own key."`
	SecretFile          string        `yaml:"secret_file" kind:"path" doc:"File that holds secret."`
	AllowWeakSecret     bool          `yaml:"allow_weak_secret" default:"false" doc:"Allow secret and secret_previous to be too short or well known, for verifying tokens that the site has issued. Such a secret never signs: in place of secret, Cardea's own key does."`
	SecretPrevious      api.Secret    `yaml:"secret_previous" doc:"The secret that was replaced by secret: tokens that it signed are accepted until secret_previous_until, so that nobody has to log in again. It never signs, so the public key or a certificate is enough of a key pair. Not for a secret that leaked."`
	SecretPreviousFile  string        `yaml:"secret_previous_file" kind:"path" doc:"File that holds secret_previous."`
	SecretPreviousUntil api.Moment    `yaml:"secret_previous_until" doc:"When secret_previous ends, as 2027-01-31T18:00:00Z; required with it. Requests in progress end then, too."`
	OnBadToken          string        `yaml:"on_bad_token" default:"plugin" enum:"plugin|deny|anonymous" doc:"What happens with a bad token on other routes of the mount's site where a rule's access is optional: deny refuses it, anonymous lets the request pass without an identity, and plugin does what the dialect's plugin does, see dialect. Where access is required, it is always refused."`
	LoginErrors         string        `yaml:"login_errors" default:"exact" enum:"exact|uniform" doc:"exact distinguishes an unknown user from a wrong password, as the plugin does; uniform does not."`
	LoginNamesOnly      bool          `yaml:"login_names_only" default:"false" doc:"Do not accept e-mail addresses as user names at this mount's logins."`
	Claims              string        `yaml:"claims" default:"full" enum:"full|exact" mapping:"FromUser" doc:"full adds jti, sid and gen, with which single tokens can be revoked; exact leaves them out. A mapping, such as {email: user.email, name: user.display}, is full and also copies fields of the user into the tokens, for other applications that verify them: user.id, user.subject, user.directory, user.login, user.email, user.nicename, user.display, user.first_name, user.last_name, user.roles. Everyone who sees a token can read them."`
	AccessLife          time.Duration `yaml:"access_life" default:"0s" doc:"Lifetime of the mount's access tokens. 0: the plugin's."`

	// FromUser is the mapping form of Claims: names of fields by the claims that hold them.
	FromUser map[string]string `yaml:"-"`
	// Algorithm is the algorithm of Secret: HS256, HS384 or HS512, or one for the key;
	// "" is HS256, or the default for the key.
	Algorithm string `yaml:"-"`
}

// CommonOf returns the common settings of a dialect; ok is false if the dialect has
// none because it replaces no WordPress plugin.
func CommonOf(o Opener) (c Common, ok bool) {
	has, ok := api.Capability[interface{ common() Common }](o)
	if !ok {
		return Common{}, false
	}
	return has.common(), true
}

func (c Common) common() Common { return c }

// Lifetimes implements [Lifetimer].
func (c Common) Lifetimes() (access, refresh time.Duration) { return c.AccessLife, 0 }

// UserClaims implements [Claimer].
func (c Common) UserClaims() map[string]string { return c.FromUser }

// Validate implements [Validator].
func (c Common) Validate(Surroundings) error {
	var err error
	if c.AllowWeakSecret && c.Secret == "" {
		err = api.IdleSetting("allow_weak_secret", "without a secret: write one, or remove it", "secret")
	}
	return errors.Join(err, c.checkPrevious())
}

// At returns the mount with the configured issuers. The error reports invalid settings,
// except for Secret: see [Common.Keys].
func (c Common) At(m Mount) (Mount, error) {
	m.Issuer, m.AcceptIssuers = cmp.Or(c.Issuer, m.Issuer), c.AcceptIssuers
	return m, errors.Join(m.Check(), c.check())
}

func (c Common) check() error {
	err := errors.Join(
		OneOf("on_bad_token", c.OnBadToken, Plugin, Deny, Anonymous),
		OneOf("login_errors", c.LoginErrors, "exact", Uniform),
		OneOf("claims", c.Claims, "full", Exact),
	)
	return errors.Join(err, NotNegative("access_life", c.AccessLife), c.checkPrevious())
}

// OneOf returns an error if the value of a setting is not one of words or "".
func OneOf(setting, value string, words ...string) error {
	for _, word := range append(words, "") {
		if value == word {
			return nil
		}
	}
	return api.BadSetting(setting, "is %q: write one of %s", value, strings.Join(words, ", "))
}

// maxGrace is the longest refresh_grace: a stolen refresh token is not noticed before it ends.
const maxGrace = 5 * time.Minute

// CheckGrace returns an error if the setting refresh_grace is negative or too long.
func CheckGrace(grace time.Duration) error {
	if grace > maxGrace {
		return api.BadSetting("refresh_grace", "is %s, must be at most %s", grace, maxGrace)
	}
	return NotNegative("refresh_grace", grace)
}

// NotNegative returns an error if the lifetime is negative.
func NotNegative(setting string, life time.Duration) error {
	if life < 0 {
		return api.BadSetting(setting, "is %s, must not be negative", life)
	}
	return nil
}
