package httpauth

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// Responder runs the error-response hooks on a refusal; [core.Engine] is one.
type Responder interface {
	ErrorResponse(context.Context, core.ErrorResponse) core.ErrorResponse
}

var _ Responder = (*core.Engine)(nil)

// Words writes refusals in the format that a site's clients expect, such as that of the
// plugin a dialect replaces. It is safe for concurrent use.
type Words interface {
	// Refusal returns the response to a refused request; ok is false if it has no format
	// for it. It has no side effects.
	Refusal(ctx context.Context, a *api.Attempt, d core.Decision) (r core.ErrorResponse, ok bool)
	// FailedGuess returns the failed guess that a refusal counts as, for
	// [core.Engine.CountGuess]; ok is false if it does not count.
	FailedGuess(a *api.Attempt, d core.Decision) (g core.FailedGuess, ok bool)
}

// Refuser writes refusals. The zero value runs no hook. Safe for concurrent use.
type Refuser struct {
	Via   Responder // nil: no hooks
	Words Words     // nil, or no format for a refusal: the format of [Refuser.Refuse]
}

// Refuse writes a refusal in the format of Words, if there is one and the request could
// be parsed, and otherwise as JSON, {"code","message","data":{"status"}}, with the
// challenges of a 401 (RFC 9110 section 11.6.1). The response must not be stored. The
// JSON contains only the decision's public text, and does not distinguish an unknown user
// from a wrong password. The attempt is nil if the request could not be parsed.
func (f Refuser) Refuse(ctx context.Context, w http.ResponseWriter, d core.Decision, a *api.Attempt) {
	if f.Words != nil && a != nil {
		if r, ok := f.Words.Refusal(ctx, a, d); ok {
			f.Send(ctx, w, r)
			return
		}
	}
	e := d.Err
	if e == nil {
		e = api.E(api.Internal, "", "") // a refusal without an error is a bug
	}
	code, message := publicText(e)
	r := core.ErrorResponse{Status: statusOf(e), Code: code, Message: message, Reason: e.Reason, Attempt: a}
	if c, ok := errors.AsType[*core.ChallengeError](e); ok { // the login needs another step, such as a code
		r.Fields = api.NewClaims(api.Claim{Name: "challenge", Value: c.Challenge.Kind})
	}
	r.Form = func(r *core.ErrorResponse, h http.Header) []byte {
		setStatusHeaders(h, r.Status, d.Challenge, e.RetryAfter)
		return RefusalBody(*r)
	}
	f.Send(ctx, w, r)
}

// Send runs the error-response hooks on a refusal and writes it with Cache-Control:
// no-store. All refusals are written here. Hooks are not run for a response with a status
// below 400, such as a plugin's response to a preflight.
func (f Refuser) Send(ctx context.Context, w http.ResponseWriter, r core.ErrorResponse) {
	if f.Via != nil && r.Status >= http.StatusBadRequest {
		r = f.Via.ErrorResponse(ctx, r)
	}
	write(w, r)
}

func setStatusHeaders(h http.Header, status int, challenge []string, wait time.Duration) {
	switch status {
	case http.StatusUnauthorized:
		h["Www-Authenticate"] = challenge
	case http.StatusMethodNotAllowed:
		h.Set("Allow", strings.Join(methodsServed(), ", "))
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		h.Set("Retry-After", strconv.FormatInt(int64(max(1, (wait+time.Second-1)/time.Second)), 10))
	}
}

// methodsServed returns the methods that some rule may allow; the rules themselves are
// not disclosed.
func methodsServed() []string {
	return []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
}

func statusOf(e *api.Error) int {
	switch e.Reason {
	case api.ReasonMethodNotAllowed:
		return http.StatusMethodNotAllowed
	case ReasonManyHeaders:
		return http.StatusRequestHeaderFieldsTooLarge
	case api.ReasonTooLarge:
		return http.StatusRequestEntityTooLarge
	}
	return Status(e.Code)
}

// Status returns the HTTP status for an engine code (RFC 9110 section 15); an unknown
// code is a 500.
func Status(code api.Code) int {
	switch code {
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

// Answer writes a refusal that is not an engine decision: status, a stable code and a
// message.
func Answer(w http.ResponseWriter, status int, code, message string) {
	write(w, core.ErrorResponse{Status: status, Code: code, Message: message})
}

// write writes all responses except those of upstreams.
func write(w http.ResponseWriter, r core.ErrorResponse) {
	h := w.Header()
	r.CopyHeaders(h)
	delete(h, "Content-Type")
	var text []byte
	if r.Form != nil {
		text = r.Form(&r, h)
	} else {
		text = RefusalBody(r)
	}
	h.Set("Content-Type", cmp.Or(r.ContentType(), h.Get("Content-Type"), "application/json; charset=utf-8"))
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(r.Status)
	w.Write(text) // fails only if the client has disconnected
}

// RefusalBody returns {"code","message","data":{"status"}} with the Fields of a refusal,
// or without them if a hook has set values that JSON cannot encode. Additional members of
// data follow the status.
func RefusalBody(r core.ErrorResponse, data ...api.Claim) []byte {
	body := api.NewClaims(
		api.Claim{Name: "code", Value: r.Code},
		api.Claim{Name: "message", Value: r.Message},
		api.Claim{Name: "data", Value: api.NewClaims(append([]api.Claim{{Name: "status", Value: r.Status}}, data...)...)},
	)
	for name, value := range r.Fields.All {
		body = body.With(name, value)
	}
	text, err := json.Marshal(body)
	if err != nil && r.Fields.Len() > 0 {
		r.Fields = api.Claims{}
		return RefusalBody(r, data...)
	}
	return text
}
