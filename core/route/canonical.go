package route

import "github.com/cardea-auth/cardea/core/api"

// MaxTarget is the longest request target in bytes that is looked at.
const MaxTarget = 8 << 10

// Canonical reads the origin-form request target (RFC 9112 section 3.2.1) as
// it stood on the wire.
func Canonical(target string) (path, query string, err error) {
	return "", "", bad("no target is accepted yet")
}

// Target writes path and query as an origin-form request target.
func Target(path, query string) string { return "/" }

// Host returns the one spelling of an authority.
func Host(host string) (string, error) { return "", bad("no host is accepted yet") }

func bad(text string) error { return api.E(api.Invalid, api.ReasonBadPath, text) }
