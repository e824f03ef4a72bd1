package miniorange

import (
	"net/http"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/dialect"
)

var _ dialect.Refuser = (*Dialect)(nil)

// RefuseGate implements [dialect.Refuser]: the plugin has its own words on every
// route of the REST API that it protects.
func (d *Dialect) RefuseGate(e *core.Engine, w http.ResponseWriter, r *http.Request, decision core.Decision) bool {
	if !d.mount.Governs(r) || decision.Err == nil {
		return false
	}
	f, ok := d.gateWords(r, decision.Err)
	if ok {
		site := &dialect.Site{Engine: e, Mount: d.mount, Envelope: envelope, Past: true}
		f.Reason = decision.Err.Reason
		site.Refuse(w, r, f)
	}
	return ok
}

func (d *Dialect) gateWords(r *http.Request, err *api.Error) (dialect.Refusal, bool) {
	switch err.Code {
	case api.Denied:
		return refusal(http.StatusForbidden, "FORBIDDEN", err.Public), true
	case api.Unauthenticated:
	default:
		return dialect.Refusal{}, false
	}
	scheme, text, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	switch {
	case err.Reason == api.ReasonNoCredential:
		return missing(), true
	case err.Reason == api.ReasonAPIKey:
		return unauthorized("INVALID_API_KEY", "Sorry, you are using an invalid API key."), true
	case strings.EqualFold(scheme, "Bearer") && strings.TrimSpace(text) != "" && err.Reason != api.ReasonBadCredential:
		return tokenWords(strings.TrimSpace(text))(err), true
	case strings.EqualFold(scheme, "Basic") && err.Reason != api.ReasonBadCredential:
		return d.basicWords(err), true
	}
	return wrongType("Bearer Token"), true
}

// basicWords tell an unknown name from a wrong password, as the plugin does,
// unless the mount asks for uniform errors.
func (d *Dialect) basicWords(err *api.Error) dialect.Refusal {
	switch {
	case d.mount.LoginErrors == dialect.Uniform:
	case err.Reason == api.ReasonUnknownUser, err.Reason == api.ReasonUnknownEmail:
		return refusal(http.StatusBadRequest, "INVALID_USERNAME", "Username Does not exist.")
	case err.Reason == api.ReasonWrongPassword:
		return refusal(http.StatusBadRequest, "INVALID_PASSWORD", "Incorrect password.")
	}
	return loginWords(err)
}
