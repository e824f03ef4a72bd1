package point

import (
	"fmt"
	"reflect"

	"github.com/cardea-auth/cardea/hooks"
)

// Hooks is the whole catalogue of hook points and so the extension manual: one
// field a point, and beside it when it runs, what may be changed there, and
// what an error causes. Secrets (passwords, tokens, keys) are visible at none.
//
// Filters fail closed: an error refuses what was asked. Those marked enrich
// fail closed as well for Go handlers; a plugin bound there is skipped by
// default when it breaks. Actions cannot change an outcome, and nobody waits for
// them: their handlers run behind the answer, each through a bounded queue of its own,
// in order, on a copy of the event. Their errors are logged; events that find a queue
// full are dropped and counted. See [Engine.Drain]. An audit log is no action.
//
// Of headers in which a client could speak for a proxy, hooks see those that the door
// passes on: go by peer, scheme and host instead.
//
// Hooks see a request as rules judge it: the host in its one spelling, and method and
// path of what the upstream is going to take the request for. Where that could be
// several things, the points that decide (CustomHeader, RouteExclusion, TokenVerify,
// IdentityResolved, RouteAccess) run for each: all must allow, public is what is
// public as each, and only roles that all leave remain. RawTarget stays as received.
//
// Dialect is the name of the site, as of a mount, whose endpoint was asked; for tokens of a
// session it is the one at which the session began. Filters are asked for the site whose
// refresh endpoint was asked as well, so that no binding is avoided there, and for all that
// could have begun the session where that is not known: all must allow, the shortest
// lifetime and the latest start count, and issuer, key and claims are handed from one to
// the next. Where nobody has named a site, it is the token format of the tokens.
//
// Make one with [NewHooks], bind before handing it to an [Engine].
//
// A point is written once, here and in the type of its value: make generate writes the
// rest from the tags, see core/point/internal/generate.
type Hooks struct {
	// LoginBefore runs before a password is looked at. May refuse, or return a
	// challenge for more (a second factor); an error refuses the login. A password
	// by Basic is a login, with the method's name as method, each time that its
	// success is remembered; a challenge refuses it. A handler that finds an answer
	// wrong sets the challenge again, which is told only to who has the password.
	// At most ten answers that are not accepted are judged for a user in 15 minutes.
	LoginBefore *hooks.Filter[LoginAttempt] `point:"login-before"`
	// LoginAfter runs once password and challenge are satisfied, and again with the
	// method "refresh" wherever roles are read anew: at each refresh, for tokens that
	// name their user only, and for a user of another site of a network, there each
	// time that the verdict is remembered. May drop roles and scopes, add some with the right roles.widen, or refuse. The subject
	// cannot be changed.
	LoginAfter *hooks.Filter[LoginResult] `point:"login-after"`
	// AuthExpire sets the lifetime of an access token before it is made. The
	// engine keeps it between min_ttl and max_ttl. An error issues nothing.
	AuthExpire *hooks.Filter[Lifetime] `point:"auth-expire"`
	// AuthNotBefore sets nbf, which is kept at or before exp. An error issues nothing.
	AuthNotBefore *hooks.Filter[NotBefore] `point:"auth-not-before"`
	// AuthIssuer chooses iss among the configured issuers. An error issues nothing.
	AuthIssuer *hooks.Filter[Issuer] `point:"auth-issuer"`
	// AuthAlgorithm chooses the signing key by algorithm among the active ones.
	// An error issues nothing.
	AuthAlgorithm *hooks.Filter[Algorithm] `point:"auth-algorithm"`
	// RefreshExpire sets the lifetime of a refresh token, within the configured
	// bounds and the family's absolute end. An error issues nothing.
	RefreshExpire *hooks.Filter[Lifetime] `point:"refresh-expire"`
	// TokenClaims (enrich) may add, change and delete claims. The engine stamps
	// iss sub aud iat nbf exp jti sid gen cnf afterwards. What the token's format
	// reads back as roles and scopes may be dropped, and added to with the right
	// roles.widen. An error issues nothing.
	TokenClaims *hooks.Filter[TokenClaims] `point:"token-claims,enrich"`
	// TokenResponse (enrich) may add and change fields of the reply to a login;
	// the tokens in it cannot be replaced. An error fails the login.
	TokenResponse *hooks.Filter[TokenResponse] `point:"token-response,enrich"`
	// TokenVerify runs after signature, time and revocation of a token were
	// found good, at first sight and at each repeat. May refuse.
	TokenVerify *hooks.Filter[TokenCheck] `point:"token-verify"`
	// IdentityResolved runs for every method on every request that was
	// recognised. May drop roles and scopes, add some with the right roles.widen, or
	// refuse. What an API key is restricted to is applied afterwards.
	IdentityResolved *hooks.Filter[Resolved] `point:"identity-resolved"`
	// CustomHeader chooses which header and prefix carry the credential for a
	// request, and whether the standard one is refused. Names are validated; an
	// error refuses the request.
	CustomHeader *hooks.Filter[CredentialHeader] `point:"custom-header"`
	// RouteExclusion may make a route public or take that away, before any
	// credential is read. An error refuses the request.
	RouteExclusion *hooks.Filter[Exclusion] `point:"route-exclusion"`
	// RouteAccess may refuse a request that the rule would let pass. It cannot
	// turn a refusal into a pass. A request that acts on all below its path, as
	// WebDAV's COPY of a collection, is 400 while a handler is bound here or at
	// RouteExclusion, unless the rule lists its method: then, and at every other
	// point, handlers are asked for the path of the collection alone, and must refuse
	// there what they would refuse below.
	RouteAccess *hooks.Filter[Access] `point:"route-access"`
	// IdentityHeaders (enrich) may add, change and delete the headers that go to
	// the upstream. Names that would make another request of it (framing, target,
	// method, credentials, conditions) are refused, and so are names that were not
	// declared: what a hook may set is taken out of every request of a client.
	// Plugins and expressions are declared by their grants and literals; with a Go
	// function call Declare.
	IdentityHeaders *hooks.Filter[UpstreamHeaders] `point:"identity-headers,enrich"`
	// ErrorResponse (enrich) may change body fields and headers of a refusal.
	// The status keeps its class. An error leaves the refusal as it was.
	ErrorResponse *hooks.Filter[ErrorResponse] `point:"error-response,enrich"`
	// CORSHeaders (enrich) runs for every request of a page from elsewhere, also
	// for preflights, where cors is enabled. Chooses allowed origin ("*", the
	// request's own, or none), headers and methods. Credentials are allowed only to
	// origins that the configuration lists, and never with "*". An error allows no
	// origin; the request itself goes on.
	CORSHeaders *hooks.Filter[CORSHeaders] `point:"cors-headers,enrich"`
	// RateLimit sets limit and window of a counter.
	RateLimit *hooks.Filter[RateLimit] `point:"rate-limit"`
	// RefreshBefore may refuse a refresh; the presented token is consumed already.
	RefreshBefore *hooks.Filter[RefreshAttempt] `point:"refresh-before"`
	// SessionLimit chooses which of a user's live sessions end when one is added.
	SessionLimit *hooks.Filter[SessionLimit] `point:"session-limit"`

	// LoginSucceeded: a login was accepted, the second factor too.
	LoginSucceeded *hooks.Action[Event] `point:"login-succeeded"`
	// LoginFailed: a login was refused; Event.Reason says why.
	LoginFailed *hooks.Action[Event] `point:"login-failed"`
	// TokenIssued: a token was signed; Event.TokenID names it.
	TokenIssued *hooks.Action[Event] `point:"token-issued"`
	// TokenValidated: somebody asked whether a token is valid, and it is.
	TokenValidated *hooks.Action[Event] `point:"token-validated"`
	// TokenRefreshed: a refresh token was exchanged.
	TokenRefreshed *hooks.Action[Event] `point:"token-refreshed"`
	// TokenRevoked: a credential was taken back; Event.Target names what.
	TokenRevoked *hooks.Action[Event] `point:"token-revoked"`
	// RefreshReused: a consumed refresh token came back and its family ended.
	RefreshReused *hooks.Action[Event] `point:"refresh-reused"`
	// SessionEnded: a session was ended by logout, limit or revocation.
	SessionEnded *hooks.Action[Event] `point:"session-ended"`
	// UserChanged: a user was created or changed; Event.Reason says what.
	UserChanged *hooks.Action[Event] `point:"user-changed"`
	// UserDeleted: a user was deleted.
	UserDeleted *hooks.Action[Event] `point:"user-deleted"`
	// APIKeyCreated: an API key was made; Event.Target is its id.
	APIKeyCreated *hooks.Action[Event] `point:"apikey-created"`
	// APIKeyRevoked: an API key was revoked; Event.Target is its id.
	APIKeyRevoked *hooks.Action[Event] `point:"apikey-revoked"`
	// KeyRotated: another signing key became active; Event.Target is its id.
	KeyRotated *hooks.Action[Event] `point:"key-rotated"`
	// RequestDenied: a request was refused; Event.Reason says why.
	RequestDenied *hooks.Action[Event] `point:"request-denied"`
	// PluginFailed: a plugin broke; Event.Target names it.
	PluginFailed *hooks.Action[Event] `point:"plugin-failed"`
	// ConfigReloaded: a new policy is in force.
	ConfigReloaded *hooks.Action[Event] `point:"config-reloaded"`

	own []hooks.Point // that a program has added
}

// Points lists the catalogue in its written order, and then what was added, for
// runtimes that bind by name. It is read off the struct, so no point can be left out.
func (h *Hooks) Points() []hooks.Point {
	v := reflect.ValueOf(h).Elem()
	points := make([]hooks.Point, 0, v.NumField()+len(h.own))
	for i := range v.NumField() {
		if v.Type().Field(i).IsExported() {
			points = append(points, v.Field(i).Interface().(hooks.Point))
		}
	}
	return append(points, h.own...)
}

// Add adds a point that a program declares itself and applies itself, so that bindings,
// listings and expressions find it by its name. Its keyed view is made with package
// hooks/view; plugins have hooks for it if their host is given the same point. The error
// says that the name is taken. Add before the catalogue is handed to an engine: it is
// not safe for concurrent use.
func (h *Hooks) Add(p hooks.Point) error {
	if _, taken := h.Point(p.Name()); taken {
		return fmt.Errorf("hooks: there is a point %q already: give yours another name", p.Name())
	}
	h.own = append(h.own, p)
	return nil
}

// Point returns the point of that name.
func (h *Hooks) Point(name string) (hooks.Point, bool) {
	for _, p := range h.Points() {
		if p.Name() == name {
			return p, true
		}
	}
	return nil, false
}
