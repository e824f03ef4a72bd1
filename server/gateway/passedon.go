package gateway

import (
	"net/http"
	"slices"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/credential"
)

// maxRefusals is how many credentials of its own an application may refuse to one source
// in a minute before the next ones wait.
const maxRefusals = 60

// passed is a request whose credential the upstream may judge.
type passed struct{ *forward }

// guess is a try of a credential that the upstream judges.
func (f passed) guess() core.FailedGuess {
	return core.FailedGuess{Site: "upstream\x00" + f.decision.Rule.Upstream, Peer: f.attempt.Peer, Limit: maxRefusals}
}

// passesOn reports whether the upstream gets a credential that only it can check. Of those
// that a rule forwards although they authenticated no one, only passwords count as guesses:
// other applications' tokens expire, and cannot be guessed.
func (f passed) passesOn() bool {
	d, values := &f.decision, f.attempt.Header[credential.Authorization]
	owns := d.PassedOn || d.Rule.PassAuthorization && len(values) > 0 ||
		d.Rule.ForwardCredential && d.Anonymous() && slices.ContainsFunc(values, isPassword)
	return owns && f.gateway.guesses != nil
}

func isPassword(value string) bool { return credential.Scheme(value) == api.Basic }

// checkConnection refuses a credential that would authenticate the connection to the
// upstream on which it is sent: requests of other clients use the connection later.
func (f passed) checkConnection() {
	rule := f.decision.Rule
	if !passes(rule, credential.Authorization, f.attempt.Credential.Header) || !slices.ContainsFunc(f.attempt.Header[credential.Authorization], credential.BindsConnection) {
		return
	}
	err := api.E(api.Invalid, "connection_credential", "NTLM and Negotiate authenticate a connection, and connections to the application are shared: use another scheme")
	f.decision = core.Decision{Err: err, Identity: f.decision.Identity, Rule: rule}
}

// checkGuesses lets a source wait whose credentials the upstream has refused too often: Cardea
// counts no logins there.
func (f passed) checkGuesses() {
	if !f.passesOn() {
		return
	}
	if wait, out := f.gateway.guesses.GuessedOut(f.in.Context(), f.guess()); out {
		err := api.E(api.Throttled, api.ReasonTooMany, "the application has refused too many credentials: wait a little")
		err.RetryAfter = wait
		f.decision = core.Decision{Err: err, Rule: f.decision.Rule}
	}
}

// countRefusal counts a credential that was passed on and refused, or may have been.
func (f passed) countRefusal(status int) {
	if (status == http.StatusUnauthorized || f.hidesStatus()) && f.passesOn() {
		f.gateway.guesses.CountGuess(f.in.Context(), f.guess())
	}
}

// hidesStatus reports whether the request asks for a response whose status does not show a
// refusal.
func (f passed) hidesStatus() bool {
	inspector := f.gateway.inspectors[f.decision.Rule.Upstream]
	return inspector != nil && inspector.HidesStatus(f.attempt.Query)
}
