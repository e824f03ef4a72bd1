package core

import (
	"context"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/compiled"
	"github.com/cardea-auth/cardea/core/route"
)

// Watch is the life of a request that was allowed, as far as its credential goes.
// Get one from [Engine.Watch]; nil is a life without end.
type Watch struct {
	all   *watches
	timer *time.Timer // runs begin
	ender Ender

	policy   *compiled.Policy
	attempt  *api.Attempt
	decision *Decision

	// Guarded by watches.mu.
	until   time.Time // when the credential ends; zero: never
	recheck time.Time // when the keys of another issuer are asked; zero: never
	user    uint64    // version of the user that is known
	asking  bool      // a look-up is under way
	stopped bool
}

// watchAfter is how long a request lasts before it is watched: short ones are over by
// then. It must leave time for a revocation to be obeyed within a second.
const watchAfter = 400 * time.Millisecond

// Ender is what ends with a credential. End is called at most once, from a goroutine
// of its own, also while Stop runs.
type Ender interface{ End(*Error) }

// Watch has x end when the credential does, by which the request came of which d says
// that it may pass: by a revocation, by the clock, with the user, with the key that has
// signed it, or when the user loses a role that the rule requires. A token that expires
// goes on for as long as the newest token of its session does. a is the attempt that d
// was decided on. Neither may be changed until the request is over, when Stop must be
// called.
//
// A request of nobody, or under a rule with OnRevoke [route.Keep], does not end.
//
// It is for doors that see the request through. Those that only answer whether it may
// pass cannot end it.
func (e *Engine) Watch(a *api.Attempt, d *Decision, x Ender) *Watch {
	if d.known == nil || d.Rule == nil || d.Rule.OnRevoke == route.Keep {
		return nil
	}
	w := e.watches.pool.Get().(*Watch)
	w.policy, w.attempt, w.decision, w.ender = e.env.Policy.Load(), a, d, x
	w.timer.Reset(watchAfter)
	return w
}

// WatchContext is Watch for a context, of which [context.Cause] is then an [*Error].
// The context ends with Stop.
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

// Stop ends the watch. It must be called once, and reports whether End will not be
// called and has not been.
func (w *Watch) Stop() bool {
	if w == nil {
		return true
	}
	if !w.timer.Stop() {
		return w.all.remove(w)
	}
	w.policy, w.attempt, w.decision, w.ender = nil, nil, nil, nil // it never began
	w.all.pool.Put(w)
	return true
}

func (w *Watch) identity() *api.Identity { return &w.decision.Identity }

// End ends the request. The caller holds watches.mu.
func (w *Watch) end(err *Error) {
	w.stopped = true
	delete(w.all.live, w)
	go w.ender.End(err)
}

var (
	errEndRevoked = api.AsError(api.E(api.Unauthenticated, api.ReasonTokenRevoked, "the credential has been revoked"))
	errEndExpired = api.AsError(api.E(api.Unauthenticated, api.ReasonTokenExpired, "the credential has expired"))
)
