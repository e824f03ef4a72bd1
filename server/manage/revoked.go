package manage

import "github.com/cardea-auth/cardea/core"

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
