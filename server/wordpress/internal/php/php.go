package php

import (
	"strconv"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
)

// maxParameters bounds the parameters of a query that names a route or a method: PHP
// ignores those beyond its max_input_vars, 1000 by default.
const maxParameters = 200

// HasParameter reports whether PHP could find a parameter of this name in a query, as a
// string or a list.
func HasParameter(query, name string) bool {
	for pair := range strings.SplitSeq(query, "&") {
		if key, _, _ := strings.Cut(strings.TrimLeft(pair, "?"), "="); IsLike(Decode(key), name) {
			return true
		}
	}
	return strings.ContainsRune(query, ';') && strings.Contains(query, name)
}

// Parameter finds the parameter that has this name in PHP, which converts dots,
// spaces and an open bracket in names to underscores.
func Parameter(query, name string) (found bool, value string, err error) {
	if query == "" {
		return false, "", nil
	}
	n, odd := 0, strings.IndexByte(query, ';') >= 0 || strings.IndexByte(query, '?') >= 0
	for pair := range strings.SplitSeq(query, "&") {
		n++
		key, val, _ := strings.Cut(pair, "=")
		like := readName(Decode(key), name)
		if odd && isHidden(pair, name) {
			like = unclear
		}
		switch like {
		case same:
			if found {
				return false, "", badPath(name + " stands twice in the query")
			}
			found, value = true, Decode(val)
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

// IsLike reports whether a decoded key is, or could be, that of a parameter of this name.
func IsLike(key, name string) bool { return readName(key, name) != other }

func isLikely(pair, name string) bool {
	key, _, _ := strings.Cut(pair, "=")
	return IsLike(Decode(key), name)
}

func readName(key, name string) likeness {
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

// Decode decodes like PHP's urldecode: invalid escapes are kept.
func Decode(s string) string {
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

func badPath(text string) error { return api.E(api.Invalid, api.ReasonBadPath, text) }
