package api

import (
	"errors"
	"strings"
	"time"
)

// Code is the class of an [Error]. The constants name the HTTP status that each usually
// becomes.
type Code string

// The codes; there are no others. An error that is not an [*Error] counts as Internal.
const (
	Invalid         Code = "invalid"         // malformed input, 400
	Unauthenticated Code = "unauthenticated" // no or bad credentials, 401
	Denied          Code = "denied"          // authenticated, but not allowed, 403
	NotFound        Code = "not_found"       // 404
	Conflict        Code = "conflict"        // 409
	Throttled       Code = "throttled"       // 429
	Unavailable     Code = "unavailable"     // a dependency does not answer, 503
	Internal        Code = "internal"        // a bug or fault of the server, 500
)

// Reasons are stable words that identify a refusal, so that each front end can choose its
// own code and text. Hooks and methods may add their own.
const (
	ReasonNoCredential       = "no_credential"    // nothing was presented
	ReasonBadCredential      = "bad_credential"   // the header could not be read
	ReasonManyCredentials    = "many_credentials" // more than one kind was presented
	ReasonBadPath            = "bad_path"         // the request target is not canonical
	ReasonManyReadings       = "many_readings"    // the request (not a batch) can be read in more ways than hooks can be asked about
	ReasonUnknownUser        = "unknown_user"     // no such login
	ReasonUnknownEmail       = "unknown_email"    // no such e-mail address
	ReasonWrongPassword      = "wrong_password"   // the login exists, the password does not match
	ReasonEmptyUser          = "empty_username"   // no login given
	ReasonEmptyPassword      = "empty_password"   // no password given
	ReasonDisabled           = "user_disabled"    // the login exists and is disabled
	ReasonTokenMalformed     = "token_malformed"  // not a compact JWS in our format
	ReasonTokenSignature     = "token_signature"  // signature does not verify
	ReasonTokenAlgorithm     = "token_algorithm"  // the algorithm is not that of the key
	ReasonTokenKey           = "token_key"        // no such key
	ReasonTokenHeader        = "token_header"     // a header member that is not allowed
	ReasonTokenType          = "token_type"       // typ is not an access token's
	ReasonTokenClaims        = "token_claims"     // a claim is missing or of a wrong type
	ReasonTokenExpired       = "token_expired"    // exp has passed
	ReasonTokenNotYet        = "token_not_yet"    // before nbf or iat
	ReasonTokenIssuer        = "token_issuer"     // the issuer is not trusted here
	ReasonTokenAudience      = "token_audience"   // the audience is another
	ReasonTokenSubject       = "token_subject"    // names no user
	ReasonTokenLifetime      = "token_lifetime"   // the lifetime is longer than allowed
	ReasonTokenSite          = "token_site"       // belongs to another site
	ReasonTokenRevoked       = "token_revoked"
	ReasonAPIKey             = "api_key"              // unknown, wrong, expired or revoked key
	ReasonRefreshUnknown     = "refresh_unknown"      // not a refresh token of ours
	ReasonRefreshExpired     = "refresh_expired"      // its session has expired
	ReasonRefreshEnded       = "refresh_ended"        // its session was ended
	ReasonRefreshClient      = "refresh_client"       // issued to another client
	ReasonRefreshReused      = "refresh_reused"       // already used: its session has been ended
	ReasonTooMany            = "too_many"             // too many attempts or calls: wait
	ReasonRole               = "role"                 // lacks a role that the rule requires
	ReasonRoleRefused        = "role_refused"         // has a role that may not use this method
	ReasonScope              = "scope"                // lacks a scope that the rule requires
	ReasonTooLarge           = "too_large"            // the body is larger than what is read before the decision
	ReasonBadBody            = "bad_body"             // the body could not be read
	ReasonBodyNotSeen        = "body_not_seen"        // the signature covers the body, which the front end cannot read
	ReasonMethodOverride     = "method_override"      // names a second method, which the application may use
	ReasonOtherTarget        = "other_target"         // names a second resource, which is not allowed like the first
	ReasonNarrowed           = "narrowed"             // the application cannot see that the credential may do less than its user
	ReasonNotAUser           = "not_a_user_there"     // not in the directory of the application
	ReasonMethodNotAllowed   = "method_not_allowed"   // the rule excludes the HTTP method
	ReasonNoRule             = "no_rule"              // no rule matches: denied by default
	ReasonHook               = "hook"                 // a hook refused
	ReasonHookFailed         = "hook_failed"          // a hook failed; refused, and logged as a fault
	ReasonChallenge          = "challenge"            // a hook requires more, such as a second factor
	ReasonStale              = "stale_revocations"    // revocation data is too old to decide on
	ReasonUnknownSession     = "unknown_session"      // no such session
	ReasonUnknownAPIKey      = "unknown_api_key"      // no such API key
	ReasonUnknownKey         = "unknown_key"          // no such signing key
	ReasonUnknownTokenFormat = "unknown_token_format" // no such token format (mount)
	ReasonReadOnly           = "read_only"            // the user directory is read-only
)

