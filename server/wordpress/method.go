package wordpress

import (
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/wordpress/internal/php"
)

// routeOf checks the value of rest_route in the same way as [route.Canonical] checks a
// path.
func routeOf(value string) (string, error) {
	if !strings.HasPrefix(value, "/") {
		return "", badPath("rest_route in the query is not a path")
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
	named, value, err := php.Parameter(query, "_method")
	if !named {
		return capitals(method), err
	}
	value = capitals(value)
	if !isMethod(value) {
		return "", badPath("_method in the query is not a method")
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
	if named, _, err := php.Parameter(query, "_method"); named || err != nil {
		return "", err
	}
	return capitals(values[0]), nil
}

// isMethod reports whether text in upper case can be a method.
func isMethod(text string) bool {
	return text != "" && strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-") == ""
}
