package native

import (
	"cmp"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/httpauth"
)

// refuse answers an error. All refusals of a login are equal, so that they do not
// reveal which users exist.
func (h *handler) refuse(w http.ResponseWriter, r *http.Request, err error) {
	h.engine.Fault(r.Context(), "request failed", err)
	h.refuseDecision(w, r, core.Decision{Err: api.AsError(err)})
}

func (h *handler) refuseDecision(w http.ResponseWriter, r *http.Request, d core.Decision) {
	e := d.Err
	f := refusal{
		status: httpauth.Status(e.Code), code: cmp.Or(e.Reason, string(e.Code)), message: e.Public, reason: e.Reason, header: http.Header{},
	}
	if e.RetryAfter > 0 {
		f.header.Set("Retry-After", strconv.FormatInt(int64((e.RetryAfter+time.Second-1)/time.Second), 10))
	}
	if e.Code == api.Unauthenticated {
		f.header["Www-Authenticate"] = challenges(d)
	}
	switch e.Reason {
	case api.ReasonUnknownUser, api.ReasonUnknownEmail, api.ReasonWrongPassword, api.ReasonDisabled:
		f.code, f.message = "invalid_credentials", "wrong user name or password"
	case api.ReasonChallenge:
		f = challenged(f, e)
	}
	if f.status == http.StatusInternalServerError {
		f.code, f.message = string(api.Internal), "internal error"
	}
	h.send(w, r, f)
}

// challenges returns the WWW-Authenticate values that a 401 requires (RFC 9110 section
// 15.5.2). Without a challenge, as for a refused login, it returns only Bearer: for
// Basic, a browser would prompt the user for a password.
func challenges(d core.Decision) []string {
	if len(d.Challenge) == 0 {
		return []string{`Bearer realm="cardea"`}
	}
	return slices.Clone(d.Challenge)
}

// challenged adds the login's challenge to the refusal.
func challenged(f refusal, cause error) refusal {
	c, ok := errors.AsType[*core.ChallengeError](cause)
	if !ok {
		return f
	}
	f.code = c.Challenge.Kind
	for _, name := range slices.Sorted(maps.Keys(c.Challenge.Fields)) {
		f.data = append(f.data, api.Claim{Name: name, Value: c.Challenge.Fields[name]})
	}
	return f
}
