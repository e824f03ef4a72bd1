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

// Responder passes a refusal through the error-response hook; [core.Engine] is
// one.
type Responder interface {
	ErrorResponse(context.Context, core.ErrorResponse) core.ErrorResponse
}

var _ Responder = (*core.Engine)(nil)

// Words is how refusals are said to those who ask for something of a site, such as in
// the words of the plugin that a dialect stands in for. It is safe for concurrent use.
type Words interface {
	// Refusal returns the response to a refused request; ok is false if there are no
	// words for it. It counts nothing and answers nobody.
	Refusal(ctx context.Context, a *api.Attempt, d core.Decision) (r core.ErrorResponse, ok bool)
	// FailedGuess returns what a refusal is to be counted as, with [core.Engine.CountGuess];
	// ok is false if it does not count.
	FailedGuess(a *api.Attempt, d core.Decision) (g core.FailedGuess, ok bool)
}

// Refuser writes refusals. The zero value asks no hook. Safe for concurrent use.
type Refuser struct {
	Via   Responder // nil: refusals stay as they are
	Words Words     // nil, or without words for a refusal: those of [Refuser.Refuse]
}

// Refuse writes a refusal in the Refuser's Words, if it has some and the request could be
// read, or else as JSON, {"code","message","data":{"status"}}, with the challenges of a
// 401 (RFC 9110 section 11.6.1); never to be stored. The JSON tells no more than the
// decision's public text, and nothing that would tell an unknown user from a wrong
// password. The attempt is nil if the request could not be read as one.
func (f Refuser) Refuse(ctx context.Context, w http.ResponseWriter, d core.Decision, a *api.Attempt) {
	if f.Words != nil && a != nil {
		if r, ok := f.Words.Refusal(ctx, a, d); ok {
			f.Send(ctx, w, r)
			return
		}
	}
	e := d.Err
	if e == nil {
		e = api.E(api.Internal, "", "") // a refusal without a cause is our fault
	}
	code, message := publicText(e)
	r := core.ErrorResponse{Status: statusOf(e), Code: code, Message: message, Reason: e.Reason, Attempt: a}
	if c, ok := errors.AsType[*core.ChallengeError](e); ok { // what a login of this user asks for besides
		r.Fields = api.NewClaims(api.Claim{Name: "challenge", Value: c.Challenge.Kind})
	}
	r.Form = func(r *core.ErrorResponse, h http.Header) []byte {
		setStatusHeaders(h, r.Status, d.Challenge, e.RetryAfter)
		return RefusalBody(*r)
	}
	f.Send(ctx, w, r)
}

// Send passes a refusal through the error-response hook and writes it, never to be
// stored. It is the only writer of refusals, whoever words them. A response with a
// status below 400, such as a plugin's answer to a preflight, is no refusal: no hook
// is asked about it.
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
	return Status(e.Code)
}

// Status returns the HTTP status that a code of the engine's stands for (RFC 9110
// section 15); an unknown one is a fault of ours.
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

// Answer writes a refusal that is not a decision of the engine: status, a stable
// code and a sentence.
func Answer(w http.ResponseWriter, status int, code, message string) {
	write(w, core.ErrorResponse{Status: status, Code: code, Message: message})
}

// write writes every answer that is not the upstream's.
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
	w.Write(text) // the client may have gone; there is nobody to tell
}

// RefusalBody returns {"code","message","data":{"status"}} with the Fields of a refusal
// added, or without them if a hook has put into them what JSON cannot hold. Further
// members of data come after the status.
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
