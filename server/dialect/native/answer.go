package native

import (
	"cmp"
	"encoding/json"
	"net/http"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// answer writes a body, never to be stored: it may hold tokens (RFC 6749 section
// 5.1).
func (h *handler) answer(w http.ResponseWriter, r *http.Request, status int, body api.Claims) {
	h.answerAs(w, r, "application/json; charset=utf-8", status, body)
}

// answerAs is answer with another media type of JSON.
func (h *handler) answerAs(w http.ResponseWriter, r *http.Request, media string, status int, body api.Claims) {
	text, err := json.Marshal(body)
	if err != nil { // a hook's member that JSON cannot hold
		h.engine.Fault(r.Context(), "encode an answer", err)
		status, text = http.StatusInternalServerError, []byte(`{"code":"internal","message":"internal error","data":{"status":500}}`)
	}
	header := w.Header()
	header.Set("Content-Type", media)
	header.Set("X-Content-Type-Options", "nosniff")
	noStore(header)
	w.WriteHeader(status)
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
}

// send answers with a refusal, after error-response.
func (h *handler) send(w http.ResponseWriter, r *http.Request, f refusal) {
	e := h.engine.ErrorResponse(r.Context(), core.ErrorResponse{
		Status: f.status, Code: f.code, Message: f.message, Reason: f.reason,
		Dialect: h.site.Mount.Name, Attempt: h.site.Attempt(r),
	})
	e.CopyHeaders(w.Header())
	body := api.NewClaims(
		api.Claim{Name: "code", Value: e.Code},
		api.Claim{Name: "message", Value: e.Message},
		api.Claim{Name: "data", Value: api.NewClaims(append([]api.Claim{{Name: "status", Value: e.Status}}, f.data...)...)},
	)
	for name, value := range e.Fields.All {
		body = body.With(name, value)
	}
	h.answerAs(w, r, cmp.Or(e.ContentType(), "application/json; charset=utf-8"), e.Status, body)
}
