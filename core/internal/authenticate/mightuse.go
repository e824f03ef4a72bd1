package authenticate

import (
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/cache"
	"github.com/cardea-auth/cardea/core/internal/compiled"
)

// mightUse is CheckMethod by the roles that were taken away since: those that login-after
// dropped, and those that the home of a network's user knows.
func mightUse(p *compiled.Policy, known *cache.Entry, kind api.Kind, at *compiled.Target) error {
	if home := known.Origin; home != nil {
		if compiled.HasOne(home, known.Method.Refuse) {
			return compiled.RoleRefused()
		}
		if err := p.Sites.CheckToken(home); err != nil {
			return err
		}
	}
	if known.Origin == nil && known.Before == nil {
		return nil
	}
	id := known.Identity
	if known.Before != nil {
		id.Roles = known.Before
	}
	if known.Origin != nil && id.Proof.TokenID != "" && compiled.HasOne(&id, p.Tokens.RefuseRoles) {
		return compiled.RoleRefused() // at this site they would have got no token
	}
	return p.CheckMethod(known.Method, &id, kind, at)
}
