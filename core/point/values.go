package point

import (
	"net/http"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// LoginAttempt is what login-before sees: everything but the password.
type LoginAttempt struct {
	Login   string // the account's login name, however it was named; without an account in the form that directories compare by
	Method  string // "password" at a login endpoint, else the name of the method that was shown a password
	Peer    api.Peer
	Dialect string
	Host    string            // as rules compare it: small letters, no port, no trailing dot
	Answers map[string]string // answers to an earlier challenge, by field name

	// Challenge, when a handler sets it, refuses the login and asks for more;
	// the dialect renders it.
	Challenge *Challenge
}

// Challenge asks the client of a login for one more thing.
type Challenge struct {
	Kind   string            // e.g. "2fa_required"
	Public string            // sentence for the client
	Fields map[string]string // what the dialect shows besides
}

// LoginResult is what login-after sees and may change in Identity's roles and scopes.
type LoginResult struct {
	Identity api.Identity
	Method   string
	Peer     api.Peer
	Dialect  string
}

// Lifetime is what the lifetime filters see and change.
type Lifetime struct {
	Lifetime time.Duration // proposed; whole seconds
	IssuedAt time.Time
	Identity api.Identity
	Client   string
	Dialect  string
}

// NotBefore is what auth-not-before sees and changes.
type NotBefore struct {
	NotBefore time.Time
	IssuedAt  time.Time
	Identity  api.Identity
	Dialect   string
}

// Issuer is what auth-issuer sees and changes.
type Issuer struct {
	Issuer   string
	Identity api.Identity
	Host     string
	Dialect  string
}

// Algorithm is what auth-algorithm sees and changes: the JWA name of the
// algorithm to sign with, out of those that have an active key.
type Algorithm struct {
	Algorithm string
	Identity  api.Identity
	Client    string
	Dialect   string
}

// TokenClaims is what token-claims sees and changes.
type TokenClaims struct {
	Claims   api.Claims
	Identity api.Identity
	Client   string
	Dialect  string
}

// TokenResponse is what token-response sees and changes: the dialect's reply.
type TokenResponse struct {
	Fields   api.Claims
	Identity api.Identity
	Dialect  string
}

// TokenCheck is what token-verify sees.
type TokenCheck struct {
	Claims   api.Claims
	KeyID    string
	Identity api.Identity
	Attempt  *api.Attempt // nil when a token is checked outside a request
}

// Resolved is what identity-resolved sees and may change in Identity's roles and scopes.
type Resolved struct {
	Identity api.Identity
	Attempt  *api.Attempt
}

// CredentialHeader is what custom-header sees and changes.
type CredentialHeader struct {
	Name           string // "" is Authorization
	Prefix         string // "" with Name set: the bare value
	RefuseStandard bool   // whether a credential in Authorization is then refused
	Attempt        *api.Attempt
	Rule           string
}

// Exclusion is what route-exclusion sees and changes.
type Exclusion struct {
	Public  bool
	Rule    string
	Attempt *api.Attempt
}

// Access is what route-access sees.
type Access struct {
	Identity api.Identity
	Rule     string
	Attempt  *api.Attempt
}

// UpstreamHeaders is what identity-headers sees and changes.
type UpstreamHeaders struct {
	Headers  api.Header
	Identity api.Identity
	Upstream string
}

// ErrorResponse is what error-response sees and changes.
type ErrorResponse struct {
	Status  int
	Code    string
	Message string
	Fields  api.Claims // further members of the body
	Headers api.Header
	Reason  string
	Dialect string
	Attempt *api.Attempt // nil outside a request

	// Form lays the refusal out as it is once the hooks have been asked, which do not
	// change it: it sets further headers in h and returns the body. A Content-Type that
	// it sets is the one unless a hook has chosen another. It may change r, such as to a
	// 500 for what cannot be encoded. nil is {"code","message","data":{"status"}} in JSON
	// with the Fields added.
	Form func(r *ErrorResponse, h http.Header) (body []byte)
}

// CORSHeaders is what cors-headers sees and changes.
type CORSHeaders struct {
	Origin  string // of the request
	Allow   string // allowed origin; "" for none
	Headers string
	Methods string
	Attempt *api.Attempt
}

// RateLimit is what rate-limit sees and changes.
type RateLimit struct {
	Kind   string // what is counted: "user", "peer", "api_key"
	Key    string
	Route  string
	Limit  int64
	Window time.Duration
}

// RefreshAttempt is what refresh-before sees.
type RefreshAttempt struct {
	Session  string
	Identity api.Identity
	Client   string
	Peer     api.Peer
	Dialect  string // name of the site at which the session began
}

// SessionLimit is what session-limit sees and changes: End lists the sessions
// out of Live that shall end.
type SessionLimit struct {
	Identity api.Identity
	Live     []string // oldest first
	End      []string
}

// Event is what an action is told.
type Event struct {
	At       time.Time
	Identity api.Identity // who it is about; only Login is known after a failed login
	Actor    string       // who did it
	Target   string       // what it was done to: a token, key, session or plugin
	TokenID  string
	Reason   string
	Dialect  string
	Rule     string
	Peer     api.Peer
	Attempt  *api.Attempt // nil outside a request
}
