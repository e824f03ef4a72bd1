package api

import (
	"errors"
	"strings"
	"time"
)

// Code is the class of an [Error]. A door maps it to its own status; see the
// constants for the HTTP status each one usually becomes.
type Code string

// The closed set of codes. Anything that is not an [*Error] counts as Internal.
const (
	Invalid         Code = "invalid"         // malformed input, 400
	Unauthenticated Code = "unauthenticated" // no or bad credentials, 401
	Denied          Code = "denied"          // known, but may not, 403
	NotFound        Code = "not_found"       // 404
	Conflict        Code = "conflict"        // 409
	Throttled       Code = "throttled"       // 429
	Unavailable     Code = "unavailable"     // a part that is needed does not answer, 503
	Internal        Code = "internal"        // a fault of ours, 500
)

// Reasons are the stable words that say which refusal it was, so that a door
// can pick its own code and text. Hooks and methods may add words of their own.
const (
	ReasonNoCredential     = "no_credential"    // nothing was presented
	ReasonBadCredential    = "bad_credential"   // the header could not be read
	ReasonManyCredentials  = "many_credentials" // more than one kind was presented
	ReasonBadPath          = "bad_path"         // the request target is not canonical
	ReasonManyReadings     = "many_readings"    // the request, no batch, can be read in more ways than hooks can be asked about
	ReasonUnknownUser      = "unknown_user"     // no such login
	ReasonUnknownEmail     = "unknown_email"    // no such e-mail address
	ReasonWrongPassword    = "wrong_password"   // login known, password not
	ReasonEmptyUser        = "empty_username"   // no login given
	ReasonEmptyPassword    = "empty_password"   // no password given
	ReasonDisabled         = "user_disabled"    // login known and disabled
	ReasonTokenMalformed   = "token_malformed"  // not a compact JWS of ours
	ReasonTokenSignature   = "token_signature"  // signature does not verify
	ReasonTokenAlgorithm   = "token_algorithm"  // algorithm is not the key's
	ReasonTokenKey         = "token_key"        // no such key
	ReasonTokenHeader      = "token_header"     // a header member that is refused
	ReasonTokenType        = "token_type"       // typ is not an access token's
	ReasonTokenClaims      = "token_claims"     // a claim is missing or of a wrong type
	ReasonTokenExpired     = "token_expired"    // past exp
	ReasonTokenNotYet      = "token_not_yet"    // before nbf or iat
	ReasonTokenIssuer      = "token_issuer"     // not an issuer that is trusted here
	ReasonTokenAudience    = "token_audience"   // meant for somebody else
	ReasonTokenSubject     = "token_subject"    // names no user
	ReasonTokenLifetime    = "token_lifetime"   // lives longer than is allowed
	ReasonTokenSite        = "token_site"       // belongs to another site
	ReasonTokenRevoked     = "token_revoked"
	ReasonAPIKey           = "api_key"            // unknown, wrong, expired or revoked key
	ReasonRefreshUnknown   = "refresh_unknown"    // no refresh token of ours
	ReasonRefreshExpired   = "refresh_expired"    // its session has run out
	ReasonRefreshEnded     = "refresh_ended"      // its session was ended
	ReasonRefreshClient    = "refresh_client"     // given to another client
	ReasonRefreshReused    = "refresh_reused"     // used up before: its session has been ended for that
	ReasonTooMany          = "too_many"           // too many tries or calls: wait
	ReasonRole             = "role"               // lacks a role that the rule wants
	ReasonRoleRefused      = "role_refused"       // has a role that may not use this method
	ReasonScope            = "scope"              // lacks a scope that the rule wants
	ReasonMethodOverride   = "method_override"    // a second method is named, which the application may go by
	ReasonOtherTarget      = "other_target"       // a second resource is named, which is not allowed like the first
	ReasonNarrowed         = "narrowed"           // the application cannot be told that the credential may do less than its user
	ReasonNotAUser         = "not_a_user_there"   // not in the directory of the application
	ReasonMethodNotAllowed = "method_not_allowed" // the rule excludes the HTTP method
	ReasonNoRule           = "no_rule"            // no rule matches: denied by default
	ReasonHook             = "hook"               // a hook refused
	ReasonHookFailed       = "hook_failed"        // a hook broke; refused, and logged as a fault
	ReasonChallenge        = "challenge"          // a hook asks for more, such as a second factor
	ReasonStale            = "stale_revocations"  // revocation state is too old to decide on
	ReasonUnknownSession   = "unknown_session"    // no such session
	ReasonUnknownAPIKey    = "unknown_api_key"    // no such API key
	ReasonUnknownKey       = "unknown_key"        // no such signing key
	ReasonUnknownLayout    = "unknown_layout"     // no such token layout, which is no such mount
	ReasonReadOnly         = "read_only"          // the user directory cannot be changed from here
)

// Error is a refusal or failure with the part that a client may see kept apart
// from the cause. Code is its class, Reason a stable machine word, Public a
// sentence for the client, Err the cause, which is logged and never shown.
type Error struct {
	Code   Code
	Reason string
	Public string
	Err    error

	RetryAfter time.Duration // Throttled, Unavailable: when to try again; 0 if unknown
}

// E returns an [*Error] without a cause.
func E(code Code, reason, public string) *Error {
	return &Error{Code: code, Reason: reason, Public: public}
}

// Wrap returns an [*Error] of the given code with a cause that is not shown.
func Wrap(code Code, reason, public string, err error) *Error {
	return &Error{Code: code, Reason: reason, Public: public, Err: err}
}

// Error tells class, reason and cause, and says nothing twice; it is meant for logs,
// not for clients. A nil *Error in an error, as Go makes it by mistake, counts as
// [Internal].
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

// said is the public sentence and the cause, or one of them where it says what the
// other does.
func (e *Error) said() string {
	if e.Err == nil {
		return e.Public
	}
	cause := e.Err.Error()
	for _, sentinel := range [...]error{ErrNotFound, ErrConflict} {
		cause = strings.TrimSuffix(cause, ": "+sentinel.Error()) // the code says that
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

// AsError returns the [*Error] in err's chain; any other error becomes an
// Internal one that keeps err as its cause. It returns nil for nil only.
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

// ReasonOf returns the reason word of err, "" when it has none.
func ReasonOf(err error) string {
	if e := AsError(err); e != nil {
		return e.Reason
	}
	return ""
}

// The sentinels that repositories and methods answer with; match them with
// [errors.Is].
var (
	// ErrNotMine says "no credential for me here, ask the next method".
	ErrNotMine = errors.New("no credential for this method")
	// ErrNotFound says that a record does not exist.
	ErrNotFound = errors.New("not found")
	// ErrConflict says that a record exists already or changed meanwhile.
	ErrConflict = errors.New("conflict")
)
