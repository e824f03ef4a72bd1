package point

import (
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
// session it is the one at which the session began. Where nobody has named one, it is the
// layout of the tokens.
//
// Make one with [NewHooks], bind before handing it to an [Engine].
type Hooks struct {
	// LoginBefore runs before a password is looked at. May refuse, or return a
	// challenge for more (a second factor); an error refuses the login. A password
	// by Basic is a login, with the method's name as method, each time that its
	// success is remembered; a challenge refuses it. A handler that finds an answer
	// wrong sets the challenge again, which is told only to who has the password.
	// At most ten answers that are not accepted are judged for a user in 15 minutes.
	LoginBefore *hooks.Filter[LoginAttempt]
	// LoginAfter runs once password and challenge are satisfied, and again with the
	// method "refresh" wherever roles are read anew: at each refresh, for tokens that
	// name their user only, and for a user of another site of a network, there each
	// time that the verdict is remembered. May drop roles and scopes, add some with the right roles.widen, or refuse. The subject
	// cannot be changed.
	LoginAfter *hooks.Filter[LoginResult]
	// AuthExpire sets the lifetime of an access token before it is made. The
	// engine keeps it between min_ttl and max_ttl. An error issues nothing.
	AuthExpire *hooks.Filter[Lifetime]
	// AuthNotBefore sets nbf, which is kept at or before exp. An error issues nothing.
	AuthNotBefore *hooks.Filter[NotBefore]
	// AuthIssuer chooses iss among the configured issuers. An error issues nothing.
	AuthIssuer *hooks.Filter[Issuer]
	// AuthAlgorithm chooses the signing key by algorithm among the active ones.
	// An error issues nothing.
	AuthAlgorithm *hooks.Filter[Algorithm]
	// RefreshExpire sets the lifetime of a refresh token, within the configured
	// bounds and the family's absolute end. An error issues nothing.
	RefreshExpire *hooks.Filter[Lifetime]
	// TokenClaims (enrich) may add, change and delete claims. The engine stamps
	// iss sub aud iat nbf exp jti sid gen cnf afterwards. What the token's format
	// reads back as roles and scopes may be dropped, and added to with the right
	// roles.widen. An error issues nothing.
	TokenClaims *hooks.Filter[TokenClaims]
	// TokenResponse (enrich) may add and change fields of the reply to a login;
	// the tokens in it cannot be replaced. An error fails the login.
	TokenResponse *hooks.Filter[TokenResponse]
	// TokenVerify runs after signature, time and revocation of a token were
	// found good, at first sight and at each repeat. May refuse.
	TokenVerify *hooks.Filter[TokenCheck]
	// IdentityResolved runs for every method on every request that was
	// recognised. May drop roles and scopes, add some with the right roles.widen, or
	// refuse. What an API key is restricted to is applied afterwards.
	IdentityResolved *hooks.Filter[Resolved]
	// CustomHeader chooses which header and prefix carry the credential for a
	// request, and whether the standard one is refused. Names are validated; an
	// error refuses the request.
	CustomHeader *hooks.Filter[CredentialHeader]
	// RouteExclusion may make a route public or take that away, before any
	// credential is read. An error refuses the request.
	RouteExclusion *hooks.Filter[Exclusion]
	// RouteAccess may refuse a request that the rule would let pass. It cannot
	// turn a refusal into a pass.
	RouteAccess *hooks.Filter[Access]
	// IdentityHeaders (enrich) may add, change and delete the headers that go to
	// the upstream. Names that would make another request of it (framing, target,
	// method, credentials, conditions) are refused, and so are names that were not
	// declared: what a hook may set is taken out of every request of a client.
	// Plugins and expressions are declared by their grants and literals; with a Go
	// function call Declare.
	IdentityHeaders *hooks.Filter[UpstreamHeaders]
	// ErrorResponse (enrich) may change body fields and headers of a refusal.
	// The status keeps its class. An error leaves the refusal as it was.
	ErrorResponse *hooks.Filter[ErrorResponse]
	// CORSHeaders (enrich) runs for every request of a page from elsewhere, also
	// for preflights, where cors is enabled. Chooses allowed origin ("*", the
	// request's own, or none), headers and methods. Credentials are allowed only to
	// origins that the configuration lists, and never with "*". An error allows no
	// origin; the request itself goes on.
	CORSHeaders *hooks.Filter[CORSHeaders]
	// RateLimit sets limit and window of a counter.
	RateLimit *hooks.Filter[RateLimit]
	// RefreshBefore may refuse a refresh; the presented token is consumed already.
	RefreshBefore *hooks.Filter[RefreshAttempt]
	// SessionLimit chooses which of a user's live sessions end when one is added.
	SessionLimit *hooks.Filter[SessionLimit]

	// LoginSucceeded: a login was accepted, the second factor too.
	LoginSucceeded *hooks.Action[Event]
	// LoginFailed: a login was refused; Event.Reason says why.
	LoginFailed *hooks.Action[Event]
	// TokenIssued: a token was signed; Event.TokenID names it.
	TokenIssued *hooks.Action[Event]
	// TokenValidated: somebody asked whether a token is valid, and it is.
	TokenValidated *hooks.Action[Event]
	// TokenRefreshed: a refresh token was exchanged.
	TokenRefreshed *hooks.Action[Event]
	// TokenRevoked: a credential was taken back; Event.Target names what.
	TokenRevoked *hooks.Action[Event]
	// RefreshReused: a consumed refresh token came back and its family ended.
	RefreshReused *hooks.Action[Event]
	// SessionEnded: a session was ended by logout, limit or revocation.
	SessionEnded *hooks.Action[Event]
	// UserChanged: a user was created or changed; Event.Reason says what.
	UserChanged *hooks.Action[Event]
	// UserDeleted: a user was deleted.
	UserDeleted *hooks.Action[Event]
	// APIKeyCreated: an API key was made; Event.Target is its id.
	APIKeyCreated *hooks.Action[Event]
	// APIKeyRevoked: an API key was revoked; Event.Target is its id.
	APIKeyRevoked *hooks.Action[Event]
	// KeyRotated: another signing key became active; Event.Target is its id.
	KeyRotated *hooks.Action[Event]
	// RequestDenied: a request was refused; Event.Reason says why.
	RequestDenied *hooks.Action[Event]
	// PluginFailed: a plugin broke; Event.Target names it.
	PluginFailed *hooks.Action[Event]
	// ConfigReloaded: a new policy is in force.
	ConfigReloaded *hooks.Action[Event]
}

// NewHooks returns the catalogue with nothing bound.
func NewHooks() *Hooks {
	events := eventView()
	return &Hooks{
		LoginBefore:      hooks.NewFilter[LoginAttempt]("login-before").WithView(loginAttemptView()),
		LoginAfter:       hooks.NewFilter[LoginResult]("login-after").WithView(loginResultView()).WithCopy(LoginResult.copied),
		AuthExpire:       hooks.NewFilter[Lifetime]("auth-expire").WithView(lifetimeView()).WithCopy(Lifetime.copied),
		AuthNotBefore:    hooks.NewFilter[NotBefore]("auth-not-before").WithView(notBeforeView()).WithCopy(NotBefore.copied),
		AuthIssuer:       hooks.NewFilter[Issuer]("auth-issuer").WithView(issuerView()).WithCopy(Issuer.copied),
		AuthAlgorithm:    hooks.NewFilter[Algorithm]("auth-algorithm").WithView(algorithmView()).WithCopy(Algorithm.copied),
		RefreshExpire:    hooks.NewFilter[Lifetime]("refresh-expire").WithView(lifetimeView()).WithCopy(Lifetime.copied),
		TokenClaims:      hooks.NewFilter[TokenClaims]("token-claims").WithView(tokenClaimsView()).WithCopy(TokenClaims.copied),
		TokenResponse:    hooks.NewFilter[TokenResponse]("token-response").WithView(tokenResponseView()).WithCopy(TokenResponse.copied),
		TokenVerify:      hooks.NewFilter[TokenCheck]("token-verify").WithView(tokenCheckView()).WithCopy(TokenCheck.copied),
		IdentityResolved: hooks.NewFilter[Resolved]("identity-resolved").WithView(resolvedView()).WithCopy(Resolved.copied),
		CustomHeader:     hooks.NewFilter[CredentialHeader]("custom-header").WithView(credentialHeaderView()),
		RouteExclusion:   hooks.NewFilter[Exclusion]("route-exclusion").WithView(exclusionView()),
		RouteAccess:      hooks.NewFilter[Access]("route-access").WithView(accessView()).WithCopy(Access.copied),
		IdentityHeaders:  hooks.NewFilter[UpstreamHeaders]("identity-headers").WithView(upstreamHeadersView()).WithCopy(UpstreamHeaders.copied),
		ErrorResponse:    hooks.NewFilter[ErrorResponse]("error-response").WithView(errorResponseView()).WithCopy(ErrorResponse.copied),
		CORSHeaders:      hooks.NewFilter[CORSHeaders]("cors-headers").WithView(corsHeadersView()),
		RateLimit:        hooks.NewFilter[RateLimit]("rate-limit").WithView(rateLimitView()),
		RefreshBefore:    hooks.NewFilter[RefreshAttempt]("refresh-before").WithView(refreshAttemptView()).WithCopy(RefreshAttempt.copied),
		SessionLimit:     hooks.NewFilter[SessionLimit]("session-limit").WithView(sessionLimitView()).WithCopy(SessionLimit.copied),

		LoginSucceeded: hooks.NewAction[Event]("login-succeeded").WithView(events),
		LoginFailed:    hooks.NewAction[Event]("login-failed").WithView(events),
		TokenIssued:    hooks.NewAction[Event]("token-issued").WithView(events),
		TokenValidated: hooks.NewAction[Event]("token-validated").WithView(events),
		TokenRefreshed: hooks.NewAction[Event]("token-refreshed").WithView(events),
		TokenRevoked:   hooks.NewAction[Event]("token-revoked").WithView(events),
		RefreshReused:  hooks.NewAction[Event]("refresh-reused").WithView(events),
		SessionEnded:   hooks.NewAction[Event]("session-ended").WithView(events),
		UserChanged:    hooks.NewAction[Event]("user-changed").WithView(events),
		UserDeleted:    hooks.NewAction[Event]("user-deleted").WithView(events),
		APIKeyCreated:  hooks.NewAction[Event]("apikey-created").WithView(events),
		APIKeyRevoked:  hooks.NewAction[Event]("apikey-revoked").WithView(events),
		KeyRotated:     hooks.NewAction[Event]("key-rotated").WithView(events),
		RequestDenied:  hooks.NewAction[Event]("request-denied").WithView(events),
		PluginFailed:   hooks.NewAction[Event]("plugin-failed").WithView(events),
		ConfigReloaded: hooks.NewAction[Event]("config-reloaded").WithView(events),
	}
}

// Points lists the catalogue in its written order, for runtimes that bind by
// name. It is read off the struct, so no point can be left out.
func (h *Hooks) Points() []hooks.Point {
	v := reflect.ValueOf(h).Elem()
	points := make([]hooks.Point, v.NumField())
	for i := range points {
		points[i] = v.Field(i).Interface().(hooks.Point)
	}
	return points
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
