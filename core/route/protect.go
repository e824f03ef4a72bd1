package route

import "github.com/cardea-auth/cardea/core/api"

// Alias returns the header name that CGI-like receivers cannot tell from name.
func Alias(name string) string { return name }

// IsProtected reports whether a header of this name could forge an identity.
func IsProtected(name string) bool { return true }

// Strip deletes every protected header from h.
func Strip(h api.Header) { clear(h) }
