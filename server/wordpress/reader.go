package wordpress

import (
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/wordpress/internal/php"
)

// Reader reads requests as a WordPress does, so that rules apply to the route that
// WordPress will run and not to the request line. The zero value is a site whose REST
// API is at /wp-json.
type Reader struct {
	// REST are the canonical paths of its REST APIs, the site's own first; the default
	// is "/wp-json" alone. A network or a multilingual site has more. For all other
	// paths that name an API, every possible meaning is returned.
	REST []string
	// Scripts are the canonical paths of PHP scripts, besides index.php, that may be
	// followed by PATH_INFO.
	Scripts []string
	// Network says that other readers have REST APIs of the same network, which several
	// paths in REST say, too.
	Network bool
}

// Read returns the possible meanings of a request to WordPress. The path of a REST
// route is the pretty one in lower case, because WordPress ignores case in routes,
// without a trailing slash; its method is the one of _method. The path of a page is
// unchanged. Methods are in upper case. path and query must be those returned by
// [route.Canonical]. The error is an [api.Error] (Invalid, bad_path) for requests that
// cannot be read safely.
func (w Reader) Read(method, path, query string) (route.Reading, error) {
	r, err := w.Find(path, query)
	if err != nil {
		return route.Reading{}, err
	}
	override := ""
	if hasREST(&r) {
		if override, err = Method(method, query); err != nil {
			return route.Reading{}, err
		}
	}
	setMethod(&r.Meaning, capitals(method), override)
	for i := range r.Also {
		setMethod(&r.Also[i], capitals(method), override)
	}
	return r, nil
}

// Find is Read without the methods.
func (w Reader) Find(path, query string) (route.Reading, error) {
	below, err := belowScript(path, w.Scripts)
	if err != nil {
		return route.Reading{}, err
	}
	named, value, err := php.Parameter(query, "rest_route")
	if err != nil {
		return route.Reading{}, err
	}
	var r route.Reading
	if named {
		err = w.named(&r, path, value)
	} else {
		err = w.place(&r, path, below)
	}
	// After a script, WordPress ignores the path from a question mark on.
	if (below || hasREST(&r)) && strings.IndexByte(path, '?') >= 0 {
		err = badPath("the request path contains a question mark in percent-encoding")
	}
	return r, err
}

// Pattern returns a rule's path in the form of Read's results: within a REST API in
// lower case and without a trailing slash.
func (w Reader) Pattern(path string) string {
	for i := range w.count() {
		if at, ok := strings.CutPrefix(path, w.rest(i)+"/"); ok {
			return w.pretty(i, "/"+at)
		}
	}
	return path
}

// Routes returns the paths, one per REST API, under which Read finds a route such as
// /wp/v2/posts. A pattern gives patterns.
func (w Reader) Routes(name string) []string {
	out := make([]string, w.count())
	for i := range out {
		out[i] = w.pretty(i, name)
	}
	return out
}

func (w Reader) count() int { return max(1, len(w.REST)) }

// rest returns the path of an API without a trailing slash.
func (w Reader) rest(i int) string {
	if len(w.REST) == 0 {
		return "/wp-json"
	}
	return strings.TrimSuffix(w.REST[i], "/")
}

// home returns the path of the API's site without a trailing slash.
func (w Reader) home(i int) string {
	rest := w.rest(i)
	return rest[:strings.LastIndexByte(rest, '/')]
}

// pretty returns the path by which rules match a route of an API.
func (w Reader) pretty(i int, name string) string {
	return w.rest(i) + api.FoldASCII(strings.TrimSuffix(name, "/"))
}

// named reads a request with rest_route in the query, which takes precedence over the
// path. It is accepted only at a site's home and its API: elsewhere there may be a file
// or a script that ignores it.
func (w Reader) named(r *route.Reading, path, value string) error {
	named, err := routeOf(value)
	if err != nil {
		return err
	}
	for i := range w.count() {
		_, isREST := w.below(i, path)
		below, atHome := strings.CutPrefix(path, w.home(i))
		if isREST || atHome && (below == "/" || below == "/index.php") {
			r.Add(route.Meaning{Path: w.pretty(i, named), API: w.rest(i), Route: named})
		}
	}
	if r.Path == "" {
		return badPath("rest_route in the query counts at the site's home only")
	}
	return nil
}

func setMethod(m *route.Meaning, ofPage, ofREST string) {
	m.Method = ofPage
	if m.IsREST() {
		m.Method = ofREST
	}
}

func hasREST(r *route.Reading) bool { // the page comes first
	return r.IsREST() || len(r.Also) > 0
}

// capitals is strings.ToUpper for ASCII only, as in PHP.
func capitals(s string) string {
	if strings.IndexFunc(s, isSmall) < 0 {
		return s
	}
	b := []byte(s)
	for i, c := range b {
		if isSmall(rune(c)) {
			b[i] = c - 'a' + 'A'
		}
	}
	return string(b)
}

func isSmall(r rune) bool { return r >= 'a' && r <= 'z' }

func badPath(text string) error { return api.E(api.Invalid, api.ReasonBadPath, text) }
