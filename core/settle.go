package core

import (
	"context"
	"slices"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// A revocation by time hits whatever was issued until its moment. Tokens say their
// time in whole seconds, so one of the same second could be from before or after:
// it counts as from before, and nothing is issued until that second is over.

// waitOut waits for the second to end in which all that the user, or the client,
// held was revoked.
func (d *draft) waitOut(ctx context.Context) error {
	noGen := !slices.Contains(d.layout.Order, "gen")
	hit := func(at time.Time) bool { return d.e.index.HitsIssued(&d.r.Identity, at, noGen) }
	second := d.e.now().Truncate(time.Second)
	next := second.Add(time.Second)
	if !hit(second) || hit(next) {
		return nil
	}
	return d.e.waitUntil(ctx, next)
}

// settle is [Tokens.Settle].
func (e *Engine) settle(ctx context.Context) error {
	latest := e.index.Latest()
	if latest.IsZero() {
		return nil
	}
	return e.waitUntil(ctx, latest.Truncate(time.Second).Add(time.Second))
}

// waitUntil returns when the engine's clock has reached the moment, which must be
// within a second. A clock that does not get there is Unavailable.
func (e *Engine) waitUntil(ctx context.Context, moment time.Time) error {
	wait := moment.Sub(e.now())
	if wait <= 0 || wait > time.Second {
		return nil
	}
	timer := time.NewTimer(wait + time.Millisecond) // wall clocks and timers differ a little
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		return api.Wrap(api.Unavailable, "", "tokens were revoked in this second: try again in the next one", ctx.Err())
	}
	if e.now().Before(moment) {
		return &Error{
			Code: api.Unavailable, Public: "tokens were revoked in this second: try again in the next one", RetryAfter: time.Second,
		}
	}
	return nil
}
