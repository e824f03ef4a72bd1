package route

import "net/textproto"

// Alias returns the form of a header name that cannot be distinguished from it by servers
// that map names to variables (CGI, FastCGI, WSGI): every byte that is neither letter nor
// digit becomes '-', in canonical case. X_auth.USER gives X-Auth-User.
func Alias(name string) string {
	mapped := []byte(name)
	for i, c := range mapped {
		mapped[i] = fold(c)
	}
	return textproto.CanonicalMIMEHeaderKey(string(mapped))
}

// IsProtected reports whether name is, in any spelling that [Alias] maps to it, one of the
// X-Auth-* and X-Cardea-* headers in which Cardea passes the identity to an upstream. A
// client that sends one tries to forge it.
func IsProtected(name string) bool {
	return HasAliasPrefix(name, "x-auth-") || HasAliasPrefix(name, "x-cardea-")
}

// HasAliasPrefix reports whether [Alias] of name starts with prefix, which must be lower
// case with '-'. It does not allocate.
func HasAliasPrefix(name, prefix string) bool {
	if len(name) < len(prefix) {
		return false
	}
	for i := 0; i < len(prefix); i++ {
		if fold(name[i]) != prefix[i] {
			return false
		}
	}
	return true
}

// IsAlias reports whether a and b have the same [Alias], so that a server that maps names
// to variables cannot distinguish them. It does not allocate.
func IsAlias(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if fold(a[i]) != fold(b[i]) {
			return false
		}
	}
	return true
}

func fold(c byte) byte {
	switch {
	case 'A' <= c && c <= 'Z':
		return c | 0x20
	case isAlphanumeric(c):
		return c
	}
	return '-'
}
