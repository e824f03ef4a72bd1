package native

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/dialect"
)

// Base is the default path of the endpoints.
const Base = "/auth"

// Dialect is the native dialect at a mount. Safe for concurrent use.
type Dialect struct {
	mount  dialect.Mount
	config Config
}

var _ dialect.Dialect = (*Dialect)(nil)

// TokenFormat implements [dialect.Dialect]: the native token format is built into the
// engine, so none is added.
func (d *Dialect) TokenFormat() core.TokenFormat { return core.TokenFormat{} }

// Endpoints implements [dialect.Dialect].
func (d *Dialect) Endpoints(e *core.Engine) []dialect.Endpoint {
	h := &handler{site: dialect.NewSite(e, d.mount, dialect.Common{}), cfg: d.config, engine: e}
	base := d.mount.Base()
	at := func(method, path string, serve http.HandlerFunc) dialect.Endpoint {
		return dialect.Endpoint{Host: d.mount.Host, Path: base + path, Handler: h.only(method, serve)}
	}
	return []dialect.Endpoint{
		at(http.MethodPost, "/login", h.login),
		at(http.MethodPost, "/refresh", h.refresh),
		at(http.MethodPost, "/logout", h.logout),
		at(http.MethodPost, "/revoke", h.revoke),
		at(http.MethodGet, "/me", h.me),
		at(http.MethodPost, "/apikeys/leaked", h.leaked),
	}
}

var _ dialect.Sharer = (*Dialect)(nil)

// CrossOrigin implements [dialect.Sharer].
func (d *Dialect) CrossOrigin(*url.URL) dialect.CrossOrigin {
	return dialect.CrossOrigin{
		Methods: []string{http.MethodOptions, http.MethodGet, http.MethodPost},
		Headers: slices.Concat([]string{"Authorization", "Content-Type", "X-API-Key"}, d.mount.CredentialHeaders),
		Expose:  []string{"WWW-Authenticate", "Retry-After"},
	}
}

// handler serves the endpoints of one mount.
type handler struct {
	site   *dialect.Site
	cfg    Config
	engine *core.Engine
}

// only answers 405 to other methods (RFC 9110 section 15.5.6), except for preflights. HEAD
// is handled as GET.
func (h *handler) only(method string, serve http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == method || method == http.MethodGet && r.Method == http.MethodHead {
			serve(w, r)
			return
		}
		if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" { // the server allows the origin
			w.Header().Set("Allow", method)
			empty(w)
			return
		}
		h.send(w, r, refusal{
			status: http.StatusMethodNotAllowed, code: api.ReasonMethodNotAllowed, reason: api.ReasonMethodNotAllowed,
			message: "this method is not allowed here", header: http.Header{"Allow": {method}},
		})
	})
}
