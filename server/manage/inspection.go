package manage

import (
	"net/http"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// Inspection describes a credential and says whether it would be accepted; see
// [core.Inspected].
type Inspection struct {
	What        string    `json:"what"`
	ID          string    `json:"id"`
	TokenFormat string    `json:"token_format"`
	Login       string    `json:"login"`
	Roles       []string  `json:"roles"`
	Sites       []string  `json:"sites"`
	Rules       []string  `json:"rules,omitempty"`   // under which an API key lets its holder in
	Expires     time.Time `json:"expires"`           // zero: never, or unknown
	State       string    `json:"state"`             // [StateLive], or why it is refused
	Note        string    `json:"note,omitempty"`    // condition for acceptance, or what remains valid
	Session     string    `json:"session,omitempty"` // of an access token, if it lives
}

func (h *handler) inspect(r *http.Request) (any, error) {
	var in presented
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	if in.Token == "" {
		return nil, api.E(api.Invalid, "", "no token is given")
	}
	i, err := h.Engine.Introspect(r.Context(), api.Secret(in.Token))
	if err != nil {
		return nil, err
	}
	return Inspection{i.What, i.ID, i.TokenFormat, i.Login, i.Roles, i.Sites, i.Rules, i.Expires, stateText(i.State), i.Note, i.Session}, nil
}
