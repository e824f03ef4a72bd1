package wordpress

import (
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// Reader reads requests as a WordPress does, so that rules speak of what it
// will do and not of what the request line says. The zero value is a site whose
// REST API is at /wp-json.
type Reader struct {
	// REST are the canonical paths of its REST APIs, the site's own first; none:
	// "/wp-json" alone. A network or a site in several languages has more. All
	// other paths that name an API are read in each way that could be meant.
	REST []string
	// Scripts are the canonical paths of PHP scripts, besides index.php, that may
	// be asked for with more of a path below them.
	Scripts []string
}

// Read returns what a WordPress could take a request for. The path of a REST route
// is the pretty one in lower case, as WordPress finds routes without regard to
// case, and without a slash at the end; its method is the one that _method names.
// A page stays as it is. Methods are in capitals. path and query are as [route.Canonical]
// returned them. The error is an [api.Error] (Invalid, bad_path) for what can be
// read in no safe way.
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
	named, value, err := phpParameter(query, "rest_route")
	if err != nil {
		return route.Reading{}, err
	}
	var r route.Reading
	if named {
		err = w.named(&r, path, value)
	} else {
		err = w.place(&r, path, below)
	}
	// Of what follows a script, WordPress forgets what follows a question mark.
	if (below || hasREST(&r)) && strings.IndexByte(path, '?') >= 0 {
		err = badPath("the request path contains a question mark in percent-encoding")
	}
	return r, err
}

// Pattern returns a rule's path as Read's answers are compared with: within a
// REST API in lower case and without a slash at the end.
func (w Reader) Pattern(path string) string {
	for i := range w.count() {
		if at, ok := strings.CutPrefix(path, w.rest(i)+"/"); ok {
			return w.pretty(i, "/"+at)
		}
	}
	return path
}

// Routes returns the paths under which Read finds a route of the REST APIs, such
// as /wp/v2/posts, one for each; a pattern gives patterns.
func (w Reader) Routes(name string) []string {
	out := make([]string, w.count())
	for i := range out {
		out[i] = w.pretty(i, name)
	}
	return out
}

func (w Reader) count() int { return max(1, len(w.REST)) }

// rest is the path of one of the APIs, without a slash at its end.
func (w Reader) rest(i int) string {
	if len(w.REST) == 0 {
		return "/wp-json"
	}
	return strings.TrimSuffix(w.REST[i], "/")
}

// home is the path of the API's site without a slash at its end.
func (w Reader) home(i int) string {
	rest := w.rest(i)
	return rest[:strings.LastIndexByte(rest, '/')]
}

// pretty is where rules find a route of one of the APIs.
func (w Reader) pretty(i int, name string) string {
	return w.rest(i) + api.FoldASCII(strings.TrimSuffix(name, "/"))
}

// named reads a request whose query has a rest_route, which counts more than the
// path. Elsewhere than at a site's home and at its API there may be a file or a
// script that does not look at it.
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

func hasREST(r *route.Reading) bool { // the page stands first
	return r.IsREST() || len(r.Also) > 0
}

// capitals is strings.ToUpper for ASCII alone, as in PHP.
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
