package wordpress

import (
	"net/url"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// API locates the REST API of a site.
type API struct {
	Base string // path, such as "/wp-json", without a trailing slash
	// Reader reads requests of a WordPress with several APIs; the zero value uses Base
	// alone.
	Reader Reader
}

// Route returns the REST route that a request names below this API, as in
// /wp-json/jwt-auth/v1/token, /index.php/wp-json/jwt-auth/v1/token and
// /?rest_route=/jwt-auth/v1/token. It uses the same [Reader] as the gateway, so both find
// the same route. A route begins with a slash; "" is the API's own index.
func (a API) Route(target *url.URL) (string, bool) {
	path, query, err := route.Canonical(target.RequestURI())
	if err != nil {
		return a.unread(target)
	}
	read, err := a.reader().Find(path, query)
	if err != nil {
		return a.unread(target)
	}
	// The gateway decides about requests that could be for a page or another site.
	if len(read.Also) > 0 || !a.has(read.Meaning) {
		return "", false
	}
	return read.Route, true
}

// Target returns the request target of an attempt, for [API.Route]; it is empty if the
// raw target is not a URL.
func Target(a *api.Attempt) *url.URL {
	target, err := url.ParseRequestURI(a.RawTarget)
	if err != nil {
		return &url.URL{}
	}
	return target
}

// reader returns the Reader for the WordPress that has the API.
func (a API) reader() Reader {
	if len(a.Reader.REST) > 0 {
		return a.Reader
	}
	return Reader{REST: []string{a.Base}}
}

// has reports whether a meaning is a route of the API.
func (a API) has(meant route.Meaning) bool {
	below, ok := strings.CutPrefix(meant.Path, a.Base)
	return ok && meant.IsREST() && (below == "" || below[0] == '/')
}

// unread finds the route of a request that the gateway rejects, by comparing literally.
// Such requests are answered in the site's format and go no further.
func (a API) unread(target *url.URL) (string, bool) {
	path, base, home := target.EscapedPath(), a.Base, a.Home()
	if a.atHome(target) {
		named := target.Query()["rest_route"]
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

// Home returns the path of the site without a trailing slash.
func (a API) Home() string { return a.Base[:max(0, strings.LastIndex(a.Base, "/"))] }

// atHome reports whether the request path is one at which WordPress reads rest_route.
func (a API) atHome(target *url.URL) bool {
	path := target.EscapedPath()
	return path == a.Home()+"/" || path == a.Home()+"/index.php"
}

// Covers reports whether WordPress could treat a request as one to the API, or to a
// route at or below the given one, such as "/cart"; "" covers all of the API.
func (a API) Covers(below, method, path, query string) bool {
	read, err := a.reader().Read(method, path, query)
	if err != nil {
		return false
	}
	root := a.Base + below
	for meant := range read.All() {
		if a.has(meant) && (meant.Path == root || strings.HasPrefix(meant.Path, root+"/")) {
			return true
		}
	}
	return false
}
