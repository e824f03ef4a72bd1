package core

import (
	"context"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/credential"
	"github.com/cardea-auth/cardea/core/internal/operator"
	"github.com/cardea-auth/cardea/core/internal/standing"
	"github.com/cardea-auth/cardea/core/session"
)

// Introspect reports whether an access token, refresh token or API key would be accepted
// now under the rules and places, without calling their hooks. It changes and consumes
// nothing. An error means that the state is unknown at the moment; a refused credential is
// not an error.
func (e *Engine) Introspect(ctx context.Context, text api.Secret) (Inspected, error) {
	switch {
	case session.HasRefreshForm(text.Reveal()):
		return e.operator.InspectRefresh(ctx, text)
	case strings.HasPrefix(text.Reveal(), credential.KeyPrefix):
		return e.operator.InspectKey(ctx, text, deciding{e}.admitsKey(ctx, e.env.Policy.Load()))
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
		What: "access token", ID: id.Proof.TokenID, TokenFormat: id.Proof.TokenFormat, Login: id.Login, Roles: id.Roles,
		Expires: id.Proof.ExpiresAt, State: standing.Live(),
	}
	in.Sites, _ = e.tokens.SitesOf(id)
	in.Session, err = e.operator.SessionOf(ctx, &id)
	return in, err
}
