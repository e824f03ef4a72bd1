package core

import "github.com/cardea-auth/cardea/core/point"

// The catalogue of hook points and what each of them sees, out of package point, which
// has a paragraph on each.
type (
	// Hooks is the whole catalogue of hook points.
	Hooks = point.Hooks

	// LoginAttempt is what login-before sees: everything but the password.
	LoginAttempt = point.LoginAttempt

	// Challenge asks the client of a login for one more thing.
	Challenge = point.Challenge

	// ChallengeError is the cause inside the error of a login that needs one more thing;
	// find it with errors.As.
	ChallengeError = point.ChallengeError

	// LoginResult is what login-after sees and may change in Identity's roles and scopes.
	LoginResult = point.LoginResult

	// Lifetime is what the lifetime filters see and change.
	Lifetime = point.Lifetime

	// NotBefore is what auth-not-before sees and changes.
	NotBefore = point.NotBefore

	// Issuer is what auth-issuer sees and changes.
	Issuer = point.Issuer

	// Algorithm is what auth-algorithm sees and changes: the JWA name of the algorithm to
	// sign with, out of those that have an active key.
	Algorithm = point.Algorithm

	// TokenClaims is what token-claims sees and changes.
	TokenClaims = point.TokenClaims

	// TokenResponse is what token-response sees and changes: the dialect's reply.
	TokenResponse = point.TokenResponse

	// TokenCheck is what token-verify sees.
	TokenCheck = point.TokenCheck

	// Resolved is what identity-resolved sees and may change in Identity's roles and scopes.
	Resolved = point.Resolved

	// CredentialHeader is what custom-header sees and changes.
	CredentialHeader = point.CredentialHeader

	// Exclusion is what route-exclusion sees and changes.
	Exclusion = point.Exclusion

	// Access is what route-access sees.
	Access = point.Access

	// UpstreamHeaders is what identity-headers sees and changes.
	UpstreamHeaders = point.UpstreamHeaders

	// ErrorResponse is what error-response sees and changes.
	ErrorResponse = point.ErrorResponse

	// CORSHeaders is what cors-headers sees and changes.
	CORSHeaders = point.CORSHeaders

	// RateLimit is what rate-limit sees and changes.
	RateLimit = point.RateLimit

	// RefreshAttempt is what refresh-before sees.
	RefreshAttempt = point.RefreshAttempt

	// SessionLimit is what session-limit sees and changes: End lists the sessions out of
	// Live that shall end.
	SessionLimit = point.SessionLimit

	// Event is what an action is told.
	Event = point.Event
)

// NewHooks returns the catalogue with nothing bound.
func NewHooks() *Hooks { return point.NewHooks() }
