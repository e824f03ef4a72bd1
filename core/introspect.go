package core

import (
	"context"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/credential"
	"github.com/cardea-auth/cardea/core/internal/compiled"
	"github.com/cardea-auth/cardea/core/internal/operator"
	"github.com/cardea-auth/cardea/core/internal/standing"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/core/session"
)

// Introspect reports whether an access token, refresh token or API key would be accepted
// now. It changes and consumes nothing. The error means that the state is unknown at the
// moment; a refused credential is not an error.
func (e *Engine) Introspect(ctx context.Context, text api.Secret) (Inspected, error) {
	switch {
	case session.HasRefreshForm(text.Reveal()):
		return e.operator.InspectRefresh(ctx, text)
	case strings.HasPrefix(text.Reveal(), credential.KeyPrefix):
		return e.operator.InspectKey(ctx, text, admitsKey(e.env.Policy.Load()))
	case strings.HasPrefix(text.Reveal(), session.RefreshPrefix):
		return Inspected{What: "refresh token", State: standing.Dead("this is not the whole of a refresh token")}, nil
	}
	id, err := e.Verify(ctx, VerifyRequest{Token: text.Reveal()})
	if err != nil {
		in := Inspected{What: "access token"}
		if sid := e.operator.RefreshedBy(ctx, e.env.Policy.Load(), text.Reveal(), err); sid != "" {
			in.Session, in.Note = sid, operator.SessionLives(sid)
		}
		return operator.InspectedAs(in, err)
	}
	in := Inspected{
		What: "access token", ID: id.Proof.TokenID, Layout: id.Proof.Layout, Login: id.Login, Roles: id.Roles,
		Expires: id.Proof.ExpiresAt, State: standing.Live(),
	}
	in.Sites, _ = e.tokens.SitesOf(id)
	return in, nil
}

// admitsKey returns a function that reports whether an API key could give an identity
// access under a policy: a method must take keys, and a rule must require no more than the
// identity has.
func admitsKey(p *compiled.Policy) func(*api.Identity) State {
	return func(id *api.Identity) State {
		if len(p.Chain[api.APIKeyKind]) == 0 {
			return standing.Dead("no method of this server takes API keys")
		}
		lets := func(r *route.Rule) bool {
			return r.Access != route.Public && permitted(r, &Decision{Identity: *id}) == nil
		}
		if !p.Rules.Any(lets) {
			return standing.Dead("no rule of this server lets it in")
		}
		return standing.Live()
	}
}
