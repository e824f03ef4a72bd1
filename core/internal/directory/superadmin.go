package directory

import (
	"context"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/compiled"
)

// NoteSuperAdmin asks the directory whether the bearer of a token that tells its own roles
// is a super administrator, which no token says, if administrators are refused something.
func (e *Directories) NoteSuperAdmin(ctx context.Context, p *compiled.Policy, m *compiled.Method, id *api.Identity) error {
	if id.SuperAdmin || id.Proof.TokenID == "" || !p.RefusesAdministrators(m) || !e.isOfNetwork(id.Subject) {
		return nil
	}
	user, err := e.Holder(ctx, id.Subject)
	if api.CodeOf(err) == api.Unauthenticated {
		return nil // what ends with the user is known by revocations
	}
	id.SuperAdmin = user.SuperAdmin
	return err
}

// isOfNetwork reports whether a subject is of a directory that others share their users
// with.
func (e *Directories) isOfNetwork(subject string) bool {
	homes := e.Homes(subject)
	return len(homes) == 1 && e.networkOf(homes[0].Name()) != ""
}
