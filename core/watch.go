package core

import (
	"context"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/compiled"
	"github.com/cardea-auth/cardea/core/route"
)

// Watch ends an allowed request when its credential becomes invalid. Get one from
// [Engine.Watch]; a nil Watch never ends the request.
type Watch struct {
	all   *watches
	timer *time.Timer // calls begin
	ender Ender

	policy   *compiled.Policy
	attempt  *api.Attempt
	decision *Decision

	// Guarded by watches.mu.
	until   time.Time // when the credential expires; zero: never
	recheck time.Time // when to verify against the external issuer's keys again; zero: never
	user    uint64    // last known version of the user
	asking  bool      // a lookup is in flight
	stopped bool
}

// watchAfter is how long a request lasts before it is watched, so that short requests cost
// nothing. It must leave time for a revocation to take effect within a second.
const watchAfter = 400 * time.Millisecond

// Ender is what a [Watch] ends. End is called at most once, in its own goroutine, possibly
// while Stop runs.
type Ender interface{ End(*Error) }

// Watch calls x.End when the credential of an allowed request becomes invalid: it is
// revoked or expires, its user is disabled or deleted, its signing key is withdrawn, or the
// user loses a role that the rule requires. An expired token stays valid for the request as
// long as the newest token of its session. a and d are the attempt and its decision. They
// must not be changed until the request is over; Stop must then be called.
//
// An anonymous request, or one under a rule with OnRevoke [route.Keep], is not watched.
//
// Watch is for callers that carry the request to its end. Those that only answer whether it
// is allowed cannot end it.
func (e *Engine) Watch(a *api.Attempt, d *Decision, x Ender) *Watch {
	if d.known == nil || d.Rule == nil || d.Rule.OnRevoke == route.Keep {
		return nil
	}
	w := e.watches.pool.Get().(*Watch)
	w.policy, w.attempt, w.decision, w.ender = e.env.Policy.Load(), a, d, x
	w.timer.Reset(watchAfter)
	return w
}

// WatchContext is [Engine.Watch] for a context. When the credential becomes invalid, the
// context is cancelled with an [*Error] as its [context.Cause]. stop cancels it as well.
func (e *Engine) WatchContext(ctx context.Context, a *api.Attempt, d *Decision) (_ context.Context, stop func()) {
	if d.known == nil {
		return ctx, func() {}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	w := e.Watch(a, d, contextEnder(cancel))
	return ctx, func() {
		w.Stop()
		cancel(nil)
	}
}

type contextEnder context.CancelCauseFunc

// End implements [Ender].
func (end contextEnder) End(err *Error) { end(err) }

// Stop ends the watch. It must be called once, and reports true if End was not called and
// will not be.
func (w *Watch) Stop() bool {
	if w == nil {
		return true
	}
	if !w.timer.Stop() {
		return w.all.remove(w)
	}
	w.policy, w.attempt, w.decision, w.ender = nil, nil, nil, nil // begin has not run
	w.all.pool.Put(w)
	return true
}

func (w *Watch) identity() *api.Identity { return &w.decision.Identity }

// end ends the request. The caller holds watches.mu.
func (w *Watch) end(err *Error) {
	w.stopped = true
	delete(w.all.live, w)
	go w.ender.End(err)
}

var (
	errEndRevoked = api.AsError(api.E(api.Unauthenticated, api.ReasonTokenRevoked, "the credential has been revoked"))
	errEndExpired = api.AsError(api.E(api.Unauthenticated, api.ReasonTokenExpired, "the credential has expired"))
)
