package route

import (
	"iter"
	"strings"
)

// WordPress reads requests as a WordPress does, so that rules speak of what it
// will do and not of what the request line says. The zero value is a site whose
// REST API is at /wp-json.
type WordPress struct {
	// REST are the canonical paths of its REST APIs, the site's own first; none:
	// "/wp-json" alone. A network or a site in several languages has more. All
	// other paths that name an API are read in each way that could be meant.
	REST []string
	// Scripts are the canonical paths of PHP scripts, besides index.php, that may
	// be asked for with more of a path below them.
	Scripts []string
}

// Meaning is one of the things for which a WordPress could take a request.
type Meaning struct {
	Method string // the one that it goes by
	Path   string // under which it is found in the rules
	API    string // of a REST route: the path of its API, as the request has it; "" of a page
	Route  string // of a REST route: what is below, in the letters of the request; "" is the index
}

// Reading is what a WordPress could take a request for. The zero value is that of
// a request to another application, which stands for itself.
type Reading struct {
	Meaning
	Also []Meaning // further ones: the request may pass only if it may as each of them
}

// IsREST reports whether it is a route of the REST API, and no page.
func (m Meaning) IsREST() bool { return m.API != "" }

// Name is the REST route without a slash at its end, "/" for the index; "page" for
// a page.
func (m Meaning) Name() string {
	switch {
	case !m.IsREST():
		return "page"
	case m.Route == "" || m.Route == "/":
		return "/"
	}
	return strings.TrimSuffix(m.Route, "/")
}

// All yields every meaning; none for the zero value, and for nil.
func (r *Reading) All() iter.Seq[Meaning] {
	return func(yield func(Meaning) bool) {
		if r == nil || r.Path == "" || !yield(r.Meaning) {
			return
		}
		for _, m := range r.Also {
			if !yield(m) {
				return
			}
		}
	}
}

// Read returns what a WordPress could take a request for. The path of a REST route
// is the pretty one in lower case, as WordPress finds routes without regard to
// case, and without a slash at the end; its method is the one that _method names.
// A page stays as it is. Methods are in capitals. path and query are as [Canonical]
// returned them. The error is an [api.Error] (Invalid, bad_path) for what can be
// read in no safe way.
func (w WordPress) Read(method, path, query string) (Reading, error) {
	r, err := w.Find(path, query)
	if err != nil {
		return Reading{}, err
	}
	override := ""
	if r.hasREST() {
		if override, err = PHPMethod(method, query); err != nil {
			return Reading{}, err
		}
	}
	r.Meaning.setMethod(capitals(method), override)
	for i := range r.Also {
		r.Also[i].setMethod(capitals(method), override)
	}
	return r, nil
}

// Find is Read without the methods.
func (w WordPress) Find(path, query string) (Reading, error) {
	below, err := belowScript(path, w.Scripts)
	if err != nil {
		return Reading{}, err
	}
	named, value, err := phpParameter(query, "rest_route")
	if err != nil {
		return Reading{}, err
	}
	var r Reading
	if named {
		err = w.named(&r, path, value)
	} else {
		err = w.place(&r, path, below)
	}
	// Of what follows a script, WordPress forgets what follows a question mark.
	if (below || r.hasREST()) && strings.IndexByte(path, '?') >= 0 {
		err = bad("the request path contains a question mark in percent-encoding")
	}
	return r, err
}

// Pattern returns a rule's path as Read's answers are compared with: within a
// REST API in lower case and without a slash at the end.
func (w WordPress) Pattern(path string) string {
	for i := range w.count() {
		if at, ok := strings.CutPrefix(path, w.rest(i)+"/"); ok {
			return w.pretty(i, "/"+at)
		}
	}
	return path
}

// Routes returns the paths under which Read finds a route of the REST APIs, such
// as /wp/v2/posts, one for each; a pattern gives patterns.
func (w WordPress) Routes(route string) []string {
	out := make([]string, w.count())
	for i := range out {
		out[i] = w.pretty(i, route)
	}
	return out
}

func (w WordPress) count() int { return max(1, len(w.REST)) }

// rest is the path of one of the APIs, without a slash at its end.
func (w WordPress) rest(i int) string {
	if len(w.REST) == 0 {
		return "/wp-json"
	}
	return strings.TrimSuffix(w.REST[i], "/")
}

// home is the path of the API's site without a slash at its end.
func (w WordPress) home(i int) string {
	rest := w.rest(i)
	return rest[:strings.LastIndexByte(rest, '/')]
}

// pretty is where rules find a route of one of the APIs.
func (w WordPress) pretty(i int, route string) string {
	return w.rest(i) + lower(strings.TrimSuffix(route, "/"))
}

// named reads a request whose query has a rest_route, which counts more than the
// path. Elsewhere than at a site's home and at its API there may be a file or a
// script that does not look at it.
func (w WordPress) named(r *Reading, path, value string) error {
	route, err := routeOf(value)
	if err != nil {
		return err
	}
	for i := range w.count() {
		_, isREST := w.below(i, path)
		below, atHome := strings.CutPrefix(path, w.home(i))
		if isREST || atHome && (below == "/" || below == "/index.php") {
			r.add(Meaning{Path: w.pretty(i, route), API: w.rest(i), Route: route})
		}
	}
	if r.Path == "" {
		return bad("rest_route in the query counts at the site's home only")
	}
	return nil
}

func (m *Meaning) setMethod(ofPage, ofREST string) {
	m.Method = ofPage
	if m.IsREST() {
		m.Method = ofREST
	}
}

func (r *Reading) hasREST() bool { // the page stands first
	return r.IsREST() || len(r.Also) > 0
}

func (r *Reading) add(m Meaning) {
	for known := range r.All() {
		if known.Path == m.Path && known.Name() == m.Name() {
			return
		}
	}
	if r.Path == "" {
		r.Meaning = m
		return
	}
	r.Also = append(r.Also, m)
}

// lower is strings.ToLower for ASCII alone: WordPress takes no other letters for
// each other, such as the Kelvin sign for a k.
func lower(s string) string {
	if strings.IndexFunc(s, isCapital) < 0 {
		return s
	}
	b := []byte(s)
	for i, c := range b {
		if isCapital(rune(c)) {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

func isCapital(r rune) bool { return r >= 'A' && r <= 'Z' }

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
