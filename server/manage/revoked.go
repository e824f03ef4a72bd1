package manage

import (
	"context"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// Revoked describes what a revocation revoked, and what of the same user remains valid;
// see [core.Revoked].
type Revoked struct {
	What         string `json:"what"`
	ID           string `json:"id"`
	Subject      string `json:"subject"`
	Login        string `json:"login"`
	TokenFormat  string `json:"token_format"`
	Before       string `json:"before,omitempty"`
	Issuer       string `json:"issuer"`
	Sessions     int    `json:"sessions"`
	APIKeys      int    `json:"apikeys"`
	LiveSession  string `json:"live_session"`
	LiveSessions int    `json:"live_sessions"`
	LiveAPIKeys  int    `json:"live_apikeys"`
	User         string `json:"user,omitempty"`
	OldSecret    bool   `json:"old_secret,omitempty"`

	// Uncounted says why what else of the user is valid could not be counted; "" if it was.
	Uncounted string `json:"uncounted,omitempty"`

	// WithoutClient lists the token formats whose tokens a revocation of a client does not
	// refuse, since they do not name it.
	WithoutClient []string `json:"without_client,omitempty"`
}

func revokedOf(r core.Revoked) Revoked {
	return Revoked{
		What: r.What, ID: r.ID, Subject: r.Subject, Login: r.Login, TokenFormat: r.TokenFormat, Before: r.Before, Issuer: r.Issuer, Sessions: r.Sessions,
		APIKeys: r.APIKeys, LiveSession: r.LiveSession, LiveSessions: r.LiveSessions, LiveAPIKeys: r.LiveAPIKeys,
		User: r.User, OldSecret: r.OldSecret,
	}
}

// outcome returns the response to a revocation, and its error. That what else is valid could
// not be counted is part of the response: the revocation was made.
func (h *handler) outcome(ctx context.Context, a *act, r core.Revoked, err error) (Revoked, error) {
	out := revokedOf(r)
	if r.User == r.Login && r.Login != "" && (naming{h}).checkUnambiguous(ctx, r.Login, api.User{Subject: r.Subject}) != nil {
		out.User = r.Subject
	}
	if e := api.AsError(err); e != nil && e.Reason == core.ReasonUncounted {
		out.Uncounted = sentence(api.AsError(e.Err), e.Err)
		a.facts = append(a.facts, "uncounted", out.Uncounted)
		return out, nil
	}
	return out, err
}
