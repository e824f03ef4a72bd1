package dialect

import (
	"net/http"
	"slices"

	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// Endpoint is one route of a dialect.
type Endpoint struct {
	Host    string // in lower case, without a port; "" is any
	Method  string // "" is any: the handler answers requests with unsupported methods
	Path    string // literal and complete: the mount's prefix and the plugin's path
	Handler http.Handler

	// Match matches other spellings of the request that a table of paths cannot hold
	// (?rest_route=, letter case, a trailing slash); nil if there are none. It must
	// also match Path.
	Match func(*http.Request) bool
}

// Serves reports whether the endpoint handles the request.
func (e Endpoint) Serves(r *http.Request) bool {
	if !e.atHost(r.Host) {
		return false
	}
	if e.Method != "" && e.Method != r.Method {
		return false
	}
	return r.URL.EscapedPath() == e.Path || e.Match != nil && e.Match(r)
}

func (e Endpoint) atHost(authority string) bool {
	if e.Host == "" {
		return true
	}
	host, err := route.Host(authority)
	return err == nil && host == e.Host
}

// AtHosts returns endpoints of the mount's host together with copies for its aliases.
func (m Mount) AtHosts(list []Endpoint) []Endpoint {
	all := slices.Clone(list)
	for _, alias := range m.Aliases {
		for _, e := range list {
			e.Host = alias
			all = append(all, e)
		}
	}
	return all
}

// atHost reports whether an authority is one of the site's hosts.
func (m Mount) atHost(authority string) bool {
	return (Endpoint{Host: m.Host}).atHost(authority) || slices.ContainsFunc(m.Aliases, func(alias string) bool {
		return (Endpoint{Host: alias}).atHost(authority)
	})
}

// Mux serves the endpoints, those with a host first, and passes all other requests to
// next. It panics if one of the handlers is nil.
func Mux(list []Endpoint, next http.Handler) http.Handler {
	for _, e := range list {
		if e.Handler == nil {
			panic("dialect: Mux needs a handler for " + e.Path + ": it is nil")
		}
	}
	if next == nil {
		panic("dialect: Mux needs a handler for other requests: next is nil")
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, anywhere := range []bool{false, true} {
			for _, e := range list {
				if (e.Host == "") == anywhere && e.Serves(r) {
					e.Handler.ServeHTTP(w, r)
					return
				}
			}
		}
		next.ServeHTTP(w, r)
	})
}

// Serve returns the endpoints of namespaces at the mount.
func (m Mount) Serve(list ...*wordpress.Namespace) []Endpoint {
	var out []Endpoint
	for _, n := range list {
		for _, at := range n.Addresses() {
			out = append(out, Endpoint{Host: m.Host, Path: at.Path, Handler: n, Match: at.Match})
		}
	}
	return out
}
