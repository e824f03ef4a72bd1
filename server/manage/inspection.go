package manage

import (
	"net/http"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// Inspection describes a credential and says whether it would be accepted; see
// [core.Inspected].
type Inspection struct {
	What    string    `json:"what"`
	ID      string    `json:"id"`
	Layout  string    `json:"layout"`
	Login   string    `json:"login"`
	Roles   []string  `json:"roles"`
	Sites   []string  `json:"sites"`
	Expires time.Time `json:"expires"`           // zero: never, or unknown
	State   string    `json:"state"`             // [StateLive], or why it is refused
	Note    string    `json:"note,omitempty"`    // condition for acceptance, or what remains valid
	Session string    `json:"session,omitempty"` // of a refused access token whose session is still valid
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
	return Inspection{i.What, i.ID, i.Layout, i.Login, i.Roles, i.Sites, i.Expires, stateText(i.State), i.Note, i.Session}, nil
}
