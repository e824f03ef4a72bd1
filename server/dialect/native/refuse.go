package native

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/dialect"
)

// refuse answers an error. All refusals of a login look alike: who exists is
// nobody's business.
func (h *handler) refuse(w http.ResponseWriter, r *http.Request, err error) {
	h.refuseDecision(w, r, core.Decision{Err: api.AsError(err)})
}

func (h *handler) refuseDecision(w http.ResponseWriter, r *http.Request, d core.Decision) {
	e := d.Err
	if e.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.FormatInt(int64(e.RetryAfter.Seconds())+1, 10))
	}
	if e.Code == api.Unauthenticated {
		w.Header()["Www-Authenticate"] = append([]string{}, d.Challenge...)
	}
	if e.Code == api.Internal {
		h.engine.Fault(r.Context(), "request failed", e)
	}
	f := dialect.Refusal{Status: status(e.Code), Code: e.Reason, Message: e.Public, Reason: e.Reason}
	if f.Code == "" {
		f.Code = string(e.Code)
	}
	switch e.Reason {
	case api.ReasonUnknownUser, api.ReasonUnknownEmail, api.ReasonWrongPassword, api.ReasonDisabled:
		f.Code, f.Message = "invalid_credentials", "wrong user name or password"
	case api.ReasonChallenge:
		f = challenged(f, e)
	}
	h.site.Refuse(w, r, f)
}

// challenged shows what the login asks for besides.
func challenged(f dialect.Refusal, cause error) dialect.Refusal {
	var c *core.ChallengeError
	if !errors.As(cause, &c) {
		return f
	}
	f.Code = c.Challenge.Kind
	for name, value := range c.Challenge.Fields {
		f.Data = f.Data.With(name, value)
	}
	return f
}

func status(code api.Code) int {
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
