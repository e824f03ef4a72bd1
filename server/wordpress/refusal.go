package wordpress

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/httpauth"
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

// Refuse answers with a refusal, after error-response.
func (s *Site) Refuse(w http.ResponseWriter, r *http.Request, f Refusal) {
	s.SendRefusal(w, r, s.Refusal(r.Context(), s.Attempt(r), f))
}

// SendRefusal answers with what [Site.Refusal] returned, after error-response.
func (s *Site) SendRefusal(w http.ResponseWriter, r *http.Request, e core.ErrorResponse) {
	httpauth.Refuser{Via: s.Engine}.Send(r.Context(), w, e)
}

// Refusal returns a refusal of the attempt as WordPress lays it out, or in the site's
// Envelope, for the writer of refusals. A hook may change code, message, headers and
// the status within its class, and add or replace members of the body.
func (s *Site) Refusal(ctx context.Context, a *api.Attempt, f Refusal) core.ErrorResponse {
	return core.ErrorResponse{
		Status: f.Status, Code: f.Code, Message: f.Message, Reason: f.Reason, Dialect: s.Name, Attempt: a,
		Form: func(r *core.ErrorResponse, h http.Header) []byte { return s.form(ctx, f, r, h) },
	}
}

// form lays out a refusal that hooks have seen.
func (s *Site) form(ctx context.Context, f Refusal, r *core.ErrorResponse, h http.Header) []byte {
	f.Status, f.Code, f.Message = r.Status, r.Code, r.Message
	if f.RetryAfter > 0 && len(h["Retry-After"]) == 0 {
		h.Set("Retry-After", strconv.FormatInt(Seconds(f.RetryAfter), 10))
	}
	if s.Past {
		h.Del("Allow")
	}
	s.setHeaders(h)
	body := s.layOut(f)
	for name, value := range r.Fields.All {
		body = body.With(name, value)
	}
	text, fault := s.encode(ctx, body) // a refusal is whole, whatever _fields says
	if fault {
		r.Status = http.StatusInternalServerError
	}
	return text
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
