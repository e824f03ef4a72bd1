package native

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/httpauth"
)

// answer writes a body that must not be cached because it may contain tokens (RFC 6749
// section 5.1).
func (h *handler) answer(w http.ResponseWriter, r *http.Request, body api.Claims) {
	text, err := json.Marshal(body)
	if err != nil { // a member of a hook that JSON cannot represent
		h.refuse(w, r, fmt.Errorf("encode an answer: %w", err))
		return
	}
	header := w.Header()
	header.Set("Content-Type", "application/json; charset=utf-8")
	header.Set("X-Content-Type-Options", "nosniff")
	noStore(header)
	w.Write(text) // the client may have disconnected
}

func empty(w http.ResponseWriter) {
	noStore(w.Header())
	w.WriteHeader(http.StatusNoContent)
}

func noStore(h http.Header) {
	h.Set("Cache-Control", "no-store")
	h.Set("Pragma", "no-cache")
}

// refusal is an error response.
type refusal struct {
	status        int
	code, message string
	data          []api.Claim // additional members of "data"
	reason        string      // reason of the engine, for hooks
	header        http.Header // hooks cannot change it
}

// send sends a refusal after running the error-response hooks.
func (h *handler) send(w http.ResponseWriter, r *http.Request, f refusal) {
	httpauth.Refuser{Via: h.engine}.Send(r.Context(), w, core.ErrorResponse{
		Status: f.status, Code: f.code, Message: f.message, Reason: f.reason,
		Dialect: h.site.Mount.Name, Attempt: h.site.Attempt(r),
		Form: func(e *core.ErrorResponse, header http.Header) []byte {
			maps.Copy(header, f.header)
			noStore(header)
			return httpauth.RefusalBody(*e, f.data...)
		},
	})
}
