package point

import (
	"fmt"
	"reflect"

	"github.com/cardea-auth/cardea/hooks"
)

// Hooks is the catalogue of hook points and the manual for extensions: one field per
// point, with a comment that says when the point runs, what handlers may change, and what
// an error causes. No point shows secrets (passwords, tokens, keys).
//
// Filters fail closed: an error refuses the operation. This also holds for Go handlers at
// filters marked enrich, but there a failing plugin is skipped by default. Actions cannot
// change an outcome, and requests do not wait for them: handlers run after the response,
// each through a bounded queue of its own, in order, on a copy of the event. Their errors
// are logged. Events are dropped and counted when a queue is full, see [Engine.Drain], so
// an action cannot be a complete audit log.
//
// Hooks see only those proxy headers of a request that were accepted from a trusted proxy.
// For decisions, use peer, scheme and host instead.
//
// Hooks see a request as rules do: the host in its canonical form, and the method and path
// that the upstream will act on. If the upstream could read the request in several ways,
// the points that decide (CustomHeader, RouteExclusion, TokenVerify, IdentityResolved,
// RouteAccess) run for each of them: all must allow, a route is public only if each is,
// and only the roles that remain in all of them count. RawTarget is as received.
//
// Dialect is the name of the site (mount) whose endpoint was called; for tokens of a
// session it is the site where the session began. If a session is refreshed at another
// site, filters are called for both sites, so that a client cannot avoid a binding. If the
// site where the session began is unknown, they are called for each possible one: all must
// allow, the shortest lifetime and the latest start apply, and issuer, key and claims are
// passed from one to the next. Without a site, Dialect is the token format.
//
// Create a catalogue with [NewHooks], and bind handlers before it is passed to an [Engine].
//
// A point is written once, here and in the type of its value: make generate writes the
// rest from the tags, see core/point/internal/generate.
type Hooks struct {
	// LoginBefore runs before the password is checked. May refuse the login or return a
	// challenge, such as for a second factor. An error refuses the login. A password sent
	// by HTTP Basic is a login too, with the name of the method as Method: the point runs
	// once each time the successful check is cached, and a challenge refuses it. A handler
	// that finds an answer wrong sets the challenge again; the client sees it only after
	// the correct password. Per user, at most ten wrong answers are checked in 15 minutes.
	LoginBefore *hooks.Filter[LoginAttempt] `point:"login-before"`
	// LoginAfter runs after password and challenge are accepted. It also runs with the
	// method "refresh" whenever roles are read again: at each refresh, for tokens that
	// contain only the user, and for users of another site of a network (once each time
	// the result is cached). May remove roles and scopes, add some with the right
	// roles.widen, or refuse. The subject cannot be changed.
	LoginAfter *hooks.Filter[LoginResult] `point:"login-after"`
	// AuthExpire sets the lifetime of an access token before it is issued. The engine
	// limits it to min_ttl and max_ttl. An error issues nothing.
	AuthExpire *hooks.Filter[Lifetime] `point:"auth-expire"`
	// AuthNotBefore sets nbf, which the engine limits to exp. An error issues nothing.
	AuthNotBefore *hooks.Filter[NotBefore] `point:"auth-not-before"`
	// AuthIssuer chooses iss among the configured issuers. An error issues nothing.
	AuthIssuer *hooks.Filter[Issuer] `point:"auth-issuer"`
	// AuthAlgorithm chooses the signing key by algorithm among the active keys.
	// An error issues nothing.
	AuthAlgorithm *hooks.Filter[Algorithm] `point:"auth-algorithm"`
	// RefreshExpire sets the lifetime of a refresh token, within the configured limits
	// and the end of the session. An error issues nothing.
	RefreshExpire *hooks.Filter[Lifetime] `point:"refresh-expire"`
	// TokenClaims (enrich) may add, change and delete claims. The engine sets iss sub aud
	// iat nbf exp jti sid gen cnf afterwards. Claims from which the token format reads
	// roles and scopes can be restricted, and extended with the right roles.widen.
	// An error issues nothing.
	TokenClaims *hooks.Filter[TokenClaims] `point:"token-claims,enrich"`
	// TokenResponse (enrich) may add and change fields of the response to a login, but
	// not the tokens in it. An error fails the login.
	TokenResponse *hooks.Filter[TokenResponse] `point:"token-response,enrich"`
	// TokenVerify runs after the signature, the times and the revocation of a token were
	// checked, also when the token is cached. May refuse.
	TokenVerify *hooks.Filter[TokenCheck] `point:"token-verify"`
	// IdentityResolved runs for every authenticated request, whatever the method. May
	// remove roles and scopes, add some with the right roles.widen, or refuse. The
	// restrictions of an API key are applied afterwards.
	IdentityResolved *hooks.Filter[Resolved] `point:"identity-resolved"`
	// CustomHeader chooses the header and prefix that carry the credential of a request,
	// and whether the standard header is refused. Names are validated. An error refuses
	// the request.
	CustomHeader *hooks.Filter[CredentialHeader] `point:"custom-header"`
	// RouteExclusion may make a route public, or make a public route require a credential,
	// before credentials are read. An error refuses the request.
	RouteExclusion *hooks.Filter[Exclusion] `point:"route-exclusion"`
	// RouteAccess may refuse a request that the rule allows. It cannot allow a request
	// that was refused. While a handler is bound here or at RouteExclusion, a request that
	// acts on everything below its path, such as WebDAV's COPY of a collection, is answered
	// 400 unless the rule lists its method. If the rule does, handlers here and at all other
	// points are called only for the path of the collection, and must refuse there what
	// they would refuse below it.
	RouteAccess *hooks.Filter[Access] `point:"route-access"`
	// IdentityHeaders (enrich) may add, change and delete the headers for the upstream.
	// Names that would change the meaning of the request (framing, target, method,
	// credentials, conditions) are refused, and so are names that were not declared:
	// headers that a hook may set are deleted from every client request. Plugins and
	// expressions declare them by grants and literals; for a Go function call Declare.
	IdentityHeaders *hooks.Filter[UpstreamHeaders] `point:"identity-headers,enrich"`
	// ErrorResponse (enrich) may change body fields and headers of a refusal. The status
	// stays in its class. After an error the refusal is sent unchanged.
	ErrorResponse *hooks.Filter[ErrorResponse] `point:"error-response,enrich"`
	// CORSHeaders (enrich) runs for every cross-origin request, including preflights, if
	// cors is enabled. Chooses the allowed origin ("*", that of the request, or none),
	// headers and methods. Credentials are allowed only for origins in the configuration,
	// and never with "*". What the application lists in its answer to a preflight is added
	// unless a hook has changed the lists. An error allows no origin; the request itself
	// continues.
	CORSHeaders *hooks.Filter[CORSHeaders] `point:"cors-headers,enrich"`
	// RateLimit sets the limit and window of a counter.
	RateLimit *hooks.Filter[RateLimit] `point:"rate-limit"`
	// RefreshBefore may refuse a refresh. The refresh token is already consumed.
	RefreshBefore *hooks.Filter[RefreshAttempt] `point:"refresh-before"`
	// SessionLimit chooses which live sessions of a user end when one is added.
	SessionLimit *hooks.Filter[SessionLimit] `point:"session-limit"`

	// LoginSucceeded: a login was accepted, including a second factor.
	LoginSucceeded *hooks.Action[Event] `point:"login-succeeded"`
	// LoginFailed: a login was refused; Event.Reason says why.
	LoginFailed *hooks.Action[Event] `point:"login-failed"`
	// TokenIssued: a token was issued; Event.TokenID is its jti.
	TokenIssued *hooks.Action[Event] `point:"token-issued"`
	// TokenValidated: a client had a token validated, and it is valid.
	TokenValidated *hooks.Action[Event] `point:"token-validated"`
	// TokenRefreshed: a refresh token was exchanged.
	TokenRefreshed *hooks.Action[Event] `point:"token-refreshed"`
	// TokenRevoked: a credential was revoked; Event.Target identifies it.
	TokenRevoked *hooks.Action[Event] `point:"token-revoked"`
	// RefreshReused: a consumed refresh token was used again, and its session was ended.
	RefreshReused *hooks.Action[Event] `point:"refresh-reused"`
	// SessionEnded: a session was ended by logout, limit or revocation.
	SessionEnded *hooks.Action[Event] `point:"session-ended"`
	// UserChanged: a user was created or changed; Event.Reason says what.
	UserChanged *hooks.Action[Event] `point:"user-changed"`
	// UserDeleted: a user was deleted.
	UserDeleted *hooks.Action[Event] `point:"user-deleted"`
	// APIKeyCreated: an API key was created; Event.Target is its id.
	APIKeyCreated *hooks.Action[Event] `point:"apikey-created"`
	// APIKeyRevoked: an API key was revoked; Event.Target is its id.
	APIKeyRevoked *hooks.Action[Event] `point:"apikey-revoked"`
	// KeyRotated: another signing key became active; Event.Target is its id.
	KeyRotated *hooks.Action[Event] `point:"key-rotated"`
	// RequestDenied: a request was refused; Event.Reason says why.
	RequestDenied *hooks.Action[Event] `point:"request-denied"`
	// PluginFailed: a plugin failed; Event.Target is its name.
	PluginFailed *hooks.Action[Event] `point:"plugin-failed"`
	// ConfigReloaded: a new policy is in force.
	ConfigReloaded *hooks.Action[Event] `point:"config-reloaded"`

	own []hooks.Point // added by the program
}

// Points returns the points in the order of the struct, and then those that were added,
// for runtimes that bind by name.
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

// Add adds a point that the program declares and applies itself, so that bindings,
// listings and expressions find it by its name. Create its view with package hooks/view.
// Plugins can have hooks for it if their host gets the same point. It returns an error if
// the name is taken. Call Add before the catalogue is passed to an engine: it is not safe
// for concurrent use.
func (h *Hooks) Add(p hooks.Point) error {
	if _, taken := h.Point(p.Name()); taken {
		return fmt.Errorf("hooks: a point %q already exists: use another name", p.Name())
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
