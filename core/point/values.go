package point

import (
	"net/http"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// LoginAttempt is what login-before sees: everything but the password.
type LoginAttempt struct {
	Login   string            `key:"login"`  // the account's login name, whatever form the client sent; without an account, the normalized name
	Method  string            `key:"method"` // "password" at a login endpoint, otherwise the name of the method that got the password
	Peer    api.Peer          `key:"peer"`
	Dialect string            `key:"dialect"`
	Host    string            `key:"host"`     // as rules compare it: lower case, no port, no trailing dot
	Answers map[string]string `key:"answer.*"` // answers to an earlier challenge, by field name

	// Challenge, if a handler sets it, refuses the login and tells the client what else is
	// required. The dialect encodes it.
	Challenge *Challenge `key:"challenge,write; challenge_text,write"`
}

// Challenge tells the client of a login what else is required.
type Challenge struct {
	Kind   string            // e.g. "2fa_required"
	Public string            // sentence for the client
	Fields map[string]string // further members of the response
}

// LoginResult is what login-after sees and may change in Identity's roles and scopes.
type LoginResult struct {
	Identity api.Identity `key:"user,write"`
	Method   string       `key:"method"`
	Peer     api.Peer     `key:"peer"`
	Dialect  string       `key:"dialect"`
}

// Lifetime is what the lifetime filters see and change.
type Lifetime struct {
	IssuedAt time.Time     `key:"iat"`
	Lifetime time.Duration `key:"lifetime,write,right=exp.extend; exp,int,write,right=exp.extend"` // proposed value, in whole seconds
	Identity api.Identity  `key:"user"`
	Client   string        `key:"client"`
	Dialect  string        `key:"dialect"`
}

// NotBefore is what auth-not-before sees and changes.
type NotBefore struct {
	NotBefore time.Time    `key:"nbf,write"`
	IssuedAt  time.Time    `key:"iat"`
	Identity  api.Identity `key:"user"`
	Dialect   string       `key:"dialect"`
}

// Issuer is what auth-issuer sees and changes.
type Issuer struct {
	Issuer   string       `key:"iss,write"`
	Identity api.Identity `key:"user"`
	Host     string       `key:"host"`
	Dialect  string       `key:"dialect"`
}

// Algorithm is what auth-algorithm sees and changes: the JWA name of the
// algorithm to sign with, out of those that have an active key.
type Algorithm struct {
	Algorithm string       `key:"alg,write"`
	Identity  api.Identity `key:"user"`
	Client    string       `key:"client"`
	Dialect   string       `key:"dialect"`
}

// TokenClaims is what token-claims sees and changes.
type TokenClaims struct {
	Claims   api.Claims   `key:"claim.*,write"`
	Identity api.Identity `key:"user"`
	Client   string       `key:"client"`
	Dialect  string       `key:"dialect"`
}

// TokenResponse is what token-response sees and changes: the dialect's reply.
type TokenResponse struct {
	Fields   api.Claims   `key:"response.*,write"`
	Identity api.Identity `key:"user"`
	Dialect  string       `key:"dialect"`
}

// TokenCheck is what token-verify sees.
type TokenCheck struct {
	Claims   api.Claims   `key:"claim.*"`
	KeyID    string       `key:"kid"`
	Identity api.Identity `key:"user"`
	Attempt  *api.Attempt `key:"req"` // nil if the token is checked outside a request
}

// Resolved is what identity-resolved sees and may change in Identity's roles and scopes.
type Resolved struct {
	Identity api.Identity `key:"user,write; method"`
	Attempt  *api.Attempt `key:"req"`
}

// CredentialHeader is what custom-header sees and changes.
type CredentialHeader struct {
	Name           string       `key:"name,write"`            // "" is Authorization
	Prefix         string       `key:"prefix,write"`          // "" with Name set: the bare value
	RefuseStandard bool         `key:"refuse_standard,write"` // whether a credential in Authorization is then refused
	Attempt        *api.Attempt `key:"req"`
	Rule           string       `key:"rule.name"`
}

// Exclusion is what route-exclusion sees and changes.
type Exclusion struct {
	Public  bool         `key:"public,write,right=route.widen"`
	Rule    string       `key:"rule.name"`
	Attempt *api.Attempt `key:"req"`
}

// Access is what route-access sees.
type Access struct {
	Identity api.Identity `key:"user"`
	Rule     string       `key:"rule.name"`
	Attempt  *api.Attempt `key:"req"`
}

// UpstreamHeaders is what identity-headers sees and changes.
type UpstreamHeaders struct {
	Headers  api.Header   `key:"header.*,write,named"`
	Identity api.Identity `key:"user"`
	Upstream string       `key:"upstream"`
}

// ErrorResponse is what error-response sees and changes.
type ErrorResponse struct {
	Status  int          `key:"status,int,write"`
	Code    string       `key:"code,write"`
	Message string       `key:"message,write"`
	Fields  api.Claims   `key:"body.*,write"` // further members of the body
	Headers api.Header   `key:"header.*,write,named"`
	Reason  string       `key:"reason"`
	Dialect string       `key:"dialect"`
	Attempt *api.Attempt `key:"req"` // nil outside a request

	// Form encodes the refusal after the hooks ran; hooks cannot replace it. It returns
	// the body, and may set further headers in h. A hook's Content-Type takes precedence
	// over one set here. It may change r, such as to a 500 if encoding fails. nil means
	// {"code","message","data":{"status"}} in JSON with the Fields added.
	Form func(r *ErrorResponse, h http.Header) (body []byte)
}

// CORSHeaders is what cors-headers sees and changes.
type CORSHeaders struct {
	Origin  string       `key:"origin"`      // of the request
	Allow   string       `key:"allow,write"` // allowed origin; "" for none
	Headers string       `key:"headers,write"`
	Methods string       `key:"methods,write"`
	Attempt *api.Attempt `key:"req"`
}

// RateLimit is what rate-limit sees and changes.
type RateLimit struct {
	Kind   string        `key:"kind"` // what is counted: "user", "peer", "api_key"
	Key    string        `key:"key"`
	Route  string        `key:"route"`
	Limit  int64         `key:"limit,write"`
	Window time.Duration `key:"window,write"`
}

// RefreshAttempt is what refresh-before sees.
type RefreshAttempt struct {
	Session  string       `key:"session"`
	Identity api.Identity `key:"user"`
	Client   string       `key:"client"`
	Peer     api.Peer     `key:"peer"`
	Dialect  string       `key:"dialect"` // name of the site for which hooks are called: where the session began, or where it is refreshed
}

// SessionLimit is what session-limit sees and changes: End lists the sessions of Live
// that are to end.
type SessionLimit struct {
	Identity api.Identity `key:"user"`
	Live     []string     `key:"live"` // oldest first
	End      []string     `key:"end,write"`
}

// Event is what an action sees.
type Event struct {
	At       time.Time    `key:"at"`
	Identity api.Identity `key:"user"`   // the user concerned; after a failed login only Login is set
	Actor    string       `key:"actor"`  // who caused it
	Target   string       `key:"target"` // the token, key, session or plugin concerned
	TokenID  string       `key:"token_id"`
	Reason   string       `key:"reason"`
	Dialect  string       `key:"dialect"`
	Rule     string       `key:"rule.name"`
	Peer     api.Peer     `key:"peer"`
	Attempt  *api.Attempt `key:"req"` // nil outside a request
}
