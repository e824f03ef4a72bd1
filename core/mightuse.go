package core

import (
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/compiled"
)

// mightUse is CheckMethod by the roles that were taken away since: those that login-after
// dropped, and those that the home of a network's user knows.
func mightUse(p *compiled.Policy, known *entry, kind api.Kind, at *compiled.Target) error {
	if home := known.origin; home != nil {
		if compiled.HasOne(home, known.method.Refuse) {
			return compiled.RoleRefused()
		}
		if err := p.Sites.CheckToken(home); err != nil {
			return err
		}
	}
	if known.origin == nil && known.before == nil {
		return nil
	}
	id := known.identity
	if known.before != nil {
		id.Roles = known.before
	}
	if known.origin != nil && id.Proof.TokenID != "" && compiled.HasOne(&id, p.Tokens.RefuseRoles) {
		return compiled.RoleRefused() // at this site they would have got no token
	}
	return p.CheckMethod(known.method, &id, kind, at)
}
