package miniorange

import (
	"net/http"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/wordpress"
)

var (
	_ dialect.Refuser      = (*Dialect)(nil)
	_ dialect.BearerReader = (*Dialect)(nil)
	_ dialect.Watcher      = (*Dialect)(nil)
	_ dialect.Chooser      = (*Dialect)(nil)
)

// ReadBearer implements [dialect.BearerReader]: the word in any case and a blank;
// all that follows is the token.
func (d *Dialect) ReadBearer(value string) (string, bool) {
	scheme, text, _ := strings.Cut(value, " ")
	text = strings.TrimSpace(text)
	return text, strings.EqualFold(scheme, "Bearer") && text != ""
}

// Chooses implements [dialect.Chooser]: the plugin has one method at a time.
func (d *Dialect) Chooses(kind api.Kind) bool {
	switch d.mount.Mode {
	case dialect.JWT:
		return kind == api.Bearer
	case dialect.Basic:
		return kind == api.Basic
	case dialect.APIKey:
		return kind == api.APIKeyKind
	}
	return true
}

// Watches implements [dialect.Watcher]: the plugin looks at the whole REST API.
func (d *Dialect) Watches(a *api.Attempt) bool { return d.mount.Covers(a, "") }

// RefuseGate implements [dialect.Refuser]: the plugin has its own words on every
// route of the REST API that it protects, and answers preflights before anything
// else.
func (d *Dialect) RefuseGate(e *core.Engine, w http.ResponseWriter, r *http.Request, decision core.Decision) bool {
	err := decision.Err
	if !d.mount.Governs(r) || err == nil {
		return false
	}
	h := d.handler(e)
	if err.Code != api.Denied && err.Code != api.Unauthenticated {
		return false
	}
	if h.preflight(w, r, nil) {
		return true
	}
	f, form := d.gateWords(r, err)
	f.Reason = err.Reason
	if guessed(r, err) {
		h.fail(r)
	}
	h.site.Envelope = form
	h.site.Refuse(w, r, f)
	return true
}

// guessed reports whether a token was presented and is bad: such a failure counts,
// as one at the plugin's own routes does.
func guessed(r *http.Request, err *api.Error) bool {
	return err.Code == api.Unauthenticated && err.Reason != api.ReasonNoCredential && isBearer(r)
}

func isBearer(r *http.Request) bool {
	return strings.HasPrefix(strings.ToLower(r.Header.Get("Authorization")), "bearer ")
}

// gateWords returns the refusal and its form: some have no code.
func (d *Dialect) gateWords(r *http.Request, err *api.Error) (wordpress.Refusal, wordpress.Envelope) {
	value := r.Header.Get("Authorization")
	switch {
	case err.Reason == api.ReasonNoRule, d.mount.RefreshLife == 0 && r.URL.Query().Has("rest_route"):
		// The free edition takes a route in the query for none of WordPress's own.
		return refusal(http.StatusForbidden, "Restricted", notAllowed), restricted
	case err.Code == api.Denied:
		return refusal(http.StatusForbidden, "FORBIDDEN", err.Public), envelope
	case value == "" && d.fault != nil:
		return unauthorized("UNAUTHORIZED", notAllowed), codeless
	case value == "" && err.Reason == api.ReasonNoCredential:
		return missing(), envelope
	case value == "" && err.Reason == api.ReasonBadCredential: // it came in another header than the mount's
		return unauthorized(wrongKind, "Authorization failed: "+err.Public+"."), envelope
	case d.mount.Mode == dialect.Basic:
		return d.basicMode(value, err), envelope
	case d.mount.Mode == dialect.APIKey, err.Reason == api.ReasonAPIKey:
		return d.keyMode(r, value), envelope
	}
	return d.tokenMode(r, value, err)
}

// tokenMode words what is refused where a JWT is due, and whatever else the gate
// has a method for.
func (d *Dialect) tokenMode(r *http.Request, value string, err *api.Error) (wordpress.Refusal, wordpress.Envelope) {
	text, bearer := d.ReadBearer(value)
	scheme, _, _ := strings.Cut(value, " ")
	switch {
	case bearer && d.fault != nil && readable(text):
		return invalidSignature(), envelope // no token is signed with a secret that cannot be used
	case bearer && (err.Reason == api.ReasonTokenAlgorithm || err.Reason == api.ReasonTokenHeader):
		return unauthorized("UNAUTHORIZED", notAllowed), codeless
	case bearer && err.Reason != api.ReasonBadCredential:
		return tokenWords(text)(err), envelope
	case strings.EqualFold(scheme, "Basic") && err.Reason != api.ReasonBadCredential && d.mount.Mode == "" && err.Reason != api.ReasonNoCredential:
		return d.basicWords(err), envelope
	}
	return wrongType("Bearer Token"), envelope
}

func (d *Dialect) basicMode(value string, err *api.Error) wordpress.Refusal {
	scheme, text, _ := strings.Cut(value, " ")
	switch {
	case !strings.EqualFold(scheme, "Basic") || strings.TrimSpace(text) == "":
		return wrongType("Basic Token")
	case err.Reason == api.ReasonBadCredential:
		return unauthorized("INVALID_TOKEN_FORMAT", "Sorry, you are not using correct format to encode string.")
	}
	return d.basicWords(err)
}

func (d *Dialect) keyMode(r *http.Request, value string) wordpress.Refusal {
	_, bearer := d.ReadBearer(value)
	if bearer || r.Header.Get("X-Api-Key") != "" {
		return unauthorized("INVALID_API_KEY", "Sorry, you are using an invalid API key.")
	}
	return wrongType("Bearer Token")
}

// basicWords tell an unknown name from a wrong password, as the plugin does,
// unless the mount asks for uniform errors.
func (d *Dialect) basicWords(err *api.Error) wordpress.Refusal {
	switch {
	case err.Reason == api.ReasonChallenge: // Basic has no room for an answer
		return unauthorized("CHALLENGE", err.Public)
	case d.mount.LoginErrors == dialect.Uniform:
	case err.Reason == api.ReasonUnknownUser, err.Reason == api.ReasonUnknownEmail:
		return refusal(http.StatusBadRequest, "INVALID_USERNAME", "Username Does not exist.")
	case err.Reason == api.ReasonWrongPassword:
		return refusal(http.StatusBadRequest, "INVALID_PASSWORD", "Incorrect password.")
	}
	return loginWords(err)
}
