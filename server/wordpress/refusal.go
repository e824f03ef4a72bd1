package wordpress

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// Refusal is an answer that says no.
type Refusal struct {
	Status  int
	Code    string
	Message string     // may hold HTML, as WordPress's does
	Data    api.Claims // members of "data" besides the status, or what the envelope makes of it
	Reason  string     // the engine's word, for hooks

	RetryAfter time.Duration // when to come again, told in a header; 0: nobody knows
}

// Seconds is a time to wait in whole seconds, rounded up: who comes then does not
// come too early.
func Seconds(wait time.Duration) int64 { return int64((wait + time.Second - 1) / time.Second) }

// Envelope lays out the body of a refusal.
type Envelope func(Refusal) api.Claims

// RESTEnvelope is the form of WordPress's REST layer:
// {"code":"...","message":"...","data":{"status":403}}.
func RESTEnvelope(f Refusal) api.Claims {
	data := []api.Claim{{Name: "status", Value: f.Status}}
	for name, value := range f.Data.All {
		data = append(data, api.Claim{Name: name, Value: value})
	}
	return api.NewClaims(
		api.Claim{Name: "code", Value: f.Code},
		api.Claim{Name: "message", Value: f.Message},
		api.Claim{Name: "data", Value: api.NewClaims(data...)},
	)
}

// Refuse answers with a refusal, after error-response. A hook may change code,
// message, headers and the status within its class, and add or replace members
// of the body.
func (s *Site) Refuse(w http.ResponseWriter, r *http.Request, f Refusal) {
	e := s.Engine.ErrorResponse(r.Context(), core.ErrorResponse{
		Status: f.Status, Code: f.Code, Message: f.Message, Reason: f.Reason,
		Dialect: s.Name, Attempt: s.Attempt(r),
	})
	f.Status, f.Code, f.Message = e.Status, e.Code, e.Message
	if f.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.FormatInt(Seconds(f.RetryAfter), 10))
	}
	body := s.layOut(f)
	for name, value := range e.Fields.All {
		body = body.With(name, value)
	}
	e.CopyHeaders(w.Header())
	if s.Past {
		w.Header().Del("Allow")
	}
	s.sendAs(w, r, cmp.Or(e.ContentType(), restType), f.Status, body) // a refusal is whole, whatever _fields says
}

// layOut uses the plugin's form, but for what breaks: there WordPress itself
// answers, with a list of further errors.
func (s *Site) layOut(f Refusal) api.Claims {
	switch {
	case f.Code == CodeBroken:
		return RESTEnvelope(f).With("additional_errors", []any{})
	case s.Envelope == nil:
		return RESTEnvelope(f)
	}
	return s.Envelope(f)
}

// CodeBroken is WordPress's code for a request on which it failed.
const CodeBroken = "internal_server_error"

// NoRoute is WordPress's answer to an unknown path and to a method that a path
// does not serve.
func NoRoute() Refusal {
	return Refusal{Status: http.StatusNotFound, Code: "rest_no_route", Message: "No route was found matching the URL and request method."}
}

// MissingParams is WordPress's answer to a request without parameters that a
// route declares as required.
func MissingParams(names []string) Refusal {
	list := make([]any, len(names))
	for i, name := range names {
		list[i] = name
	}
	return Refusal{
		Status: http.StatusBadRequest, Code: "rest_missing_callback_param",
		Message: "Missing parameter(s): " + strings.Join(names, ", "),
		Data:    api.NewClaims(api.Claim{Name: "params", Value: list}),
	}
}
