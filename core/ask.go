package core

import (
	"context"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// What dialects and doors ask besides.

// Now is the engine's time, for answers that tell it.
func (e *Engine) Now() time.Time { return e.now() }

// UserByNumber returns the enabled user with that number.
func (e *Engine) UserByNumber(ctx context.Context, number int64) (api.Identity, error) {
	return e.userByNumber(ctx, number)
}

// RateLimit passes a limit through rate-limit. An error refuses the call.
func (e *Engine) RateLimit(ctx context.Context, l RateLimit) (RateLimit, error) {
	changed, err := e.Hooks().RateLimit.Apply(ctx, l)
	if err != nil {
		return l, e.hookError(ctx, err)
	}
	l.Limit, l.Window = changed.Limit, changed.Window
	return l, nil
}
