package api

import (
	"reflect"
	"slices"
	"time"
)

// Session is a stored refresh token family: a login and all refreshes that followed. Times
// are UTC with microsecond precision.
type Session struct {
	ID          string // sid in tokens
	Subject     string
	Client      string   // OAuth client; "" if none
	TokenFormat string   // of its access tokens, by name
	Dialect     string   // name of the site at which it began; "" if unknown
	Device      string   // name for the user, such as a user agent
	Peer        string   // address of the last use, for display
	Scopes      []string // granted at login; a refresh can only narrow them
	Gen         int64    // generation of the subject at login
	Idle        time.Duration
	Created     time.Time
	Used        time.Time // login or last refresh
	IdleEnd     time.Time // when it expires unless refreshed; never after End
	End         time.Time // when it expires in any case
	Ended       time.Time // when it was ended early; zero: it was not
	EndedFor    string    // why, for display

	// AccessEnd is a time by which all access tokens issued in it so far have expired.
	// Revocations of the session are kept until then. Zero if unknown.
	AccessEnd time.Time
}

// Live reports whether the session has neither been ended nor expired.
func (s Session) Live(now time.Time) bool { return s.Ended.IsZero() && now.Before(s.IdleEnd) }

// LatestOn returns up to limit sessions of a token format and device, newest first, from a list
// that is sorted oldest first. It reuses the memory of list.
func LatestOn(list []Session, format, device string, limit int) []Session {
	list = slices.DeleteFunc(list, func(s Session) bool { return s.TokenFormat != format || s.Device != device })
	slices.Reverse(list)
	return list[:min(len(list), max(limit, 0))]
}

// RefreshToken is one token of a session's chain: its digest, never the secret.
type RefreshToken struct {
	Hash      [32]byte  // SHA-256 of the secret
	Session   string    // the family
	Expires   time.Time // the session's IdleEnd when the token was issued
	Used      time.Time // zero: not used; at most one such token per session
	Successor []byte    // the next token, encrypted with a key that only the holder of this one can derive
}

// Rotation is the use of a refresh token while it is decided on. The store fills in Session
// and Token, and stores the changes atomically.
type Rotation struct {
	Session     Session
	Token       RefreshToken
	Next        *RefreshToken // not nil: it replaces Token, which is used up
	Revocations []Revocation
}

// Changes reports whether the rotation must be stored, given its session before it was
// decided on. A refusal changes nothing unless it ends the session.
func (r *Rotation) Changes(before Session) bool {
	return r.Next != nil || len(r.Revocations) > 0 || !reflect.DeepEqual(before, r.Session)
}

// KeepUsed is how long a used refresh token is kept. Its reuse ends the session during that
// time; afterwards it is refused like an unknown one. A busy session uses many a minute.
const KeepUsed = 3 * 24 * time.Hour
