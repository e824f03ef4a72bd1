package core

import (
	"context"

	"github.com/cardea-auth/cardea/core/api"
)

// Target is a further resource on which a request acts besides its own, such as the one
// that WebDAV's MOVE writes.
type Target struct {
	Method    string // as which it must be allowed
	RawTarget string // as in [api.Attempt]
}

// maxTargets is how many further resources a request may name.
const maxTargets = 4

// CheckTargets refuses an attempt that was let through with d, if requests for these
// resources at the same host would not be let through with the same identity, or go to
// another upstream. Each is decided on as a request of its own, by an API key's rate as
// well. The error is an [api.Error].
func (e *Engine) CheckTargets(ctx context.Context, a *api.Attempt, d Decision, targets []Target) error {
	if len(targets) > maxTargets {
		return otherTarget("the request names too many resources besides its own")
	}
	for _, t := range targets {
		also := *a
		also.Method, also.RawTarget = t.Method, t.RawTarget
		as := e.Decide(ctx, &also)
		switch {
		case as.Outcome != Allowed:
			return as.Err
		case as.Rule.Upstream != d.Rule.Upstream:
			return otherTarget("the request names a resource of another application")
		case as.NarrowerThan(d):
			return otherTarget("the request names a resource where less is allowed")
		}
		if other, ok := e.OtherSlash(&also); ok && other.StricterThan(as.Rule) {
			return otherTarget("the request names a resource that is not allowed with another slash at its end")
		}
		if err := e.CheckSlash(ctx, &also, as); err != nil {
			return err
		}
		if err := e.CheckTrimmed(ctx, &also, as); err != nil {
			return err
		}
	}
	return nil
}

func otherTarget(text string) error { return api.E(api.Invalid, api.ReasonOtherTarget, text) }
