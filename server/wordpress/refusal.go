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

// Refusal is an error response.
type Refusal struct {
	Status  int
	Code    string
	Message string     // may contain HTML, as in WordPress
	Data    api.Claims // additional members of "data", unless the envelope uses them otherwise
	Reason  string     // reason of the engine, for hooks

	RetryAfter time.Duration // sent as Retry-After; 0 if unknown
}

// Seconds returns a delay in whole seconds, rounded up so that a client does not retry
// too early.
func Seconds(wait time.Duration) int64 { return int64((wait + time.Second - 1) / time.Second) }

// Envelope builds the body of a refusal.
type Envelope func(Refusal) api.Claims

// RESTEnvelope is the format of WordPress's REST layer:
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

// Refuse sends a refusal after running the error-response hooks.
func (s *Site) Refuse(w http.ResponseWriter, r *http.Request, f Refusal) {
	s.SendRefusal(w, r, s.Refusal(r.Context(), s.Attempt(r), f))
}

// SendRefusal sends the result of [Site.Refusal] after running the error-response
// hooks.
func (s *Site) SendRefusal(w http.ResponseWriter, r *http.Request, e core.ErrorResponse) {
	httpauth.Refuser{Via: s.Engine}.Send(r.Context(), w, e)
}

// Refusal returns the error response to an attempt in WordPress's format or the site's
// Envelope. A hook may change code, message, headers and the status within its class,
// and add or replace members of the body.
func (s *Site) Refusal(ctx context.Context, a *api.Attempt, f Refusal) core.ErrorResponse {
	return core.ErrorResponse{
		Status: f.Status, Code: f.Code, Message: f.Message, Reason: f.Reason, Dialect: s.Name, Attempt: a,
		Form: func(r *core.ErrorResponse, h http.Header) []byte { return s.form(ctx, f, r, h) },
	}
}

// form encodes a refusal after hooks have changed it.
func (s *Site) form(ctx context.Context, f Refusal, r *core.ErrorResponse, h http.Header) []byte {
	f.Status, f.Code, f.Message = r.Status, r.Code, r.Message
	if f.RetryAfter > 0 && len(h["Retry-After"]) == 0 {
		h.Set("Retry-After", strconv.FormatInt(Seconds(f.RetryAfter), 10))
	}
	if s.Past {
		h.Del("Allow")
	}
	s.setHeaders(h, Target(r.Attempt), http.Header(r.Attempt.Header))
	body := s.layOut(f)
	for name, value := range r.Fields.All {
		body = body.With(name, value)
	}
	text, fault := s.encode(ctx, body) // _fields does not apply to refusals
	if fault {
		r.Status = http.StatusInternalServerError
	}
	return text
}

// layOut uses the plugin's envelope, except for internal errors, which WordPress itself
// answers with a list of further errors.
func (s *Site) layOut(f Refusal) api.Claims {
	switch {
	case f.Code == CodeBroken:
		return RESTEnvelope(f).With("additional_errors", []any{})
	case s.Envelope == nil:
		return RESTEnvelope(f)
	}
	return s.Envelope(f)
}

// CodeBroken is WordPress's code for an internal error.
const CodeBroken = "internal_server_error"

// NoRoute is WordPress's answer to an unknown path or an unsupported method.
func NoRoute() Refusal {
	return Refusal{Status: http.StatusNotFound, Code: "rest_no_route", Message: "No route was found matching the URL and request method."}
}

// MissingParams is WordPress's answer to a request without required parameters.
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
