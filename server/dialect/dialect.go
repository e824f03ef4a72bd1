package dialect

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// Dialect speaks one plugin's contract at one mount: it decodes, encodes, and
// lays claims out. Every decision is the engine's.
type Dialect interface {
	// TokenFormat is what its tokens look like; its Name is the mount's.
	TokenFormat() core.TokenFormat
	// Endpoints are its routes, served by e.
	Endpoints(e *core.Engine) []Endpoint
}

// Mount is one place at which a dialect is spoken. Several dialects own the
// same paths, so a mount is chosen by host and prefix.
type Mount struct {
	Name string // unique; also the name of its token format
	Host string // in lower case, without a port; "" is any

	Aliases []string // further hosts of the same site; only with Host

	Prefix string // before the plugin's own paths; "" is "/wp-json"
	Issuer string // iss of its tokens: the site's URL, without a slash at the end

	// WordPress is how the site's WordPress reads requests, the mount's REST API
	// being one of several; the zero value: by the mount's own.
	WordPress wordpress.Reader

	// Peer tells who a request is from; nil: its RemoteAddr. A server behind
	// proxies gives its own.
	Peer func(*http.Request) netip.Addr
}

// Check returns what makes the mount one that cannot be served.
func (m Mount) Check() error {
	if m.Name == "" || m.Issuer == "" {
		return fmt.Errorf("mount %q: wants a name and an issuer", m.Name)
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
