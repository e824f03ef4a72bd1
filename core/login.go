package core

import (
	"context"
	"errors"
	"fmt"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users"
)

// LoginRequest is a try to log in with a password.
type LoginRequest struct {
	Login    string // login name or e-mail address
	Password api.Secret
	Peer     api.Peer
	Host     string
	Dialect  string            // name of the site whose login it is; its directory alone is asked
	Answers  map[string]string // answers to a challenge, by field name

	LoginOnly bool // take no e-mail address for the login name
}

// ChallengeError is the cause inside the error of a login that needs one more
// thing; find it with errors.As.
type ChallengeError struct{ Challenge Challenge }

// Error implements error.
func (e *ChallengeError) Error() string { return "login needs " + e.Challenge.Kind }

// Login checks a password and returns whose it is. Refusals have the code
// Unauthenticated with a reason that a dialect maps to its own words; a
// directory that does not answer is Unavailable, never a wrong password.
func (e *Engine) Login(ctx context.Context, r LoginRequest) (api.Identity, error) {
	p := e.policy.Load()
	id, err := e.login(ctx, p, r)
	if err != nil {
		e.logFault(ctx, "login failed for technical reasons", api.AsError(err))
		e.fire(ctx, p.hooks.LoginFailed, Event{
			Identity: api.Identity{Login: r.Login}, Reason: api.ReasonOf(err), Dialect: r.Dialect, Peer: r.Peer,
		})
		return api.Identity{}, err
	}
	e.fire(ctx, p.hooks.LoginSucceeded, Event{Identity: id, Dialect: r.Dialect, Peer: r.Peer})
	return id, nil
}

func (e *Engine) login(ctx context.Context, p *policy, r LoginRequest) (api.Identity, error) {
	const method = "password"
	attempt, err := p.hooks.LoginBefore.Apply(ctx, LoginAttempt{
		Login: r.Login, Method: method, Peer: r.Peer, Dialect: r.Dialect, Host: r.Host, Answers: r.Answers,
	})
	if err != nil {
		return api.Identity{}, e.hookError(ctx, err)
	}
	id, err := e.tryPassword(ctx, p.directoryOf(r.Dialect), r.Login, r.Password, r.Peer, users.CheckOptions{LoginOnly: r.LoginOnly})
	if err != nil {
		return api.Identity{}, err
	}
	// The challenge is shown only now: before, it would tell who exists.
	if attempt.Challenge != nil {
		return api.Identity{}, api.Wrap(api.Unauthenticated, api.ReasonChallenge,
			attempt.Challenge.Public, &ChallengeError{*attempt.Challenge})
	}
	id.Method = method
	if err := p.mayLogIn(&id, r.Dialect); err != nil {
		return api.Identity{}, err // a hook that drops the role does not let it in
	}
	after, err := p.hooks.LoginAfter.Apply(ctx, LoginResult{Identity: id, Method: method, Peer: r.Peer, Dialect: r.Dialect})
	if err != nil {
		return api.Identity{}, e.hookError(ctx, err)
	}
	id = restrict(id, after.Identity)
	return id, p.mayLogIn(&id, r.Dialect)
}

// restrict takes from a hook's identity what hooks may change and all else
// from the original.
func restrict(original, changed api.Identity) api.Identity {
	original.Roles, original.Scopes = changed.Roles, changed.Scopes
	return original
}

// Identity returns the enabled user with that login name or e-mail address,
// without asking for proof: for commands and library callers who have it.
func (e *Engine) Identity(ctx context.Context, login string) (api.Identity, error) {
	return e.identityIn(ctx, e.dirs, login)
}

func (e *Engine) identityIn(ctx context.Context, dirs []users.Directory, login string) (api.Identity, error) {
	u, err := users.Find(ctx, dirs, login)
	if err != nil {
		return api.Identity{}, err
	}
	return e.User(ctx, u.Subject)
}

// User returns the enabled user with that subject; Unauthenticated if there is
// none.
func (e *Engine) User(ctx context.Context, subject string) (api.Identity, error) {
	return e.findUser(ctx, e.homes(subject), func(d users.Directory) (api.User, error) { return d.BySubject(ctx, subject) })
}

// userByNumber asks the directory of that name; "" is the only one.
func (e *Engine) userByNumber(ctx context.Context, directory string, number int64) (api.Identity, error) {
	return e.findUser(ctx, e.in(directory), func(d users.Directory) (api.User, error) { return d.ByNumber(ctx, number) })
}

// findUser asks the directories in order. A directory that does not answer is
// an error, not a reason to ask the next.
func (e *Engine) findUser(ctx context.Context, dirs []users.Directory, find func(users.Directory) (api.User, error)) (api.Identity, error) {
	for _, d := range dirs {
		u, err := find(d)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return api.Identity{}, api.Wrap(api.Unavailable, "", "the user directory does not answer", fmt.Errorf("directory %s: %w", d.Name(), err))
		}
		if err := e.owned(d.Name(), u.Subject); err != nil {
			return api.Identity{}, err
		}
		if u.Disabled {
			return api.Identity{}, api.E(api.Unauthenticated, api.ReasonDisabled, "this account is disabled")
		}
		return u.Identity(d.Name()), nil
	}
	return api.Identity{}, noSuchUser()
}

func noSuchUser() error {
	return api.Wrap(api.Unauthenticated, api.ReasonUnknownUser, "no such user", ErrNotFound)
}

// hookError turns what a filter answered into a refusal: a deliberate one as
// it is, anything else as a fault of the hook, which is logged here because
// nobody else sees the cause.
func (e *Engine) hookError(ctx context.Context, err error) error {
	var refusal *Error
	if errors.As(err, &refusal) && refusal.Code != api.Internal {
		return refusal
	}
	e.log.ErrorContext(ctx, "hook failed, so the request is refused", "error", err)
	return api.Wrap(api.Denied, api.ReasonHookFailed, "refused: an extension failed", err)
}
