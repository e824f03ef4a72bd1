package gateway

import (
	"net/http"

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

// passesOn reports whether the upstream is given a credential that is its own to judge.
func (f passed) passesOn() bool {
	owns := f.decision.PassedOn || f.decision.Rule.PassAuthorization && len(f.attempt.Header[credential.Authorization]) > 0
	return owns && f.gateway.guesses != nil
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

// countRefusal counts a credential that was passed on and refused.
func (f passed) countRefusal(status int) {
	if status == http.StatusUnauthorized && f.passesOn() {
		f.gateway.guesses.CountGuess(f.in.Context(), f.guess())
	}
}
