package dialect

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// Dialect speaks one plugin's contract at one mount: it decodes, encodes, and
// lays claims out. Every decision is the engine's.
type Dialect interface {
	// Layout is what its tokens look like; its Name is the mount's.
	Layout() core.Layout
	// Endpoints are its routes, served by e.
	Endpoints(e *core.Engine) []Endpoint
}

// The words that the settings of a [Mount] take.
const (
	Plugin     = "plugin"     // OnBadToken; also ""
	Deny       = "deny"       // OnBadToken
	Anonymous  = "anonymous"  // OnBadToken
	Documented = "documented" // ErrorCodes
	Uniform    = "uniform"    // LoginErrors
	Exact      = "exact"      // Claims
	JWT        = "jwt"        // Mode
	Basic      = "basic"      // Mode
	APIKey     = "apikey"     // Mode
)

// Mount is one place at which a dialect is spoken. Several dialects own the
// same paths, so a mount is chosen by host and prefix.
type Mount struct {
	Name string // unique; also the name of its token layout
	Host string // in lower case, without a port; "" is any

	Aliases []string // further hosts of the same site; only with Host

	Prefix string // before the plugin's own paths; "" is "/wp-json"
	Issuer string // iss of its tokens: the site's URL, without a slash at the end

	// WordPress is how the site's WordPress reads requests, the mount's REST API
	// being one of several; the zero value: by the mount's own.
	WordPress wordpress.Reader

	Secret    api.Secret // the site's own secret, or private key in PEM; "" signs with the engine's keys
	AllowWeak bool       // let a Secret that is too weak to sign verify
	Algorithm string     // what Secret signs with: HS256, HS384 or HS512, or one for the key; "": HS256, or the key's usual one

	OnBadToken  string // what a bad token means on other routes: plugin (also ""), deny or anonymous
	ErrorCodes  string // exact (also "") or documented
	LoginErrors string // exact (also "") or uniform
	Claims      string // full (also "") or exact: without jti, sid and gen

	AccessLife  time.Duration // of access tokens, before auth-expire; 0: the plugin's
	RefreshLife time.Duration // of refresh tokens, before refresh-expire; 0: the plugin's

	// RateLimit is how many calls an address may make a minute, in dialects whose
	// plugin counts them; 0: the plugin's number, negative: any.
	RateLimit int
	// Foreign accepts tokens that the site's secret signed elsewhere, in dialects
	// whose plugin knows its own tokens only: for the days of a migration.
	Foreign bool

	// Mode is the one kind of credential that counts on protected routes, in
	// dialects whose plugin has a choice: jwt, basic or apikey; "": any for which
	// the gate has a method.
	Mode string

	// LoginOnly takes no e-mail address for a user name; where the plugin takes none
	// by itself, that needs no setting.
	LoginOnly bool

	// BindPeer ties a token to the address and the user agent that it was given
	// to, in dialects whose plugin does so. Behind proxies it wants Peer.
	BindPeer bool

	// Peer tells who a request is from; nil: its RemoteAddr. A server behind
	// proxies gives its own.
	Peer func(*http.Request) netip.Addr
}

// Check returns what makes the mount one that cannot be served. It does not look
// at Secret: see [Mount.Keys].
func (m Mount) Check() error {
	if m.Name == "" || m.Issuer == "" {
		return fmt.Errorf("mount %q: wants a name and an issuer", m.Name)
	}
	switch m.OnBadToken {
	case "", Plugin, Deny, Anonymous:
	default:
		return fmt.Errorf("mount %s: on_bad_token is %q: write plugin, deny or anonymous", m.Name, m.OnBadToken)
	}
	for _, setting := range [...]struct{ name, value, standard, other string }{
		{"error_codes", m.ErrorCodes, "exact", Documented},
		{"login_errors", m.LoginErrors, "exact", Uniform},
		{"claims", m.Claims, "full", Exact},
	} {
		if setting.value != "" && setting.value != setting.standard && setting.value != setting.other {
			return fmt.Errorf("mount %s: %s is %q: write %s or %s", m.Name, setting.name, setting.value, setting.standard, setting.other)
		}
	}
	switch m.Mode {
	case "", JWT, Basic, APIKey:
	default:
		return fmt.Errorf("mount %s: mode is %q: write jwt, basic or apikey", m.Name, m.Mode)
	}
	if m.AccessLife < 0 || m.RefreshLife < 0 {
		return fmt.Errorf("mount %s: a lifetime is negative", m.Name)
	}
	return nil
}

// Base returns the prefix, with its default.
func (m Mount) Base() string {
	if m.Prefix == "" {
		return "/wp-json"
	}
	return strings.TrimRight(m.Prefix, "/")
}

// API is where the REST API of the mount's site is.
func (m Mount) API() wordpress.API { return wordpress.API{Base: m.Base(), Reader: m.WordPress} }

// Keys returns the mount's own keys, the first of which signs; none means the
// engine's. A secret that cannot be used is an error, a [*keys.WeakSecretError]
// if it is too weak, and the keys are then of a kind that neither signs nor
// verifies: a mount with a bad secret must not fall back to other keys. With
// AllowWeak a weak one verifies only, and the engine's keys sign. A private key in
// PEM is a key pair, never an HMAC secret: its public half is no secret at all.
func (m Mount) Keys() ([]api.Key, error) {
	if m.Secret == "" {
		return nil, nil
	}
	if pem := strings.TrimSpace(m.Secret.Reveal()); strings.HasPrefix(pem, "-----BEGIN ") {
		return m.pair([]byte(pem))
	}
	algorithm := m.Algorithm
	if algorithm == "" {
		algorithm = "HS256"
	}
	key, err := keys.FromSecret("", algorithm, m.Secret)
	if _, weak := errors.AsType[*keys.WeakSecretError](err); weak && m.AllowWeak {
		key, err = keys.VerifyOnly("", algorithm, m.Secret)
	}
	if err != nil {
		return []api.Key{{Algorithm: algorithm}}, fmt.Errorf("mount %s: %w", m.Name, err)
	}
	return []api.Key{key}, nil
}

// pair reads a private key in PEM. It is known by its place, as a secret is.
func (m Mount) pair(pem []byte) ([]api.Key, error) {
	key, err := keys.ParsePEM("", m.Algorithm, pem)
	if err == nil && !key.CanSign() {
		err = errors.New("the PEM holds a public key: tokens are signed with the private one")
	}
	if err != nil {
		return []api.Key{{Algorithm: m.Algorithm}}, fmt.Errorf("mount %s: %w", m.Name, err)
	}
	key.ID = ""
	return []api.Key{key}, nil
}
