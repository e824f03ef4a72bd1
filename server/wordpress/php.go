package wordpress

import (
	"strconv"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// maxParameters bounds the parameters of a query that names a route or a method: PHP
// ignores those beyond its max_input_vars, 1000 by default.
const maxParameters = 200

// routeOf checks the value of rest_route in the same way as [route.Canonical] checks a
// path.
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

// Method returns the method that WordPress's REST API uses, in upper case: that of the
// query's _method, else method. Duplicates and lists are errors.
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

// OverrideHeader is the header from which WordPress's REST API takes a method, in
// canonical form.
const OverrideHeader = "X-Http-Method-Override"

// Override returns the method, in upper case, that WordPress's REST API uses instead of
// the request's own because of [OverrideHeader]; "" if there is none, or if the query's
// _method takes precedence. Duplicates and invalid methods are errors.
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

// isMethod reports whether text in upper case can be a method.
func isMethod(text string) bool {
	return text != "" && strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-") == ""
}

// namesRoute reports whether the encoded name of a query or form parameter is, or could
// be, that of rest_route.
func namesRoute(name string) bool { return isRouteName(phpDecode(name)) }

// isRouteName is namesRoute for a name that is not encoded, as in multipart forms.
func isRouteName(name string) bool { return readPHPName(name, "rest_route") != other }

// hasParameter reports whether PHP could find a parameter of this name in a query, as a
// string or a list.
func hasParameter(query, name string) bool {
	for pair := range strings.SplitSeq(query, "&") {
		if key, _, _ := strings.Cut(strings.TrimLeft(pair, "?"), "="); readPHPName(phpDecode(key), name) != other {
			return true
		}
	}
	return strings.ContainsRune(query, ';') && strings.Contains(query, name)
}

// phpParameter finds the parameter that has this name in PHP, which converts dots,
// spaces and an open bracket in names to underscores.
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

// likeness describes whether PHP treats one name as another.
type likeness int

const (
	other likeness = iota
	same
	unclear // a list, or a name that PHP versions read differently
)

// isHidden reports whether only some servers find the name in pair: after question
// marks, which they treat as the start of the query, or after a semicolon, which PHP
// can be configured to use as a separator.
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

// phpDecode decodes like PHP's urldecode: invalid escapes are kept.
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
