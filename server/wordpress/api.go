package wordpress

import (
	"net/url"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// API is where the REST API of a site is.
type API struct {
	Base string // its path, such as "/wp-json", without a slash at the end
	// Reader is how the WordPress that has it reads requests, this API being one of
	// several; the zero value: by Base alone.
	Reader Reader
}

// Route returns the REST route that a request names below this API, as in
// /wp-json/jwt-auth/v1/token, /index.php/wp-json/jwt-auth/v1/token and
// /?rest_route=/jwt-auth/v1/token, as the gate reads it ([Reader]): what
// is found here and there must be the same. A route begins with a slash; "" is
// the API's own index.
func (a API) Route(target *url.URL) (string, bool) {
	path, query, err := route.Canonical(target.RequestURI())
	if err != nil {
		return a.unread(target)
	}
	read, err := a.reader().Find(path, query)
	if err != nil {
		return a.unread(target)
	}
	// What could be a page, or another site's, is the gate's to decide on.
	if len(read.Also) > 0 || !a.has(read.Meaning) {
		return "", false
	}
	return read.Route, true
}

// Target is the request target of an attempt, for [API.Route]. One that is none of a URL
// is empty.
func Target(a *api.Attempt) *url.URL {
	target, err := url.ParseRequestURI(a.RawTarget)
	if err != nil {
		return &url.URL{}
	}
	return target
}

// reader is how the WordPress that has the API reads requests.
func (a API) reader() Reader {
	if len(a.Reader.REST) > 0 {
		return a.Reader
	}
	return Reader{REST: []string{a.Base}}
}

// has reports whether a route is one of the API.
func (a API) has(meant route.Meaning) bool {
	below, ok := strings.CutPrefix(meant.Path, a.Base)
	return ok && meant.IsREST() && (below == "" || below[0] == '/')
}

// unread is Route for what the gate refuses to read, by the letter: such
// requests get no further, and are answered in the site's words.
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

// Home is the path of the site without a slash at its end.
func (a API) Home() string { return a.Base[:strings.LastIndex(a.Base, "/")] }

// atHome reports whether a request is to the page at which rest_route counts.
func (a API) atHome(target *url.URL) bool {
	path := target.EscapedPath()
	return path == a.Home()+"/" || path == a.Home()+"/index.php"
}

// Covers reports whether WordPress could take a request for one to the API, or to what
// is below a route of it, such as "/cart"; "" is all of it.
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
