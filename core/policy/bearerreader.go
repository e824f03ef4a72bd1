package policy

import "github.com/cardea-auth/cardea/core/api"

// Reading is what an application makes of an Authorization header. The zero value
// has no opinion.
type Reading uint8

// The readings.
const (
	ReadStrictly Reading = iota // as RFC 9110 and RFC 6750 have it
	ReadBearer                  // there is a Bearer
	ReadNothing                 // it does not look at such a header
)

// BearerReader reads an Authorization header that is not "Bearer", a space and a
// token of three parts or an API key, the way the application does that the
// request is for; the text is that of the token, "" for a Bearer without one. It
// must be quick and safe for concurrent use.
type BearerReader func(a *api.Attempt, value string) (text string, how Reading)
