package api

import (
	"slices"
	"unicode/utf8"
)

// IsUTF8 reports whether all texts in a JSON value are valid UTF-8, names included:
// encoders replace what is not, without a word. Values of other types than those of
// [Claims], []string and map[string]any are not looked into.
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
