package login

import (
	"context"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// The number of wrong answers to a challenge, such as the code of a second factor, for an
// account within codeSpan, from all sources together (NIST SP 800-63B section 5.2.2). A
// success does not reset it: otherwise someone who knows the password could continue to
// guess while the owner logs in.
const (
	maxCodes = 10
	codeSpan = 15 * time.Minute
)

func tooManyCodes(wait time.Duration) error {
	return tooMany("too many wrong codes: wait a little", wait)
}

// answered reports whether the login has an answer to a challenge.
func (r *Request) answered() bool {
	for _, text := range r.Answers {
		if text != "" {
			return true
		}
	}
	return false
}

// checkAttempts refuses answers for an account with too many wrong ones, before they are
// checked.
func (e *Logins) checkAttempts(ctx context.Context, r *Request) error {
	account, _, err := e.account(ctx, e.Dirs.In(r.directory), r)
	if err != nil || account == "" {
		return err // the check of the password refuses an unknown user
	}
	if wait, ok := e.codes.Look(account); !ok {
		return tooManyCodes(wait)
	}
	return nil
}

// finishChallenge applies the result of login-before once the password was right; verdict
// is its refusal or challenge, or nil if it allowed the login. An answer that did not
// satisfy it is wrong, and is counted before the client gets the refusal.
func (e *Logins) finishChallenge(id *api.Identity, r *Request, g *guess, verdict error) error {
	answered, account := r.answered(), e.Dirs.AccountOf(id.Directory, id.Subject, id.Number)
	switch {
	case !answered && verdict != nil: // the first step: nothing was guessed
		g.void()
		return verdict
	case !answered:
		return nil
	case verdict == nil: // concurrent attempts may have used up the rest
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
