package api

import (
	"slices"
	"time"
)

// Session is one refresh family as it is kept: a login and all that was
// refreshed from it. Times are UTC in microseconds.
type Session struct {
	ID       string // sid in tokens
	Subject  string
	Client   string   // OAuth client it was given to; "" if none
	Layout   string   // claim layout of its access tokens, by name
	Dialect  string   // name of the site at which it began; "": not known
	Device   string   // what the user knows it by, such as a user agent
	Peer     string   // address of the last use, for people
	Scopes   []string // granted at login; a refresh can only narrow them
	Gen      int64    // generation of the subject at login
	Idle     time.Duration
	Created  time.Time
	Used     time.Time // login or last refresh
	IdleEnd  time.Time // when it ends unless it is refreshed before; never after End
	End      time.Time // when it ends in any case
	Ended    time.Time // when it was ended before its time; zero: not so far
	EndedFor string    // why, for people

	// AccessEnd is a moment by which all access tokens that were issued in it so far have
	// ended: so long the revocation of them is kept. Zero: not known.
	AccessEnd time.Time
}

// Live reports whether the session has neither been ended nor run out.
func (s Session) Live(now time.Time) bool { return s.Ended.IsZero() && now.Before(s.IdleEnd) }

// LatestOn returns up to limit of the sessions that belong to a layout and a device, the
// latest coming first, of a list whose oldest comes first. It uses the list's memory.
func LatestOn(list []Session, layout, device string, limit int) []Session {
	list = slices.DeleteFunc(list, func(s Session) bool { return s.Layout != layout || s.Device != device })
	slices.Reverse(list)
	return list[:min(len(list), max(limit, 0))]
}

// RefreshToken is one link of a session's chain: digests, never the secret.
type RefreshToken struct {
	Hash      [32]byte  // SHA-256 of the secret
	Session   string    // the family
	Expires   time.Time // the session's IdleEnd when it was made
	Used      time.Time // zero: not yet; a session has at most one such token
	Successor []byte    // what took its place, sealed with a key that only its holder can derive
}

// Rotation is one use of a refresh token while it is being decided on. A store
// fills in Session and Token, and keeps what the decision makes of it, all or
// nothing.
type Rotation struct {
	Session     Session
	Token       RefreshToken
	Next        *RefreshToken // not nil: Token is used up and this one takes its place
	Revocations []Revocation
}

// KeepUsed is how long a used refresh token is kept: so long its reuse ends the session.
// Afterwards it is refused like one that never was. A busy session uses many a minute.
const KeepUsed = 3 * 24 * time.Hour
