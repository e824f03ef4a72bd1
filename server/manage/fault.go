package manage

import (
	"net/http"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/httpauth"
)

const contentType = "application/json; charset=utf-8"

// ReasonNoRoute says that this version has no such route.
const ReasonNoRoute = "no_route"

// fault is an error on the wire.
type fault struct {
	Code    api.Code `json:"code"`
	Message string   `json:"message"`
	Reason  string   `json:"reason,omitempty"`
}

// fail answers with an error. Whoever administers is told causes too: a full disk
// cannot be mended otherwise. Credentials in it are not repeated.
func (h *handler) fail(w http.ResponseWriter, err error) {
	e := api.AsError(err)
	answer(w, httpauth.Status(e.Code), fault{e.Code, h.secrets.hide(sentence(e, err)), e.Reason})
}

// sentence is what the operator reads of err: for what was asked wrongly the words
// for clients, for a failure of ours everything that is known. It does not repeat the
// code.
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
