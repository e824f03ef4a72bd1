package wpjwtpro

import (
	"cmp"
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/throttle"
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

// Defaults of the plugin, before hooks change them.
const (
	accessLife  = 7 * 24 * time.Hour
	refreshLife = 30 * 24 * time.Hour
	calls       = 60 // a minute
)

// TokenFormat implements [dialect.Dialect].
func (d *Dialect) TokenFormat() core.TokenFormat {
	order := []string{"iss", "iat", "nbf", "exp", "data"}
	if d.config.Claims != dialect.Exact {
		order = append(order, "jti", "sid", "gen")
	}
	return core.TokenFormat{
		Name: d.mount.Name, Issuer: d.mount.Issuer,
		Head:  []api.Claim{{Name: "typ", Value: "JWT"}, {Name: "alg"}},
		Order: order, Base: base, Read: d.read,
		Profile:  token.Profile{Types: []string{"JWT", ""}, Require: []string{"iss"}, Issuers: d.mount.AcceptIssuers, NumberSubject: true, Undated: true},
		Lifetime: cmp.Or(d.config.AccessLife, accessLife), Keys: d.keys, Paired: true,
	}
}

func base(id api.Identity) api.Claims {
	user := api.NewClaims(api.Claim{Name: "id", Value: id.Number})
	return api.NewClaims(api.Claim{Name: "data", Value: api.NewClaims(api.Claim{Name: "user", Value: user})})
}

// read accepts the user's number as an integer or a string. The plugin treats unknown
// tokens as revoked; a token issued by Cardea is identified by its claims.
func (d *Dialect) read(c api.Claims) (api.Identity, bool, error) {
	data, _ := c.Object("data")
	user, _ := data.Object("user")
	number, ok := user.Int("id")
	if text := user.String("id"); text != "" {
		var err error
		number, err = strconv.ParseInt(text, 10, 64)
		ok = err == nil && text == strconv.FormatInt(number, 10)
	}
	if !ok || number <= 0 {
		return api.Identity{}, false, api.E(api.Unauthenticated, api.ReasonTokenSubject, "the token names no user")
	}
	_, gen := c.Int("gen")
	ours := c.String("jti") != "" && c.String("sid") != "" && gen
	if !ours && !d.config.ForeignTokens && d.config.Claims != dialect.Exact {
		return api.Identity{}, false, api.E(api.Unauthenticated, api.ReasonTokenRevoked, "the token is not known here")
	}
	return api.Identity{Number: number}, false, nil
}

// Endpoints implements [dialect.Dialect].
func (d *Dialect) Endpoints(e *core.Engine) []dialect.Endpoint {
	h := &handler{
		site:    d.site(e),
		counter: e.Counter("calls of " + d.mount.Name), cfg: d.config, fault: d.fault,
	}
	h.site.RefreshGrace = d.config.RefreshGrace
	h.space = &wordpress.Namespace{Site: &h.site.Site, Name: "jwt-auth/v1", Before: h.count, Routes: append([]wordpress.Route{
		{Method: http.MethodPost, Path: "/token", Handle: h.token},
		{Method: http.MethodPost, Path: "/token/validate", Handle: h.validate},
		{Method: http.MethodPost, Path: "/token/refresh", Handle: h.refresh},
		{Method: http.MethodPost, Path: "/token/revoke", Handle: h.revoke},
	}, h.adminRoutes()...)}
	return d.mount.Serve(h.space)
}

func (d *Dialect) site(e *core.Engine) *dialect.Site {
	site := dialect.NewSite(e, d.mount, d.config.Common)
	site.CrossOrigin = d.CrossOrigin
	return site
}

// Owns implements [dialect.Owner].
func (*Dialect) Owns() []string { return []string{"/jwt-auth/v1"} }

var (
	_ dialect.Refuser = (*Dialect)(nil)
	_ dialect.Watcher = (*Dialect)(nil)
)

// Watches implements [dialect.Watcher]: the plugin ignores a bad Bearer.
func (*Dialect) Watches(*api.Attempt) bool { return false }

// Refusal implements [dialect.Refuser], for mounts that reject a bad Bearer: the errors
// are those of the plugin's validate route.
func (d *Dialect) Refusal(ctx context.Context, e *core.Engine, a *api.Attempt, decision core.Decision) (core.ErrorResponse, bool) {
	text, ok := dialect.SplitBearer(a.Header.Get("Authorization"))
	if !ok || decision.Err == nil || decision.Err.Code != api.Unauthenticated || !d.mount.GovernsAttempt(a) {
		return core.ErrorResponse{}, false
	}
	h := &handler{site: d.site(e), cfg: d.config, fault: d.fault}
	return h.refusal(ctx, a, decision.Err, h.tokenWords(text)), true
}

// handler serves the routes.
type handler struct {
	site    *dialect.Site
	cfg     Config
	space   *wordpress.Namespace
	counter throttle.Counter
	fault   error // why the mount has no usable key; nil if it has one
}
