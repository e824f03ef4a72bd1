package miniorange

import (
	"cmp"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/token"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// Dialect implements the plugin's API at one mount.
type Dialect struct {
	mount  dialect.Mount
	config Config
	keys   []api.Key
	fault  error
}

var _ dialect.Dialect = (*Dialect)(nil)

// Lifetime of the plugin's tokens before hooks: five years, limited by tokens.max_ttl.
const accessLife = 157_680_000 * time.Second

// failures is the plugin's limit of failures per address and minute.
const failures = 5

// TokenFormat implements [dialect.Dialect].
func (d *Dialect) TokenFormat() core.TokenFormat {
	order := []string{"sub", "name", "iat", "exp"}
	if d.config.Claims != dialect.Exact {
		order = append(order, "jti", "sid", "gen")
	}
	return core.TokenFormat{
		Name: d.mount.Name, Issuer: d.mount.Issuer, NoIssuer: true,
		Head:  []api.Claim{{Name: "alg"}, {Name: "typ", Value: "JWT"}},
		Order: order, Base: base, Read: read,
		Profile:  token.Profile{Types: []string{"JWT", ""}, NumberSubject: true},
		Lifetime: cmp.Or(d.config.AccessLife, accessLife), Keys: d.keys, Paired: true,
	}
}

func base(id api.Identity) api.Claims {
	return api.NewClaims(api.Claim{Name: "name", Value: id.Login})
}

// read requires both number and name, which must belong to the same user.
func read(c api.Claims) (api.Identity, bool, error) {
	number, ok := c.Int("sub")
	name := c.String("name")
	_, foreign := c.Get("iss")
	if !ok || number <= 0 || name == "" || foreign {
		return api.Identity{}, false, api.E(api.Unauthenticated, api.ReasonTokenSubject, "the token names no user")
	}
	return api.Identity{Number: number, Login: name}, false, nil
}

// Endpoints implements [dialect.Dialect].
func (d *Dialect) Endpoints(e *core.Engine) []dialect.Endpoint {
	h := d.handler(e)
	n := &wordpress.Namespace{
		Site: &dialect.NewSite(e, d.mount, d.config.Common).Site, Name: "api/v1", Before: h.preflight,
		Routes: []wordpress.Route{
			{Method: http.MethodPost, Path: "/token", Handle: h.token},
			{Method: http.MethodGet, Path: "/token-validate", Handle: h.validate},
		},
	}
	if key := d.signs(e); isPublic(key) {
		n.Routes = append(n.Routes, wordpress.Route{Method: http.MethodGet, Path: "/public-key", Handle: h.publicKey})
	}
	if d.config.RefreshLife > 0 {
		n.Routes = slices.Concat(n.Routes, []wordpress.Route{
			{Method: http.MethodPost, Path: "/refresh-token", Handle: h.refresh},
			{Method: http.MethodPost, Path: "/revoke-token", Handle: h.revoke},
		})
	}
	return d.mount.Serve(n)
}

// Owns implements [dialect.Owner].
func (*Dialect) Owns() []string { return []string{"/api/v1"} }

func (d *Dialect) handler(e *core.Engine) *handler {
	site := dialect.NewSite(e, d.mount, d.config.Common)
	site.Envelope, site.Codes, site.Past = envelope, codes(), true
	site.RefreshGrace, site.CrossOrigin = d.config.RefreshGrace, d.unreadable
	return &handler{
		site:  site,
		guess: d.guess, cfg: d.config, fault: d.fault, key: func() api.Key { return d.signs(e) }, kept: new(certificates),
	}
}

// signs returns the current signing key of the mount.
func (d *Dialect) signs(e *core.Engine) api.Key {
	if len(d.keys) > 0 {
		return d.keys[0]
	}
	return e.Keys().Active()
}

// guess returns a failure of an address, counted together for the plugin's routes and the
// gateway.
func (d *Dialect) guess(peer netip.Addr) core.FailedGuess {
	return core.FailedGuess{Site: d.mount.Name, Peer: peer, Limit: cmp.Or(d.config.RateLimit, failures)}
}

// handler serves the routes.
type handler struct {
	site  *dialect.Site
	cfg   Config
	guess func(netip.Addr) core.FailedGuess
	fault error // why the mount has no usable key; nil if it has one
	key   func() api.Key
	kept  *certificates
}

// preflight answers CORS preflights. The server allows the origins.
func (h *handler) preflight(w http.ResponseWriter, r *http.Request, _ string, _ *wordpress.Route) bool {
	if !isPreflight(r.Method, r.Header) {
		return false
	}
	site := *h.site
	site.CrossOrigin = asked(h.site.Mount)
	site.Answer(w, r, http.StatusOK, preflightAccepted())
	return true
}

// unreadable returns the CORS headers of the plugin's own routes: WordPress's lists without
// an allowed origin, since the plugin answers before WordPress sets one.
func (d *Dialect) unreadable(*url.URL) dialect.CrossOrigin {
	said := d.mount.CrossOrigin()
	said.Unreadable = true
	return said
}

// silent is what the plugin's refusals on other routes say.
func silent(*url.URL) dialect.CrossOrigin { return dialect.CrossOrigin{Unreadable: true} }

// asked is what the plugin's answers to preflights say.
func asked(m dialect.Mount) func(*url.URL) dialect.CrossOrigin {
	return func(*url.URL) dialect.CrossOrigin {
		return dialect.CrossOrigin{
			Methods: []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions},
			Headers: slices.Concat([]string{"Authorization", "Content-Type", "X-WP-Nonce"}, m.CredentialHeaders),
			MaxAge:  24 * time.Hour,
		}
	}
}

func isPreflight(method string, h http.Header) bool {
	return method == http.MethodOptions && h.Get("Access-Control-Request-Method") != ""
}

func preflightAccepted() api.Claims {
	return api.NewClaims(
		api.Claim{Name: "code", Value: "200"},
		api.Claim{Name: "status", Value: "success"},
		api.Claim{Name: "message", Value: "Preflight request accepted"},
	)
}
