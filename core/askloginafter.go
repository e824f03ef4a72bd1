package core

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/compiled"
	"github.com/cardea-auth/cardea/core/internal/judge"
	"github.com/cardea-auth/cardea/core/internal/narrow"
	"github.com/cardea-auth/cardea/core/policy"
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

// asDialects lists the dialects in the order in which what one makes is handed to the next:
// where only one answer can count, it is that of the first, at which a session began. Of
// "" hooks are told the layout.
func asDialects(dialects, layout string) []string {
	list := strings.Split(dialects, compiled.DialectSeparator)
	slices.Reverse(list)
	for i := range list {
		list[i] = cmp.Or(list[i], layout, policy.NativeName)
	}
	return list
}

// taken returns the roles before some were taken away, nil if none were.
func taken(before, after []string) []string {
	if narrow.Within(before, after) {
		return nil
	}
	return before
}
