package wordpress

import (
	"strconv"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// maxParameters is how many parameters a query may have that names a route or a
// method: PHP forgets those beyond its max_input_vars, 1000 by default.
const maxParameters = 200

// routeOf checks the value of a rest_route as [route.Canonical] does a path.
func routeOf(value string) (string, error) {
	if !strings.HasPrefix(value, "/") {
		return "", badPath("rest_route in the query is no path")
	}
	if strings.ContainsAny(value, "%?") {
		return "", badPath("rest_route in the query has a percent or question mark in it")
	}
	path, _, err := route.Canonical(route.EscapePath(value))
	return path, err
}

// Method returns the method that WordPress's REST API goes by, in capitals:
// that of the query's _method, else method. Two, or a list, are refused.
func Method(method, query string) (string, error) {
	named, value, err := phpParameter(query, "_method")
	if !named {
		return capitals(method), err
	}
	value = capitals(value)
	if !isMethod(value) {
		return "", badPath("_method in the query is no method")
	}
	return value, nil
}

// OverrideHeader is the header that WordPress's REST API takes a method from, in canonical
// form.
const OverrideHeader = "X-Http-Method-Override"

// Override returns the method that WordPress's REST API goes by in the place of the
// request's own because of [OverrideHeader], in capitals; "" if there is none, or if the
// query's _method counts, which goes before it. Two, or what is no method, are refused.
func Override(query string, header api.Header) (string, error) {
	values := header[OverrideHeader]
	if len(values) == 0 {
		return "", nil
	}
	if len(values) > 1 || !isMethod(capitals(values[0])) {
		return "", api.E(api.Invalid, api.ReasonMethodOverride, "X-HTTP-Method-Override does not name one method")
	}
	if named, _, err := phpParameter(query, "_method"); named || err != nil {
		return "", err
	}
	return capitals(values[0]), nil
}

// isMethod reports whether a text in capitals can be a method.
func isMethod(text string) bool {
	return text != "" && strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-") == ""
}

// namesRoute reports whether a parameter of a query or form, its name as it is
// written there, is or could be the one from which WordPress takes a REST route.
func namesRoute(name string) bool { return isRouteName(phpDecode(name)) }

// isRouteName is namesRoute for a name that is not encoded, as in multipart forms.
func isRouteName(name string) bool { return readPHPName(name, "rest_route") != other }

// hasParameter reports whether PHP could find a parameter of this name in a query,
// as a text or as a list.
func hasParameter(query, name string) bool {
	for pair := range strings.SplitSeq(query, "&") {
		if key, _, _ := strings.Cut(strings.TrimLeft(pair, "?"), "="); readPHPName(phpDecode(key), name) != other {
			return true
		}
	}
	return strings.ContainsRune(query, ';') && strings.Contains(query, name)
}

// phpParameter finds the parameter that PHP would give this name, which has
// underscores where the query may have dots, blanks or an open bracket.
func phpParameter(query, name string) (found bool, value string, err error) {
	if query == "" {
		return false, "", nil
	}
	n, odd := 0, strings.IndexByte(query, ';') >= 0 || strings.IndexByte(query, '?') >= 0
	for pair := range strings.SplitSeq(query, "&") {
		n++
		key, val, _ := strings.Cut(pair, "=")
		like := readPHPName(phpDecode(key), name)
		if odd && isHidden(pair, name) {
			like = unclear
		}
		switch like {
		case same:
			if found {
				return false, "", badPath(name + " stands twice in the query")
			}
			found, value = true, phpDecode(val)
		case unclear:
			return false, "", badPath(name + " stands in the query in a form that can be read in two ways")
		}
	}
	if found && n > maxParameters {
		return false, "", badPath("the query has too many parameters")
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

// isHidden reports whether some servers find the name where others see none of it:
// behind question marks, which they take for the one that begins the query, or
// behind a semicolon, at which PHP can be told to end parameters.
func isHidden(pair, name string) bool {
	if first := strings.TrimLeft(pair, "?"); len(first) < len(pair) && isLikely(first, name) {
		return true
	}
	for _, rest, more := strings.Cut(pair, ";"); more; _, rest, more = strings.Cut(rest, ";") {
		if inner, _, _ := strings.Cut(rest, ";"); isLikely(inner, name) {
			return true
		}
	}
	return false
}

func isLikely(pair, name string) bool {
	key, _, _ := strings.Cut(pair, "=")
	return readPHPName(phpDecode(key), name) != other
}

func readPHPName(key, name string) likeness {
	key = strings.TrimLeft(key, " ")
	if len(key) < len(name) {
		return other
	}
	for i := range len(name) {
		switch c := key[i]; {
		case c == name[i]:
		case name[i] == '_' && (c == '.' || c == ' ' || c == '['):
		default:
			return other
		}
	}
	switch rest := key[len(name):]; {
	case rest == "" && key[0] != '[':
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
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '+':
			c = ' '
		case c == '%' && i+2 < len(s):
			if n, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				c = byte(n)
				i += 2
			}
		}
		b.WriteByte(c)
	}
	return b.String()
}
