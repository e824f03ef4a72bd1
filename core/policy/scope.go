package policy

import (
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
)

// joinScopes returns the scopes as one string separated by spaces (RFC 6749 section 3.3).

func joinScopes(scopes []string) string { return strings.Join(scopes, " ") }

// splitScopes splits at spaces only: a tab or newline is not a separator, so "read\nadmin"
// does not contain admin.
func splitScopes(s string) []string {
	return slices.DeleteFunc(strings.Split(s, " "), func(scope string) bool { return scope == "" })
}

// AnyList returns the strings as a list of JSON values.
func AnyList(list []string) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}

// stringList reads a claim that is absent or a list of strings; ok is false for anything
// else.
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
