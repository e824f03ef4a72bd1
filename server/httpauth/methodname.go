package httpauth

import (
	"strings"

	"github.com/cardea-auth/cardea/core/route"
)

// NamesMethod reports whether frameworks take a request's method from a parameter of a query
// or form with this name: _method, that of a header which overrides the method
// ([route.Overrides]), or those of Catalyst, Flask and Salesforce, in any case. A name may be
// that of a list, and some frameworks skip blanks or brackets before it or replace a dot or
// bracket by an underscore.
func NamesMethod(name string) bool {
	if !strings.Contains(strings.ToLower(name), "method") {
		return false
	}
	name = strings.TrimLeft(name, " \t\r\n\v\f\x00")
	bare := strings.TrimLeft(name, "[]")
	for _, other := range append(route.Overrides(), "x-tunneled-method", "__method_override__", "_httpmethod") {
		if len(bare) >= len(other) && route.IsAlias(bare[:len(other)], other) && endsName(bare[len(other):]) {
			return true
		}
	}
	if strings.HasPrefix(bare, "_") {
		name = bare
	}
	const method = "_method"
	return len(name) >= len(method) && strings.IndexByte("_.[", name[0]) >= 0 &&
		strings.EqualFold(name[1:len(method)], method[1:]) && endsName(name[len(method):])
}

// endsName reports whether a name ends before the rest.
func endsName(rest string) bool { return rest == "" || strings.IndexByte("[]\x00% \t", rest[0]) >= 0 }
