package core

import (
	"context"
	"fmt"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// What dialects and doors ask besides.

// Now is the engine's time, for answers that tell it.
func (e *Engine) Now() time.Time { return e.now() }

// UserByNumber returns the enabled user with that number in the directory of the
// site of that name; an error of code internal where the site has none and there
// are several.
func (e *Engine) UserByNumber(ctx context.Context, site string, number int64) (api.Identity, error) {
	directory := e.policy.Load().directoryOf(site)
	if directory == "" && len(e.dirs) > 1 {
		return api.Identity{}, fmt.Errorf("look up user %d for site %q: %w", number, site, errNoDirectory)
	}
	id, err := e.userByNumber(ctx, directory, number)
	return id, asked(err)
}

// UserByLogin returns the enabled user with that login name or e-mail address as
// the site of that name knows them; "" is no site in particular.
func (e *Engine) UserByLogin(ctx context.Context, site, login string) (api.Identity, error) {
	return e.identityIn(ctx, e.in(e.policy.Load().directoryOf(site)), login)
}

// RateLimit passes a limit through rate-limit. An error refuses the call.
func (e *Engine) RateLimit(ctx context.Context, l RateLimit) (RateLimit, error) {
	changed, err := e.Hooks().RateLimit.ApplyJudged(ctx, l, judgeRateLimit)
	if err != nil {
		return l, e.hookError(ctx, err)
	}
	l.Limit, l.Window = changed.Limit, changed.Window
	return l, nil
}
