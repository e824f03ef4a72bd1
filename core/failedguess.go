package core

import (
	"net/netip"
	"time"

	"github.com/cardea-auth/cardea/core/throttle"
)

// FailedGuess is a bad credential from an address at a site whose plugin blocks addresses
// that fail too often. It is counted separately from the throttle of logins, but for the
// same sources: all addresses of an IPv6 /64 are one.
type FailedGuess struct {
	Site  string // its name
	Peer  netip.Addr
	Limit int // failures per minute; below 1: no limit
}

func (g FailedGuess) key() string { return g.Site + "\x00" + throttle.Source(g.Peer).String() }

// CountGuess counts a failed guess. Call it once per refused request; writing the refusal
// does not count.
func (e *Engine) CountGuess(g FailedGuess) { e.failed.Take(g.key(), g.Limit, time.Minute) }

// GuessedOut reports whether an address is blocked at a site after too many failures, and
// for how long.
func (e *Engine) GuessedOut(g FailedGuess) (wait time.Duration, out bool) {
	q := e.failed.Look(g.key(), g.Limit)
	return q.RetryAfter, !q.OK
}
