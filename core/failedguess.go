package core

import (
	"net/netip"
	"time"
)

// FailedGuess is a bad credential from an address at a site whose plugin bars addresses
// that fail too often. The throttle of logins counts apart from it.
type FailedGuess struct {
	Site  string // its name
	Peer  netip.Addr
	Limit int // failures in a minute; below 1 there is none
}

func (g FailedGuess) key() string { return g.Site + "\x00" + g.Peer.String() }

// CountGuess counts a failed guess. Whoever refuses the request calls it once; to word a
// refusal counts nothing.
func (e *Engine) CountGuess(g FailedGuess) { e.failed.Take(g.key(), g.Limit, time.Minute) }

// GuessedOut reports whether an address has failed so often at a site that it must wait,
// and for how long.
func (e *Engine) GuessedOut(g FailedGuess) (wait time.Duration, out bool) {
	q := e.failed.Look(g.key(), g.Limit)
	return q.RetryAfter, !q.OK
}
