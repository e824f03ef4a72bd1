package policy

import "github.com/cardea-auth/cardea/core/api"

// Reading is how an application reads an Authorization header. The zero value is the
// standard way.
type Reading uint8

// The readings.
const (
	ReadStrictly Reading = iota // as in RFC 9110 and RFC 6750
	ReadBearer                  // it is a Bearer
	ReadNothing                 // the application ignores it
)

// BearerReader reads an Authorization header that is not "Bearer", a space, and a token of
// three parts or an API key, as the requested application does. text is the token, "" for a
// Bearer without one. It must be fast and safe for concurrent use.
type BearerReader func(a *api.Attempt, value string) (text string, how Reading)
