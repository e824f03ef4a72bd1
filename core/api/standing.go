package api

import "time"

// State says whether something that is kept counts at the moment. It comes from what
// decides on requests, so that a list never says "live" of what is refused.
type State struct {
	Live bool
	Why  string // for people: why not; "" if it is live
}

// Inspected says what a credential is and whether it counts at the moment.
type Inspected struct {
	What    string // "access token", "refresh token" or "API key"
	ID      string // jti, session or id of the key; "" if it is not known
	Layout  string // of a token
	Login   string
	Roles   []string
	Sites   []string  // where an access token counts, if that is restricted
	Rules   []string  // names of the rules under which an API key lets its holder in
	Expires time.Time // zero: never, or not known
	State   State
	Note    string // for people: under which condition it is accepted, or what lives on of it; "" for none
	Session string // live session of an access token, which gives new ones; "" if none
}

// Revoked says what an operator's revocation hit, and what of the same user it left
// alive. Everything in it was looked up after the revocation.
type Revoked struct {
	What    string // "access token", "refresh token", "session", "API key" or "user"
	ID      string // jti, session or id of the key
	Subject string
	Login   string // "" if it is not known
	Layout  string // of a token
	Before  string // why it was refused before, though something of it might live again; "" if it was live
	Issuer  string // name of the external issuer that a token or user is of; "" is ours

	Sessions int // ended
	APIKeys  int // revoked

	LiveSession  string // the session of the token, if its refresh token lives on
	LiveSessions int    // sessions of the user that live on, LiveSession among them
	LiveAPIKeys  int    // API keys of the user that live on
}

// ReasonSessionLives says that a token is dead, and that its session gives new ones.
const ReasonSessionLives = "session_lives"

// The reasons for ids that are no token's; see core.Admin.RevokeTokenID.
const (
	ReasonSessionID = "session_id"
	ReasonAPIKeyID  = "apikey_id"
)
