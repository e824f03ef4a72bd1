package policy

import (
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
)

// Scopes travel as one text with blanks between them (RFC 6749 section 3.3).

func joinScopes(scopes []string) string { return strings.Join(scopes, " ") }

// splitScopes separates at blanks only: a tab or line end is no separator, so
// that "read\nadmin" does not come to hold admin.
func splitScopes(s string) []string {
	return slices.DeleteFunc(strings.Split(s, " "), func(scope string) bool { return scope == "" })
}

// AnyList returns the texts as values of JSON.
func AnyList(list []string) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}

// stringList reads a claim that is absent or a list of texts; anything else is
// not ok.
func stringList(c api.Claims, name string) (list []string, ok bool) {
	v, present := c.Get(name)
	if !present {
		return nil, true
	}
	items, ok := v.([]any)
	if !ok {
		return nil, false
	}
	for _, item := range items {
		s, ok := item.(string)
		if !ok {
			return nil, false
		}
		list = append(list, s)
	}
	return list, true
}
