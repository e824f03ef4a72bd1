package core

import (
	"context"
	"fmt"

	"github.com/cardea-auth/cardea/core/api"
)

// Revoke takes credentials back: what r.Kind and r.Key name, from now on and
// everywhere. At, and Expires where it is zero, are set here. It returns once
// the log holds the revocation and this engine obeys it; other nodes follow
// within their polling interval.
func (e *Engine) Revoke(ctx context.Context, r api.Revocation) error {
	if r.Key == "" && r.Kind != api.RevokeAll {
		return api.E(api.Invalid, "", fmt.Sprintf("a revocation of kind %q needs to name what is revoked", r.Kind))
	}
	p := e.policy.Load()
	r.At = e.now()
	if r.Expires.IsZero() {
		r.Expires = r.At.Add(p.tokens.MaxTTL + p.tokens.Leeway)
	}
	if err := e.store.AppendRevocations(ctx, r); err != nil {
		return api.Wrap(api.Unavailable, "", "the revocation could not be stored", err)
	}
	e.index.Apply(r)
	fire(ctx, e, p.hooks.TokenRevoked, Event{Target: r.Key, Reason: r.Reason, Actor: r.Actor})
	return nil
}
