package dialect

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// Dialect implements one plugin's API at one mount: it decodes requests, encodes
// answers and defines the token format. The engine makes all decisions.
type Dialect interface {
	// TokenFormat returns the format of its tokens; its Name is the mount's.
	TokenFormat() core.TokenFormat
	// Endpoints returns its routes, served by e.
	Endpoints(e *core.Engine) []Endpoint
}

// Mount is a place at which a dialect is served. Several dialects have the same paths,
// so a mount is selected by host and prefix.
type Mount struct {
	Name string // unique; also the name of its token format
	Host string // in lower case, without a port; "" is any

	Aliases []string // further hosts of the same site; requires Host

	Prefix string // part before the plugin's own paths; "" is "/wp-json"
	Issuer string // iss of its tokens: the site's URL, without a trailing slash

	AcceptIssuers []string // further iss of tokens that are accepted

	// WordPress reads the site's requests if it has several REST APIs; the zero value
	// knows only the mount's own.
	WordPress wordpress.Reader

	// CredentialHeaders are the custom headers that may carry a credential to the site.
	CredentialHeaders []string

	// Peer returns the client address of a request; nil uses RemoteAddr. A server
	// behind proxies sets it.
	Peer func(*http.Request) netip.Addr
}

// Check returns an error if the mount is incomplete.
func (m Mount) Check() error {
	if m.Name == "" || m.Issuer == "" {
		return fmt.Errorf("mount %q: must have a name and an issuer", m.Name)
	}
	return nil
}

// Base returns the prefix, or its default.
func (m Mount) Base() string {
	if m.Prefix == "" {
		return "/wp-json"
	}
	return strings.TrimRight(m.Prefix, "/")
}

// API returns the location of the REST API of the mount's site.
func (m Mount) API() wordpress.API { return wordpress.API{Base: m.Base(), Reader: m.WordPress} }
