package login

import (
	"net/netip"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
)

// TestFinishChallenge: a right answer is accepted only while wrong ones are left, even if
// others used them up meanwhile; only a guess counts as a failure.
func TestFinishChallenge(t *testing.T) {
	verdict := api.E(api.Unauthenticated, api.ReasonChallenge, "the code")
	answers := map[string]string{"code": "1"}
	for name, c := range map[string]struct {
		answers map[string]string
		used    bool // whether all wrong answers are used up
		verdict error
		reason  string // "": the login goes on
		settled bool   // whether the guess is over
	}{
		"no answer, asked for":   {nil, false, verdict, api.ReasonChallenge, true},
		"no answer, none needed": {nil, false, nil, "", false},
		"none needed, used up":   {nil, true, nil, "", false},
		"right":                  {answers, false, nil, "", false},
		"right, used up":         {answers, true, nil, api.ReasonTooMany, true},
		"wrong":                  {answers, false, verdict, api.ReasonChallenge, true},
		"wrong, used up":         {answers, true, verdict, api.ReasonTooMany, true},
		"an empty answer":        {map[string]string{"code": ""}, false, verdict, api.ReasonChallenge, true},
	} {
		e := newBare(t)
		id := &api.Identity{Subject: "u", Directory: "store"}
		if c.used {
			for ok := true; ok; {
				_, ok = e.codes.Take("u")
			}
		}
		addr := netip.MustParseAddr("192.0.2.1")
		e.guesses.Await(t.Context(), "u", addr)
		g := &guess{limiter: e.guesses, name: "u", peer: addr, callers: 1}
		err := e.finishChallenge(id, &Request{LoginRequest: api.LoginRequest{Answers: c.answers}}, g, c.verdict)
		if api.ReasonOf(err) != c.reason || g.settled != c.settled {
			t.Errorf("%s: %v, settled %v", name, err, g.settled)
		}
		if want := guessWrong; c.answers != nil && c.verdict != nil && name != "an empty answer" && g.verdict != want {
			t.Errorf("%s: the guess is not wrong", name)
		}
	}
}

// TestGuess_open: a guess that no caller waits for any more has no effect.
func TestGuess_open(t *testing.T) {
	addr := netip.MustParseAddr("192.0.2.1")
	for _, callers := range []int{0, 1} {
		e := newBare(t)
		for range 300 {
			if _, ok := e.guesses.Allow("u", addr); !ok {
				if callers == 0 {
					t.Error("canceled guesses count")
				}
				callers = -1
				break
			}
			(&guess{limiter: e.guesses, name: "u", peer: addr}).open(callers)
		}
		if callers == 1 {
			t.Error("300 guesses in flight do not count: the limiter accepts all")
		}
	}
}

// TestGuess_shared: if several callers share a guess, the most severe result counts, after
// all have reported or at once if one succeeded.
func TestGuess_shared(t *testing.T) {
	addr := netip.MustParseAddr("192.0.2.1")
	for name, c := range map[string]struct {
		calls  []func(*guess)
		counts bool // as a failure
	}{
		"void, void":       {[]func(*guess){(*guess).void, (*guess).void}, false},
		"void, wrong":      {[]func(*guess){(*guess).void, (*guess).failed}, true},
		"wrong, void":      {[]func(*guess){(*guess).failed, (*guess).void}, true},
		"right, wrong":     {[]func(*guess){(*guess).succeeded, (*guess).failed}, false},
		"wrong, right":     {[]func(*guess){(*guess).failed, (*guess).succeeded}, false},
		"one of two wrong": {[]func(*guess){(*guess).failed}, true}, // the other caller has not reported yet
	} {
		e := newBare(t)
		waits := false
		for range 300 {
			if _, ok := e.guesses.Allow("u", addr); !ok {
				waits = true
				break
			}
			g := &guess{limiter: e.guesses, name: "u", peer: addr, callers: 2}
			for i, call := range c.calls {
				call(g)
				if over := i == len(c.calls)-1 && len(c.calls) == 2; over != g.settled && g.verdict != guessRight {
					t.Fatalf("%s: settled %v after call %d", name, g.settled, i)
				}
			}
		}
		if waits != c.counts {
			t.Errorf("%s: it counts as failed: %v", name, waits)
		}
	}
}
