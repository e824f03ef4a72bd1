package route

import "net/textproto"

// Alias returns the header name that receivers which map names to variables
// (CGI, FastCGI, WSGI) cannot tell from name: every byte that is neither letter
// nor digit becomes '-', in canonical case. X_auth.USER gives X-Auth-User.
func Alias(name string) string {
	mapped := []byte(name)
	for i, c := range mapped {
		mapped[i] = fold(c)
	}
	return textproto.CanonicalMIMEHeaderKey(string(mapped))
}

// IsProtected reports whether name is, in any spelling that [Alias] unites, one
// of the X-Auth-... and X-Cardea-... headers by which an upstream knows who is
// asking. They are Cardea's alone; from a client they are forgeries.
func IsProtected(name string) bool {
	return HasAliasPrefix(name, "x-auth-") || HasAliasPrefix(name, "x-cardea-")
}

// HasAliasPrefix reports whether [Alias] of name starts with prefix, which is
// lower case with '-'. It does not allocate.
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

// IsAlias reports whether a and b are the same header to a receiver that maps
// names to variables: whether [Alias] of both is the same. It does not allocate.
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
