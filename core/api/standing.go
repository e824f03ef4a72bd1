package api

import "time"

// State says whether a stored credential is accepted at the moment. It is computed by the
// code that decides on requests, so that listings agree with it.
type State struct {
	Live bool
	Why  string // why not, for display; "" if it is live
}

// Inspected describes a credential and says whether it is accepted at the moment.
type Inspected struct {
	What        string // "access token", "refresh token" or "API key"
	ID          string // jti, session id or key id; "" if unknown
	TokenFormat string // of a token
	Login       string
	Roles       []string
	Sites       []string  // where an access token is accepted, if that is restricted
	Rules       []string  // names of the rules under which an API key lets its holder in
	Expires     time.Time // zero: never, or unknown
	State       State
	Note        string // for display: a condition for its acceptance, or what of it stays valid; "" if none
	Session     string // live session of an access token, which gives new ones; "" if none
}

// Revoked describes what an operator's revocation affected, and what else of the same user
// is still valid. Everything in it was looked up after the revocation.
type Revoked struct {
	What        string // "access token", "refresh token", "session", "API key" or "user"
	ID          string // jti, session id or key id
	Subject     string
	Login       string // "" if unknown
	TokenFormat string // of a token
	Before      string // why it was already refused, though it could become valid again; "" if it was valid
	Issuer      string // name of the external issuer of the token or user; "" is ours

	Sessions int // number ended
	APIKeys  int // number revoked

	LiveSession  string // the session of the token, if its refresh token is still valid
	LiveSessions int    // live sessions of the user, including LiveSession
	LiveAPIKeys  int    // live API keys of the user

	User      string // login or subject by which core.Admin.RevokeUser finds the user; "" if it does not, as after a deletion
	OldSecret bool   // the API key was named by a secret that a rotation had replaced
}

// ReasonUncounted means that a revocation was made, and that what else of the user is valid
// could not be counted.
const ReasonUncounted = "uncounted"

// ReasonSessionLives means that a token is invalid but its session can issue new ones.
const ReasonSessionLives = "session_lives"

// The reasons for ids that do not belong to a token; see core.Admin.RevokeTokenID.
const (
	ReasonSessionID = "session_id"
	ReasonAPIKeyID  = "apikey_id"
)
