package manage

import (
	"net/http"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/httpauth"
)

const contentType = "application/json; charset=utf-8"

// ReasonNoRoute says that this version does not have the route.
const ReasonNoRoute = "no_route"

// fault is the JSON form of an error.
type fault struct {
	Code    api.Code `json:"code"`
	Message string   `json:"message"`
	Reason  string   `json:"reason,omitempty"`
	About   string   `json:"about,omitempty"` // the ID or login that the reason is about
}

// fail writes an error response. Operators see causes too: otherwise they could not fix a
// full disk, for example. Credentials are redacted.
func (h *handler) fail(w http.ResponseWriter, err error) {
	e := api.AsError(err)
	reason := e.Reason
	if reason == api.ReasonUnknownUser && h.Engine != nil {
		_, err := h.Engine.Admin().Accounts()
		switch {
		case err != nil:
			reason = ReasonUnlistedUser
		case len(h.Engine.Admin().Directories()) > 1:
			reason = ReasonPartlyListed
		}
	}
	answer(w, httpauth.Status(e.Code), fault{e.Code, h.secrets.hide(sentence(e, err)), reason, h.secrets.hide(e.About)})
}

// ReasonUnlistedUser says that a user is unknown, and that no directory of this server lists
// its users.
const ReasonUnlistedUser = "unlisted_user"

// ReasonPartlyListed says that a user is unknown, and that some directories of this server do
// not list their users.
const ReasonPartlyListed = "partly_listed_user"

// sentence returns the message for the operator: the public text for an invalid request,
// the full error for an internal failure, without the code.
func sentence(e *api.Error, err error) string {
	if e.Public != "" && e.Code != api.Internal && e.Code != api.Unavailable {
		return e.Public
	}
	text := strings.TrimPrefix(err.Error(), string(e.Code))
	if e.Reason != "" {
		text = strings.TrimPrefix(text, " ("+e.Reason+")")
	}
	return strings.TrimPrefix(text, ": ")
}
