package api

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// FitsHeader reports whether s can be sent as a header value unchanged: it is valid UTF-8
// without control characters and without blanks at its ends (RFC 9110 section 5.5).
func FitsHeader(s string) bool {
	return utf8.ValidString(s) && strings.Trim(s, " ") == s && !strings.ContainsFunc(s, unicode.IsControl)
}

// The identity headers. The upstream gets all of them with each request, empty when
// anonymous, so that headers sent by a client are always replaced.
const (
	HeaderUser   = "X-Auth-User"
	HeaderRoles  = "X-Auth-Roles"
	HeaderMethod = "X-Auth-Method"
)

// Clone returns a deep copy. It is never nil.
func (h Header) Clone() Header {
	out := make(Header, len(h))
	for name, values := range h {
		out[name] = slices.Clone(values)
	}
	return out
}
