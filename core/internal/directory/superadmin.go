package directory

import (
	"context"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/compiled"
)

// NoteSuperAdmin sets SuperAdmin for the bearer of a token by asking the directory, since
// tokens do not carry it. It does so only if something is refused to administrators.
func (e *Directories) NoteSuperAdmin(ctx context.Context, p *compiled.Policy, m *compiled.Method, id *api.Identity) error {
	if id.SuperAdmin || id.Proof.TokenID == "" || !p.RefusesAdministrators(m) || !e.isOfNetwork(id.Subject) {
		return nil
	}
	user, err := e.Holder(ctx, id.Subject)
	if api.CodeOf(err) == api.Unauthenticated {
		return nil // deleted and disabled users are handled by revocations
	}
	id.SuperAdmin = user.SuperAdmin
	return err
}

// isOfNetwork reports whether a subject belongs to a directory of a network.
func (e *Directories) isOfNetwork(subject string) bool {
	homes := e.Homes(subject)
	return len(homes) == 1 && e.networkOf(homes[0].Name()) != ""
}
