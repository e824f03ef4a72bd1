package api

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// FitsHeader reports whether a text arrives as it is when it is sent in a header:
// no control characters, and no blank at its ends (RFC 9110 section 5.5).
func FitsHeader(s string) bool {
	return utf8.ValidString(s) && strings.Trim(s, " ") == s && !strings.ContainsFunc(s, unicode.IsControl)
}

// The identity headers. The upstream gets all of them with each request, empty
// when anonymous, so that it can never take a client's for ours.
const (
	HeaderUser   = "X-Auth-User"
	HeaderRoles  = "X-Auth-Roles"
	HeaderMethod = "X-Auth-Method"
)

// Clone returns a copy with values of its own; it is never nil.
func (h Header) Clone() Header {
	out := make(Header, len(h))
	for name, values := range h {
		out[name] = slices.Clone(values)
	}
	return out
}
