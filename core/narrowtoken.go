package core

import (
	"context"
	"fmt"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/narrow"
)

// keepsNarrow refuses a token that would do more than the credential which it is issued
// for: one whose format tells no roles gets them from the directory at each use.
func (d *draft) keepsNarrow(ctx context.Context, base api.Claims) error {
	if !d.r.Identity.IsNarrowed() {
		return nil
	}
	if _, complete, err := d.layout.Read(base); err == nil && complete {
		return nil
	}
	narrow, err := d.e.staysNarrow(ctx, d.p, &d.r.Identity, d.p.Sites.DialectsOf(d.layout.Name))
	if err != nil || !narrow {
		return err
	}
	return errNarrow(fmt.Sprintf("a token of layout %.100q", d.layout.Name))
}

// isNarrowed reports whether the claims, before and after hooks, give fewer roles or
// scopes than the user has, or a list of roles that a hook has written: that is what the
// token is for, whatever the user becomes. Formats that read none back look the user up
// instead.
func (d *draft) isNarrowed(before, after api.Claims) bool {
	held := d.r.Identity.IsNarrowed()
	if !held && d.p.Hooks.TokenClaims.Len() == 0 {
		return false
	}
	was, complete, err := d.layout.Read(before)
	if err != nil || !complete || held {
		return held && complete
	}
	is, _, err := d.layout.Read(after)
	return err == nil && (narrow.Narrower(&is, &was) != nil || d.wroteRoles(before, after))
}

// wroteRoles reports whether a hook has written the list of roles that the layout reads
// back, be it the same as it was: a list that no hook has touched is the same in memory.
func (d *draft) wroteRoles(before, after api.Claims) bool {
	for name, value := range before.All {
		was, isList := value.([]any)
		if !isList {
			continue
		}
		now, _ := after.Get(name)
		if is, ok := now.([]any); ok && isSameList(was, is) {
			continue
		}
		const probe = "a role of nobody"
		if id, _, err := d.layout.Read(before.With(name, []any{probe})); err == nil && id.HasRole(probe) {
			return true
		}
	}
	return false
}

// isSameList reports whether two lists are one in memory.
func isSameList(a, b []any) bool {
	return len(a) == len(b) && cap(a) > 0 && cap(b) > 0 && &a[:1][0] == &b[:1][0]
}
