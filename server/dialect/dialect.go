package dialect

import (
	"net/http"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// Mount is one place at which a dialect is spoken. Several dialects own the
// same paths, so a mount is chosen by host and prefix.
type Mount struct {
	Name   string // unique; also the name of its token layout
	Host   string // "" is any
	Prefix string // before the plugin's own paths, such as "/wp-json"
	Issuer string // iss of its tokens: the site's URL

	Secret      api.Secret // the site's own secret; "" signs with the engine's keys
	OnBadToken  string     // what a bad Bearer means on other routes: deny or anonymous
	ErrorCodes  string     // exact or documented
	LoginErrors string     // exact or uniform
	Claims      string     // full or exact: without jti, sid and gen
}

// Dialect speaks one plugin's contract at one mount: it decodes, encodes, and
// lays claims out. Every decision is the engine's.
type Dialect interface {
	// Layout is what its tokens look like; its Name is the mount's.
	Layout() core.Layout
	// Endpoints are its routes, served by e.
	Endpoints(e *core.Engine) []Endpoint
}

// Endpoint is one route of a dialect.
type Endpoint struct {
	Method  string
	Path    string // complete: the mount's prefix and the plugin's path
	Handler http.Handler
}
