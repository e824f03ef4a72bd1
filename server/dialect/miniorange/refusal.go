package miniorange

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/wordpress"
)

var (
	_ dialect.Refuser      = (*Dialect)(nil)
	_ dialect.Guesser      = (*Dialect)(nil)
	_ dialect.BearerReader = (*Dialect)(nil)
	_ dialect.Watcher      = (*Dialect)(nil)
	_ dialect.Chooser      = (*Dialect)(nil)
)

// ReadBearer implements [dialect.BearerReader]: the scheme in any case and blanks or tabs;
// the rest is the token.
func (d *Dialect) ReadBearer(value string) (string, bool) {
	scheme, text := splitScheme(value)
	return text, strings.EqualFold(scheme, "Bearer") && text != ""
}

// splitScheme splits an Authorization value as the plugin does, to which any number of
// blanks and tabs is one blank.
func splitScheme(value string) (scheme, text string) {
	if i := strings.IndexAny(value, " \t"); i >= 0 {
		return value[:i], strings.TrimSpace(value[i:])
	}
	return value, ""
}

// Chooses implements [dialect.Chooser]: the plugin has one method at a time.
func (d *Dialect) Chooses(kind api.Kind) bool {
	switch d.config.Mode {
	case dialect.JWT:
		return kind == api.Bearer
	case dialect.Basic:
		return kind == api.Basic
	case dialect.APIKey:
		return kind == api.APIKeyKind
	}
	return true
}

// Watches implements [dialect.Watcher]: the plugin checks the whole REST API.
func (d *Dialect) Watches(a *api.Attempt) bool { return d.mount.Covers(a, "") }

// Refusal implements [dialect.Refuser]: the plugin formats refusals on every route of
// the REST API that it protects, and answers preflights first.
func (d *Dialect) Refusal(ctx context.Context, e *core.Engine, a *api.Attempt, decision core.Decision) (core.ErrorResponse, bool) {
	err := decision.Err
	if !d.words(a, err) {
		return core.ErrorResponse{}, false
	}
	h := d.handler(e)
	if isPreflight(a.Method, http.Header(a.Header)) {
		h.site.Envelope, h.site.CrossOrigin = func(wordpress.Refusal) api.Claims { return preflightAccepted() }, asked(d.mount)
		return h.site.Refusal(ctx, a, wordpress.Refusal{Status: http.StatusOK}), true
	}
	f, form := d.refusalWords(a, decision)
	f.Reason = err.Reason
	h.site.Envelope, h.site.CrossOrigin = form, silent
	return h.site.Refusal(ctx, a, f), true
}

// words reports whether the plugin formats the refusal.
func (d *Dialect) words(a *api.Attempt, err *api.Error) bool {
	return err != nil && (err.Code == api.Denied || err.Code == api.Unauthenticated) && d.mount.GovernsAttempt(a)
}

// FailedGuess implements [dialect.Guesser]: a bad token counts as on the plugin's own
// routes.
func (d *Dialect) FailedGuess(a *api.Attempt, decision core.Decision) (core.FailedGuess, bool) {
	err := decision.Err
	counts := d.words(a, err) && !isPreflight(a.Method, http.Header(a.Header)) &&
		err.Code == api.Unauthenticated && err.Reason != api.ReasonNoCredential && isBearer(a)
	return d.guess(a.Peer), counts
}

func isBearer(a *api.Attempt) bool {
	scheme, _ := splitScheme(a.Header.Get("Authorization"))
	return strings.EqualFold(scheme, "Bearer")
}

