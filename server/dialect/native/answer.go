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

// answer writes a body, never to be stored: it may hold tokens (RFC 6749 section
// 5.1).
func (h *handler) answer(w http.ResponseWriter, r *http.Request, body api.Claims) {
	text, err := json.Marshal(body)
	if err != nil { // a hook's member that JSON cannot hold
		h.refuse(w, r, fmt.Errorf("encode an answer: %w", err))
		return
	}
	header := w.Header()
	header.Set("Content-Type", "application/json; charset=utf-8")
	header.Set("X-Content-Type-Options", "nosniff")
	noStore(header)
	w.Write(text) // the client may have gone; there is nobody to tell
}

func empty(w http.ResponseWriter) {
	noStore(w.Header())
	w.WriteHeader(http.StatusNoContent)
}

func noStore(h http.Header) {
	h.Set("Cache-Control", "no-store")
	h.Set("Pragma", "no-cache")
}

// refusal is an answer that says no.
type refusal struct {
	status        int
	code, message string
	data          []api.Claim // members of "data" besides the status
	reason        string      // the engine's word, for hooks
	header        http.Header // that no hook may change
}

// send answers with a refusal, after error-response.
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
