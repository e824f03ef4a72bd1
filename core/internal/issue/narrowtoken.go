package issue

import (
	"context"
	"fmt"
	"slices"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/loginafter"
	"github.com/cardea-auth/cardea/core/internal/narrow"
)

// keepsNarrow refuses a token that would allow more than the credential it is issued for.
// This is the case if its format has no roles, so that they are read from the directory at
// each use.
func (d *draft) keepsNarrow(ctx context.Context, base api.Claims) error {
	if !d.r.Identity.IsNarrowed() {
		return nil
	}
	if _, complete, err := d.format.Read(base); err == nil && complete {
		return nil
	}
	narrow, err := d.e.after.StaysNarrow(ctx, d.p, &d.r.Identity, d.p.Sites.DialectsOf(d.format.Name))
	if err != nil || !narrow {
		return err
	}
	return loginafter.TooNarrow(fmt.Sprintf("a token of token format %.100q", d.format.Name))
}

// isNarrowed reports whether the claims, before or after hooks, give fewer roles or scopes
// than the user has, or contain roles written by a hook. Such a token keeps its roles
// whatever the user's become. Formats without roles use those of the directory instead.
func (d *draft) isNarrowed(before, after api.Claims) bool {
	held := d.r.Identity.IsNarrowed()
	if !held && d.p.Hooks.TokenClaims.Len() == 0 {
		return false
	}
	was, complete, err := d.format.Read(before)
	if err != nil {
		return true // unknown, so assume it
	}
	if !complete || held {
		return held && complete
	}
	is, _, err := d.format.Read(after)
	return err != nil || narrow.Narrower(&is, &was) != nil || d.wroteRoles(before, after)
}

// wroteRoles reports whether a hook set a claim that the token format reads roles from, even to
// the same value.
func (d *draft) wroteRoles(before, after api.Claims) bool {
	set, known := after.Set()
	if !known { // built from scratch by the hook
		for _, c := range []api.Claims{before, after} {
			for name := range c.All {
				set = append(set, name)
			}
		}
	}
	return slices.ContainsFunc(set, func(name string) bool {
		was, _ := before.Get(name)
		is, _ := after.Get(name)
		return d.readsRoles(before, name, was) || d.readsRoles(before, name, is)
	})
}

// readsRoles reports whether the token format reads roles from a claim with a value of this form.
func (d *draft) readsRoles(claims api.Claims, name string, form any) bool {
	const probe = "a-role-of-nobody"
	id, _, err := d.format.Read(claims.With(name, filled(form, probe)))
	return err == nil && id.HasRole(probe)
}

// filled returns a value of the same form with every string replaced by text.
func filled(form any, text string) any {
	switch v := form.(type) {
	case string:
		return text
	case []any:
		if len(v) > 0 && filled(v[0], text) != any(text) {
			return []any{filled(v[0], text)}
		}
		return []any{text}
	case []string:
		return []string{text}
	case api.Claims:
		var out api.Claims
		for name, x := range v.All {
			out = out.With(name, filled(x, text))
		}
		return out
	}
	return form
}
