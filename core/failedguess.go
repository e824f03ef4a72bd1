package core

import (
	"context"
	"errors"
	"net/netip"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/compiled"
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

// counterPatience is how long a counter may take to answer, and how long an address waits
// if it cannot be looked up.
const counterPatience = time.Second

// CountGuess counts a failed guess. Call it once per refused request; writing the refusal
// does not count. It counts even if ctx has ended, so that no client escapes by hanging up.
func (e *Engine) CountGuess(ctx context.Context, g FailedGuess) {
	ctx = context.WithoutCancel(ctx)
	if _, err := e.failed.Take(ctx, g.key(), g.Limit, time.Minute); err != nil {
		e.Fault(ctx, "failed guess not counted", err)
	}
}

// GuessedOut reports whether an address is blocked at a site after too many failures, and
// for how long. It is if the counter fails.
func (e *Engine) GuessedOut(ctx context.Context, g FailedGuess) (wait time.Duration, out bool) {
	if g.Limit < 1 {
		return 0, false
	}
	q, err := e.failed.Look(ctx, g.key(), g.Limit)
	if err != nil {
		e.Fault(ctx, "address blocked: its failed guesses cannot be counted", err)
		return counterPatience, true
	}
	return q.RetryAfter, !q.OK
}

// Counter returns a counter for a use, from [Config].Counter, for dialects that limit calls.
// Without it, each call returns a new counter in memory, so call it once per use. Its errors
// are [*api.Error]; if Config.Counter returns nil for the use or panics, every call fails.
func (e *Engine) Counter(use string) throttle.Counter {
	c, err := openCounter(e, use)
	if err != nil {
		e.env.Log.Error("a counter cannot be opened: what it limits is refused", "use", use, "error", err)
	}
	return c
}

func openCounter(e *Engine, use string) (c checkedCounter, err error) {
	defer api.Recover("counter", use, &err)
	c.use = use
	if e.counter == nil {
		c.Counter = throttle.NewMemoryCounter(0, e.env.Now)
	} else {
		c.Counter = e.counter(use)
	}
	if compiled.IsNil(c.Counter) {
		return c, errors.New("Config.Counter returned no counter")
	}
	return c, nil
}

// checkedCounter is a counter whose panics are internal errors, and whose other errors, and
// answers that take longer than counterPatience, say that it is not available.
type checkedCounter struct {
	throttle.Counter
	use string
}

// Look implements [throttle.Counter].
func (c checkedCounter) Look(ctx context.Context, key string, limit int) (q throttle.Quota, err error) {
	defer api.Recover("counter", c.use, &err)
	ctx, cancel := context.WithTimeout(ctx, counterPatience)
	defer cancel()
	if q, err = c.Counter.Look(ctx, key, limit); err != nil {
		return throttle.Quota{}, uncounted(err)
	}
	return q, nil
}

// Take implements [throttle.Counter].
func (c checkedCounter) Take(ctx context.Context, key string, limit int, length time.Duration) (q throttle.Quota, err error) {
	defer api.Recover("counter", c.use, &err)
	ctx, cancel := context.WithTimeout(ctx, counterPatience)
	defer cancel()
	if q, err = c.Counter.Take(ctx, key, limit, length); err != nil {
		return throttle.Quota{}, uncounted(err)
	}
	return q, nil
}

func uncounted(err error) error {
	return api.Wrap(api.Unavailable, "", "calls cannot be counted at the moment", err)
}
