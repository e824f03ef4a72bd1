package authenticate

import (
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/cache"
	"github.com/cardea-auth/cardea/core/internal/compiled"
)

// mightUse is CheckMethod for roles that were removed since: those that login-after
// dropped, and those of a network's user in the home directory.
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
		return compiled.RoleRefused() // this site would not have issued a token
	}
	return p.CheckMethod(known.Method, &id, kind, at)
}
