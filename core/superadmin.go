package core

import (
	"context"
	"slices"

	"github.com/cardea-auth/cardea/core/api"
)

// administrator is the role of who may do everything at a site.
const administrator = "administrator"

// noteSuperAdmin asks the directory whether the bearer of a token that tells its own roles
// is a super administrator, which no token says, if administrators are refused something.
func (e *Engine) noteSuperAdmin(ctx context.Context, p *policy, m *method, id *api.Identity) error {
	if id.SuperAdmin || id.Proof.TokenID == "" || !p.refusesAdministrators(m) || !e.isOfNetwork(id.Subject) {
		return nil
	}
	user, err := e.holder(ctx, id.Subject)
	if api.CodeOf(err) == api.Unauthenticated {
		return nil // what ends with the user is known by revocations
	}
	id.SuperAdmin = user.SuperAdmin
	return err
}

// isOfNetwork reports whether a subject is of a directory that others share their users
// with.
func (e *Engine) isOfNetwork(subject string) bool {
	homes := e.homes(subject)
	return len(homes) == 1 && e.networkOf(homes[0].Name()) != ""
}

// refusesAdministrators reports whether administrators may not use a token somewhere.
func (c *policy) refusesAdministrators(m *method) bool {
	if m != nil && slices.Contains(m.refuse, administrator) || slices.Contains(c.tokens.RefuseRoles, administrator) {
		return true
	}
	return slices.ContainsFunc(c.sites, func(s Site) bool { return slices.Contains(s.RefuseToken, administrator) })
}
