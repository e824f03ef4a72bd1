package login

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/compiled"
	"github.com/cardea-auth/cardea/core/internal/judge"
	"github.com/cardea-auth/cardea/core/internal/loginafter"
	"github.com/cardea-auth/cardea/core/point"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/core/users"
)

// Request is a LoginRequest with what the engine adds.
type Request struct {
	api.LoginRequest

	question        *Question // the call of the method that asks; nil for a login endpoint
	dialects        string    // sites whose hooks run; see package compiled
	method          string    // how the user logs in, for hooks; "" for a login endpoint
	directory       string    // the only directory to ask; "" is all in order
	ApplicationOnly bool      // accept application passwords only
}

// Login implements core.Tokens.Login.
func (e *Logins) Login(ctx context.Context, r api.LoginRequest) (api.Identity, error) {
	p, began := e.Policy.Load(), e.Start()
	id, err := e.tellLogin(ctx, p, Request{LoginRequest: r, directory: p.DirectoryOf(r.Dialect), dialects: r.Dialect})
	if err != nil {
		e.Events.LogFault(ctx, "login failed for technical reasons", api.AsError(err))
		return id, err
	}
	id.Proof.Began = began
	return id, nil
}

// tellLogin logs in and fires the events.
func (e *Logins) tellLogin(ctx context.Context, p *compiled.Policy, r Request) (api.Identity, error) {
	r.Login = boundLogin(r.Login)
	id, err := e.login(ctx, p, r)
	if err != nil {
		e.Events.Fire(ctx, p.Hooks.LoginFailed, point.Event{
			Identity: api.Identity{Login: r.Login}, Reason: api.ReasonOf(err), Dialect: r.Dialect, Peer: r.Peer,
		})
		return api.Identity{}, err
	}
	e.Events.Fire(ctx, p.Hooks.LoginSucceeded, point.Event{Identity: id, Dialect: r.Dialect, Peer: r.Peer})
	return id, nil
}

func (e *Logins) login(ctx context.Context, p *compiled.Policy, r Request) (id api.Identity, err error) {
	defer api.Recover("login", r.Dialect, &err)
	answered := r.answered()
	if answered {
		if err := e.stillHeld(&r); err != nil {
			return api.Identity{}, err // before its account is looked up
		}
		if err := e.checkAttempts(ctx, &r); err != nil {
			return api.Identity{}, err
		}
	}
	// 1. login-before. Its verdict on an answer is reported only after the password was
	// right; otherwise it would reveal which users exist and let anyone guess codes.
	verdict := e.loginBefore(ctx, p, &r)
	if verdict != nil && !answered && !isChallenge(verdict) {
		return api.Identity{}, verdict
	}
	// 2. The password.
	found, g, err := e.tryPassword(ctx, &r)
	if err != nil {
		return api.Identity{}, wrongEitherWay(verdict, err)
	}
	// 3. The challenge.
	if err := e.finishChallenge(&found, &r, g, verdict); err != nil {
		return api.Identity{}, err
	}
	// 4. login-after, and whether the user may log in.
	found.Method = r.via()
	if found, err = e.loginAfter(ctx, p, found, &r); err != nil {
		g.void()
		return api.Identity{}, err
	}
	g.succeeded()
	return found, e.countLogin(&found, &r)
}

// countLogin limits one user's logins for tokens to their rate: a client with one password
// could fill the store with sessions. A user of a network has one limit at all its sites.
// Failed logins are not counted, so that others cannot use up the limit.
func (e *Logins) countLogin(id *api.Identity, r *Request) error {
	if r.method != "" {
		return nil
	}
	if q := e.rate.Take(e.Dirs.AccountOf(id.Directory, id.Subject, id.Number), e.perMinute); !q.OK {
		return tooMany("too many logins of this user: wait a little", q.RetryAfter)
	}
	return nil
}

// options returns how the login is looked up and checked.
func (r *Request) options() users.CheckOptions {
	return users.CheckOptions{LoginOnly: r.LoginOnly, Phone: r.Phone, ApplicationOnly: r.ApplicationOnly}
}

// via returns how the user logs in, as hooks see it.
func (r *Request) via() string { return cmp.Or(r.method, "password") }

// loginBefore runs login-before and returns its refusal or challenge.
func (e *Logins) loginBefore(ctx context.Context, p *compiled.Policy, r *Request) error {
	if p.Hooks.LoginBefore.Len() == 0 {
		return nil
	}
	host, err := route.Host(r.Host)
	if err != nil {
		return err
	}
	login, err := e.loginName(ctx, r)
	if err != nil {
		return err
	}
	for dialect := range strings.SplitSeq(r.dialects, compiled.DialectSeparator) {
		attempt, err := p.Hooks.LoginBefore.ApplyJudged(ctx, point.LoginAttempt{
			Login: login, Method: r.via(), Peer: r.Peer, Dialect: dialect, Host: host, Answers: r.Answers,
		}, judge.Challenge)
		if err != nil {
			return e.Events.HookError(ctx, err)
		}
		if attempt.Challenge != nil {
			return api.Wrap(api.Unauthenticated, api.ReasonChallenge, attempt.Challenge.Public, &point.ChallengeError{Challenge: *attempt.Challenge})
		}
	}
	return nil
}

func isChallenge(err error) bool {
	_, ok := errors.AsType[*point.ChallengeError](err)
	return ok
}

// wrongEitherWay returns the error for a wrong password, or the refusal of login-before if
// that did not depend on the password.
func wrongEitherWay(verdict, wrong error) error {
	if verdict != nil && !isChallenge(verdict) && api.CodeOf(wrong) == api.Unauthenticated {
		return verdict
	}
	return wrong
}

// loginAfter runs login-after. For a login at an endpoint, it also checks that the user may
// get a token.
func (e *Logins) loginAfter(ctx context.Context, p *compiled.Policy, id api.Identity, r *Request) (api.Identity, error) {
	if err := checkLoginMethod(p, &id, r); err != nil {
		return api.Identity{}, err // even if a hook would remove the role
	}
	before := id.Roles
	id, err := e.after.Ask(ctx, p, point.LoginResult{Identity: id, Method: id.Method, Peer: r.Peer}, r.dialects)
	if err != nil {
		return api.Identity{}, err
	}
	if r.question != nil {
		r.question.Before = loginafter.Taken(before, id.Roles)
	}
	if r.method != "" {
		return id, nil
	}
	return id, p.CheckLogin(&id, r.Dialect)
}

// checkLoginMethod refuses a login to users with a role that may not log in this way.
func checkLoginMethod(p *compiled.Policy, id *api.Identity, r *Request) error {
	switch {
	case r.method == "":
		return p.CheckLogin(id, r.Dialect)
	case r.question == nil:
		return nil
	}
	q := r.question
	return p.CheckMethod(q.Method, id, api.Basic, &q.At) // it is a password, whatever carried it
}
