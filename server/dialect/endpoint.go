package dialect

import (
	"net/http"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// Endpoint is one route of a dialect.
type Endpoint struct {
	Host    string // in lower case, without a port; "" is any
	Method  string // "" is any: the handler answers for those it does not serve
	Path    string // literal and complete: the mount's prefix and the plugin's path
	Handler http.Handler

	// Match finds the request in its other spellings, which a table of paths
	// cannot hold (?rest_route=, letter case, a slash at the end); nil: there
	// are none. It implies Path.
	Match func(*http.Request) bool
}

// Serves reports whether the request is this endpoint's.
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

// AtHosts returns endpoints that answer on the mount's host on its other hosts, too.
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

// Mux serves the endpoints, those of a host before those of any, and hands all
// other requests to next. It panics if one of the handlers is nil.
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

// RESTRoute returns the REST route that a request names below this mount, as in
// /wp-json/jwt-auth/v1/token, /index.php/wp-json/jwt-auth/v1/token and
// /?rest_route=/jwt-auth/v1/token, as the gate reads it ([wordpress.Reader]): what
// is found here and there must be the same. A route begins with a slash; "" is
// the mount's own index.
func (m Mount) RESTRoute(r *http.Request) (string, bool) {
	path, query, err := route.Canonical(r.URL.RequestURI())
	if err != nil {
		return m.unread(r)
	}
	read, err := m.reader().Find(path, query)
	if err != nil {
		return m.unread(r)
	}
	// What could be a page, or another site's, is the gate's to decide on.
	if len(read.Also) > 0 || !m.has(read.Meaning) {
		return "", false
	}
	return read.Route, true
}

// reader is how the WordPress behind the mount reads requests.
func (m Mount) reader() wordpress.Reader {
	if len(m.WordPress.REST) > 0 {
		return m.WordPress
	}
	return wordpress.Reader{REST: []string{m.Base()}}
}

// has reports whether a route is one of the mount's REST API.
func (m Mount) has(meant route.Meaning) bool {
	below, ok := strings.CutPrefix(meant.Path, m.Base())
	return ok && meant.IsREST() && (below == "" || below[0] == '/')
}

// unread is RESTRoute for what the gate refuses to read, by the letter: such
// requests get no further, and are answered in the mount's words.
func (m Mount) unread(r *http.Request) (string, bool) {
	path, base, home := r.URL.EscapedPath(), m.Base(), m.Home()
	if m.atHome(r) {
		named := r.URL.Query()["rest_route"]
		if len(named) != 1 || !strings.HasPrefix(named[0], "/") {
			return "", false
		}
		return named[0], true
	}
	if rest, ok := strings.CutPrefix(path, home+"/index.php/"); ok {
		path = home + "/" + rest
	}
	name, ok := strings.CutPrefix(path, base)
	return name, ok && (name == "" || name[0] == '/')
}

// Home is the path of the site without a slash at its end.
func (m Mount) Home() string { return m.Base()[:strings.LastIndex(m.Base(), "/")] }

// atHome reports whether a request is to the page at which rest_route counts.
func (m Mount) atHome(r *http.Request) bool {
	path := r.URL.EscapedPath()
	return path == m.Home()+"/" || path == m.Home()+"/index.php"
}
