package login

import (
	"context"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// At most so many wrong answers to a challenge, such as the code of a second
// factor, are judged for an account in so long, from everywhere together (NIST SP
// 800-63B section 5.2.2). A success gives none back: who holds the password could
// else go on guessing beside its owner.
const (
	maxCodes = 10
	codeSpan = 15 * time.Minute
)

func tooManyCodes(wait time.Duration) error {
	return tooMany("too many wrong codes: wait a little", wait)
}

// answered reports whether the login brings what could answer a challenge.
func (r *Request) answered() bool {
	for _, text := range r.Answers {
		if text != "" {
			return true
		}
	}
	return false
}

// checkAttempts refuses answers for an account that has used up its wrong ones, before
// anything judges them.
func (e *Logins) checkAttempts(ctx context.Context, r *Request) error {
	account, _, err := e.account(ctx, e.Dirs.In(r.directory), r)
	if err != nil || account == "" {
		return err // who is nobody is told so by the check of the password
	}
	if wait, ok := e.codes.Look(account); !ok {
		return tooManyCodes(wait)
	}
	return nil
}

// finishChallenge ends the part of a login that login-before has decided, once the
// password has proved right; verdict is its refusal or challenge, nil if it lets
// the login pass. An answer that did not satisfy it was wrong, and counts before
// the client learns so.
func (e *Logins) finishChallenge(id *api.Identity, r *Request, g *guess, verdict error) error {
	answered, account := r.answered(), e.Dirs.AccountOf(id.Directory, id.Subject, id.Number)
	switch {
	case !answered && verdict != nil: // the first step: nothing was guessed
		g.void()
		return verdict
	case !answered:
		return nil
	case verdict == nil: // others may have used up the rest meanwhile
		if wait, ok := e.codes.Look(account); !ok {
			g.void()
			return tooManyCodes(wait)
		}
		return nil
	}
	g.failed()
	if wait, ok := e.codes.Take(account); !ok {
		return tooManyCodes(wait)
	}
	return verdict
}
