package api

import (
	"slices"
	"unicode/utf8"
)

// IsUTF8 reports whether all strings in a JSON value, including names, are valid UTF-8;
// encoders silently replace invalid bytes. It looks only into the types of [Claims],
// []string and map[string]any.
func IsUTF8(value any) bool {
	switch v := value.(type) {
	case string:
		return utf8.ValidString(v)
	case []string:
		return !slices.ContainsFunc(v, func(s string) bool { return !utf8.ValidString(s) })
	case []any:
		return !slices.ContainsFunc(v, func(x any) bool { return !IsUTF8(x) })
	case map[string]any:
		for name, x := range v {
			if !utf8.ValidString(name) || !IsUTF8(x) {
				return false
			}
		}
	case Claims:
		return !slices.ContainsFunc(v.list, func(c Claim) bool { return !utf8.ValidString(c.Name) || !IsUTF8(c.Value) })
	}
	return true
}