// Error is a refusal or failure. Code is its class, Reason a stable word for programs,
// Public a sentence for the client, and Err the cause, which is logged but never sent to
// clients.
type Error struct {
	Code   Code
	Reason string
	Public string
	Err    error

	RetryAfter time.Duration // Throttled, Unavailable: when to retry; 0 if unknown
	About      string        // ID or login that the reason is about, for an operator's next command; not for clients
}

// E returns an [*Error] without a cause.
func E(code Code, reason, public string) *Error {
	return &Error{Code: code, Reason: reason, Public: public}
}

// Wrap returns an [*Error] with a cause that is not sent to clients.
func Wrap(code Code, reason, public string, err error) *Error {
	return &Error{Code: code, Reason: reason, Public: public, Err: err}
}

// Error returns class, reason and cause without repeating itself. It is meant for logs, not
// for clients. A nil *Error stored in an error by mistake counts as [Internal].
func (e *Error) Error() string {
	if e == nil {
		return "internal: a nil *Error was returned as an error"
	}
	text := string(e.Code)
	if e.Reason != "" {
		text += " (" + e.Reason + ")"
	}
	if said := e.said(); said != "" {
		text += ": " + said
	}
	return text
}

// said returns the public sentence and the cause, or only one if it contains the other. A
// cause of the same class and reason adds neither again.
func (e *Error) said() string {
	if e.Err == nil {
		return e.Public
	}
	cause := e.Err.Error()
	if inner, ok := e.Err.(*Error); ok && inner != nil && inner.Code == e.Code && (inner.Reason == "" || inner.Reason == e.Reason) {
		cause = inner.said()
	}
	for _, sentinel := range [...]error{ErrNotFound, ErrConflict} {
		cause = strings.TrimSuffix(cause, ": "+sentinel.Error()) // the code says the same
		if cause == sentinel.Error() && e.Public != "" {
			return e.Public
		}
	}
	switch {
	case strings.Contains(cause, e.Public):
		return cause
	case strings.Contains(e.Public, cause):
		return e.Public
	}
	return e.Public + ": " + cause
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error {
	if e == nil {
		return nil
	}
	return e.Err
}

// AsError returns the [*Error] in err's chain. It wraps any other error as an Internal one,
// and returns nil only for nil.
func AsError(err error) *Error {
	if err == nil {
		return nil
	}
	var e *Error
	if errors.As(err, &e) && e != nil {
		return e
	}
	return &Error{Code: Internal, Public: "internal error", Err: err}
}

// CodeOf returns the code of err: Internal for unknown errors, "" for nil.
func CodeOf(err error) Code {
	if e := AsError(err); e != nil {
		return e.Code
	}
	return ""
}

// ReasonOf returns the reason of err, or "" if it has none.
func ReasonOf(err error) string {
	if e := AsError(err); e != nil {
		return e.Reason
	}
	return ""
}

// The sentinel errors of repositories and methods; match them with [errors.Is].
var (
	// ErrNotMine means that the request has no credential for this method; the next one is
	// asked.
	ErrNotMine = errors.New("no credential for this method")
	// ErrNotFound means that a record does not exist.
	ErrNotFound = errors.New("not found")
	// ErrConflict means that a record already exists or has changed in the meantime.
	ErrConflict = errors.New("conflict")
)