// refusalWords returns the refusal and its envelope: some have no code.
func (d *Dialect) refusalWords(a *api.Attempt, decision core.Decision) (wordpress.Refusal, wordpress.Envelope) {
	err, value := decision.Err, a.Header.Get("Authorization")
	switch {
	case err.Reason == api.ReasonNoRule, isBeyond(decision.Rule), d.config.RefreshLife == 0 && wordpress.Target(a).Query().Has("rest_route"):
		// The free edition treats a route in the query as none of WordPress's own.
		return refusal(http.StatusForbidden, "Restricted", notAllowed), restricted
	case err.Code == api.Denied:
		return refusal(http.StatusForbidden, "FORBIDDEN", err.Public), envelope
	case value == "" && d.fault != nil:
		return unauthorized("UNAUTHORIZED", notAllowed), codeless
	case value == "" && err.Reason == api.ReasonNoCredential:
		return missing(), envelope
	case value == "" && err.Reason == api.ReasonBadCredential: // it was in another header than the mount's
		return unauthorized(wrongKind, "Authorization failed: "+err.Public+"."), envelope
	case d.config.Mode == dialect.Basic:
		return d.basicMode(value, err), envelope
	case d.config.Mode == dialect.APIKey, err.Reason == api.ReasonAPIKey:
		return d.keyMode(a, value), envelope
	}
	return d.tokenMode(value, err)
}

// isBeyond reports whether a rule refuses the routes that the free edition does not serve,
// whatever the credential.
func isBeyond(rule *route.Rule) bool { return rule != nil && slices.Contains(rule.Scopes, beyond) }

// tokenMode returns the refusal if a JWT is expected, or any credential for which the
// gateway has a method.
func (d *Dialect) tokenMode(value string, err *api.Error) (wordpress.Refusal, wordpress.Envelope) {
	text, bearer := d.ReadBearer(value)
	scheme, _ := splitScheme(value)
	switch {
	case bearer && d.fault != nil && readable(text):
		return invalidSignature(), envelope // no token is signed with an unusable secret
	case bearer && (err.Reason == api.ReasonTokenAlgorithm || err.Reason == api.ReasonTokenHeader || err.Reason == api.ReasonTokenMalformed && readable(text) && unsigned(text)):
		return unauthorized("UNAUTHORIZED", notAllowed), codeless
	case bearer && err.Reason != api.ReasonBadCredential:
		return tokenWords(text)(err), envelope
	case strings.EqualFold(scheme, "Basic") && err.Reason != api.ReasonBadCredential && d.config.Mode == "" && err.Reason != api.ReasonNoCredential:
		return d.basicWords(err), envelope
	}
	return wrongType("Bearer Token"), envelope
}

func (d *Dialect) basicMode(value string, err *api.Error) wordpress.Refusal {
	scheme, text := splitScheme(value)
	switch {
	case !strings.EqualFold(scheme, "Basic") || text == "":
		return wrongType("Basic Token")
	case err.Reason == api.ReasonBadCredential:
		return unauthorized("INVALID_TOKEN_FORMAT", "Sorry, you are not using correct format to encode string.")
	}
	return d.basicWords(err)
}

func (d *Dialect) keyMode(a *api.Attempt, value string) wordpress.Refusal {
	_, bearer := d.ReadBearer(value)
	if bearer || a.Header.Get("X-Api-Key") != "" {
		return invalidKey()
	}
	return wrongType("Bearer Token")
}

// basicWords distinguishes an unknown name from a wrong password, as the plugin does,
// unless the mount has uniform errors.
func (d *Dialect) basicWords(err *api.Error) wordpress.Refusal {
	switch {
	case err.Reason == api.ReasonChallenge: // Basic cannot carry an answer
		return unauthorized("CHALLENGE", err.Public)
	case d.config.LoginErrors == dialect.Uniform:
	case err.Reason == api.ReasonUnknownUser, err.Reason == api.ReasonUnknownEmail:
		return refusal(http.StatusBadRequest, "INVALID_USERNAME", "Username Does not exist.")
	case err.Reason == api.ReasonWrongPassword:
		return refusal(http.StatusBadRequest, "INVALID_PASSWORD", "Incorrect password.")
	}
	return loginWords(err)
}
