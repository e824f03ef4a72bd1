package login

import (
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/point"
)

// TestWrongEitherWay: only login-before's refusal takes precedence over a wrong password.
func TestWrongEitherWay(t *testing.T) {
	refusal, challenge := api.E(api.Denied, "x", "refused"), api.Wrap(api.Unauthenticated, api.ReasonChallenge, "code", &point.ChallengeError{})
	wrong, away := api.E(api.Unauthenticated, api.ReasonWrongPassword, "wrong"), api.E(api.Unavailable, "", "away")
	for name, c := range map[string]struct{ verdict, wrong, want error }{
		"no verdict": {nil, wrong, wrong}, "refused": {refusal, wrong, refusal}, "a challenge": {challenge, wrong, wrong},
		"not checked": {refusal, away, away}, "a challenge, not checked": {challenge, away, away}, "nothing, not checked": {nil, away, away},
	} {
		if got := wrongEitherWay(c.verdict, c.wrong); got != c.want {
			t.Errorf("%s: wrongEitherWay: got %v, want %v", name, got, c.want)
		}
	}
}
