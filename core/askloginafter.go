package core

import (
	"context"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/compiled"
	"github.com/cardea-auth/cardea/core/internal/judge"
	"github.com/cardea-auth/cardea/core/internal/narrow"
)

// askLoginAfter asks login-after for each of the dialects.
func (e *Engine) askLoginAfter(ctx context.Context, p *compiled.Policy, r LoginResult, dialects string) (api.Identity, error) {
	id, out, first := r.Identity, r.Identity, true
	for r.Dialect = range strings.SplitSeq(dialects, compiled.DialectSeparator) {
		after, err := p.Hooks.LoginAfter.ApplyJudged(ctx, r, judge.Login)
		if err != nil {
			return api.Identity{}, e.hookError(ctx, err)
		}
		if !first {
			after.Identity.Roles = narrow.Common(out.Roles, after.Identity.Roles)
			after.Identity.Scopes = narrow.Common(out.Scopes, after.Identity.Scopes)
		}
		out, first = after.Identity, false
	}
	return restrictAtLogin(id, out, dialects), nil
}

// taken returns the roles before some were taken away, nil if none were.
func taken(before, after []string) []string {
	if narrow.Within(before, after) {
		return nil
	}
	return before
}
