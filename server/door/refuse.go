package door

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// Refuse writes a refusal as JSON, {"code","message","data":{"status"}}, with
// the challenges of a 401 (RFC 9110 section 11.6.1), and never to be stored. It
// tells no more than the decision's public text, and nothing that would tell an
// unknown user from a wrong password.
func Refuse(w http.ResponseWriter, d core.Decision) {
	e := d.Err
	if e == nil {
		e = api.E(api.Internal, "", "") // a refusal without a cause is our fault
	}
	status := statusOf(e)
	h := w.Header()
	switch status {
	case http.StatusUnauthorized:
		h["Www-Authenticate"] = d.Challenge
	case http.StatusMethodNotAllowed:
		h.Set("Allow", strings.Join(methodsServed(), ", "))
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		h.Set("Retry-After", "1")
	}
	code, message := publicText(e)
	Answer(w, status, code, message)
}

// methodsServed are those that some rule may allow; the rules themselves are
// not told to strangers.
func methodsServed() []string {
	return []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
}

func statusOf(e *api.Error) int {
	switch e.Reason {
	case api.ReasonMethodNotAllowed:
		return http.StatusMethodNotAllowed
	case ReasonManyHeaders:
		return http.StatusRequestHeaderFieldsTooLarge
	}
	switch e.Code {
	case api.Invalid:
		return http.StatusBadRequest
	case api.Unauthenticated:
		return http.StatusUnauthorized
	case api.Denied:
		return http.StatusForbidden
	case api.NotFound:
		return http.StatusNotFound
	case api.Conflict:
		return http.StatusConflict
	case api.Throttled:
		return http.StatusTooManyRequests
	case api.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

func publicText(e *api.Error) (code, message string) {
	switch e.Reason {
	case api.ReasonUnknownUser, api.ReasonUnknownEmail, api.ReasonWrongPassword, api.ReasonDisabled:
		return string(api.Unauthenticated), "the credentials are not accepted"
	}
	code, message = e.Reason, e.Public
	if code == "" {
		code = string(e.Code)
	}
	if statusOf(e) == http.StatusInternalServerError {
		return string(api.Internal), "internal error"
	}
	return code, message
}

// Refusal is the body of every answer that is not the upstream's.
type Refusal struct {
	Code    string      `json:"code"`
	Message string      `json:"message"`
	Data    RefusalData `json:"data"`
}

// RefusalData is the part of a [Refusal] that WordPress clients look into.
type RefusalData struct {
	Status int `json:"status"`
}

// Answer writes a refusal that is not a decision of the engine: status, a stable
// code and a sentence.
func Answer(w http.ResponseWriter, status int, code, message string) {
	text, err := json.Marshal(Refusal{code, message, RefusalData{status}})
	if err != nil {
		panic(err) // two strings and a number always encode
	}
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	w.Write(text) // the client may have gone; there is nobody to tell
}
