package route

import (
	"net/url"
	"strings"
)

// maxParameters is how many parameters a query may have that names a route or a
// method: PHP forgets those beyond its max_input_vars, 1000 by default.
const maxParameters = 200

// WordPress reads requests as a WordPress does, so that rules speak of what it
// will do and not of what the request line says.
type WordPress struct {
	REST string // canonical path of its REST API; "": "/wp-json"
}

// Read returns the method and the path under which a request to a WordPress is to
// be found in the rules. Of a request to its REST API, in whichever form, that is
// the pretty path in lower case, as WordPress finds routes without regard to
// case, and without a slash at the end; and the method that _method names. All
// others stay as they are. path and query are as [Canonical] returned them. The
// error is an [api.Error] (Invalid, bad_path) for what could be read in two ways.
func (w WordPress) Read(method, path, query string) (string, string, error) {
	at, isREST, err := w.Find(path, query)
	if err != nil {
		return "", "", err
	}
	if !isREST {
		return method, path, nil
	}
	method, err = PHPMethod(method, query)
	return method, w.rest() + lower(strings.TrimSuffix(at, "/")), err
}

// Find returns the route of the REST API that a request names, in whichever form:
// below the API's own path, in the letters of the request, "" for its index. path
// and query are as [Canonical] returned them, and the error is as Read's.
func (w WordPress) Find(path, query string) (at string, isREST bool, err error) {
	at, isREST = w.route(path)
	named, value, err := phpParameter(query, "rest_route")
	if err != nil || !named {
		return at, isREST, err
	}
	// Elsewhere there may be a file or a script that does not look at it.
	if !isREST && path != w.home()+"/" && path != w.home()+"/index.php" {
		return "", false, bad("rest_route in the query counts at the site's home only")
	}
	at, err = routeOf(value)
	return at, err == nil, err
}

// Pattern returns a rule's path as Read's answers are compared with: within the
// REST API in lower case and without a slash at the end.
func (w WordPress) Pattern(path string) string {
	rest := w.rest()
	if at, ok := strings.CutPrefix(path, rest+"/"); ok {
		return rest + strings.TrimSuffix("/"+lower(at), "/")
	}
	return path
}

// Route returns the path under which Read finds a route of the REST API, such as
// /wp/v2/posts; a pattern gives a pattern.
func (w WordPress) Route(route string) string { return w.Pattern(w.rest() + route) }

func (w WordPress) rest() string {
	if w.REST == "" {
		return "/wp-json"
	}
	return strings.TrimSuffix(w.REST, "/")
}

// home is the path of the site without a slash at its end.
func (w WordPress) home() string { return w.rest()[:strings.LastIndexByte(w.rest(), '/')] }

// route cuts the API's prefix off, in the pretty form or behind index.php.
func (w WordPress) route(path string) (string, bool) {
	if below, ok := strings.CutPrefix(path, w.home()+"/index.php/"); ok {
		path = w.home() + "/" + below
	}
	at, ok := strings.CutPrefix(path, w.rest())
	return at, ok && (at == "" || at[0] == '/')
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

// routeOf checks the value of a rest_route as [Canonical] does a path.
func routeOf(value string) (string, error) {
	if !strings.HasPrefix(value, "/") {
		return "", bad("rest_route in the query is no path")
	}
	if strings.ContainsAny(value, "%?") {
		return "", bad("rest_route in the query has a percent or question mark in it")
	}
	path, _, err := Canonical(EscapePath(value))
	return path, err
}

// PHPMethod returns the method that WordPress's REST API goes by: that of the
// query's _method, in capitals, else method. Two, or a list, are refused.
func PHPMethod(method, query string) (string, error) {
	named, value, err := phpParameter(query, "_method")
	if err != nil || !named {
		return method, err
	}
	value = strings.ToUpper(value)
	if value == "" || strings.Trim(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-") != "" {
		return "", bad("_method in the query is no method")
	}
	return value, nil
}

// NamesRoute reports whether a parameter of a query or form, its name as it is
// written there, is or could be the one from which WordPress takes a REST route.
func NamesRoute(name string) bool { return readPHPName(phpDecode(name), "rest_route") != other }

// phpParameter finds the parameter that PHP would give this name, which has
// underscores where the query may have dots, blanks or an open bracket.
func phpParameter(query, name string) (found bool, value string, err error) {
	if query == "" {
		return false, "", nil
	}
	n := 0
	for pair := range strings.SplitSeq(query, "&") {
		n++
		key, val, _ := strings.Cut(pair, "=")
		switch readPHPName(phpDecode(key), name) {
		case same:
			if found {
				return false, "", bad(name + " stands twice in the query")
			}
			found, value = true, phpDecode(val)
		case unclear:
			return false, "", bad(name + " stands in the query in a form that can be read in two ways")
		}
	}
	if found && n > maxParameters {
		return false, "", bad("the query has too many parameters")
	}
	return found, value, nil
}

// likeness says whether PHP takes one name for another.
type likeness int

const (
	other likeness = iota
	same
	unclear // a list, or a name on which versions of PHP differ
)

func readPHPName(key, name string) likeness {
	key = strings.TrimLeft(key, " ")
	if len(key) < len(name) {
		return other
	}
	bracket := false
	for i := range len(name) {
		switch c := key[i]; {
		case c == name[i]:
		case name[i] == '_' && (c == '.' || c == ' '):
		case name[i] == '_' && c == '[':
			bracket = true
		default:
			return other
		}
	}
	switch rest := key[len(name):]; {
	case rest == "" && (!bracket || key[0] != '['):
		return same
	case rest == "" || rest[0] == '[' || rest[0] == 0:
		return unclear
	}
	return other
}

// phpDecode decodes as PHP's urldecode does: what is no triplet stays.
func phpDecode(s string) string {
	if !strings.ContainsAny(s, "%+") {
		return s
	}
	if out, err := url.QueryUnescape(s); err == nil {
		return out
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '+':
			b.WriteByte(' ')
		case c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			b.WriteByte(unhex(s[i+1])<<4 | unhex(s[i+2]))
			i += 2
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
