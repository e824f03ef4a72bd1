package core

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/compiled"
	"github.com/cardea-auth/cardea/core/internal/judge"
	"github.com/cardea-auth/cardea/core/throttle"
	"github.com/cardea-auth/cardea/core/users"
)

// tryPassword is the one place where passwords are tried. Failures slow the next
// tries down (core/throttle). Who was right must settle the guess when the login
// ends. Where only passwords of programs count, what cannot be one is refused and
// not counted: whoever sends a user's own this way must not lock that user out.
func (e *Engine) tryPassword(ctx context.Context, r *loginRequest) (api.Identity, *guess, error) {
	if r.applicationOnly && !users.LooksLikeApplication(r.Password) {
		return api.Identity{}, nil, api.E(api.Unauthenticated, api.ReasonWrongPassword, "wrong user name or password")
	}
	if err := e.stillHeld(r); err != nil {
		return api.Identity{}, nil, err
	}
	t, err := e.newTry(ctx, r)
	if err != nil {
		return api.Identity{}, nil, err
	}
	g, err := e.share(ctx, t)
	if err != nil {
		return api.Identity{}, nil, err
	}
	return g.identity, g, nil
}

func tooMany(public string, wait time.Duration) error {
	return &Error{Code: api.Throttled, Reason: api.ReasonTooMany, Public: public, RetryAfter: wait}
}

// account finds the account that a login names: failures count under its name, so
// that a user's login and e-mail address count together, and those of two
// directories' users apart. Both results are "" where nobody is called so. The error is
// for a directory that does not answer: its user's failures would count under another
// name.
func (e *Engine) account(ctx context.Context, dirs []users.Directory, r *loginRequest) (account, subject string, err error) {
	for i := range dirs {
		u, err := users.FindFor(ctx, dirs[i:i+1], r.Login, r.options())
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return "", "", err
		}
		return e.accountOf(dirs[i].Name(), u.Subject, u.Number), u.Subject, nil
	}
	return "", "", nil
}

// accountOf is what tells accounts apart, for limits: the sites of a network have
// one account of a user together, under as many subjects.
func (e *Engine) accountOf(directory, subject string, number int64) string {
	if network := e.networkOf(directory); network != "" && number > 0 {
		return fmt.Sprintf("network %s user %d", network, number)
	}
	return subject
}

// countCall notes the use of an API key and holds it to its rate, which
// rate-limit may change.
func (e *Engine) countCall(ctx context.Context, p *compiled.Policy, id *api.Identity, rule string) error {
	if id.Proof.APIKey == "" {
		return nil
	}
	e.uses.note(id.Proof.APIKey, e.now())
	limit := id.Proof.RateLimit
	if p.Hooks.RateLimit.Len() > 0 {
		l, err := p.Hooks.RateLimit.ApplyJudged(ctx, RateLimit{
			Kind: "api_key", Key: id.Proof.APIKey, Route: rule, Limit: int64(limit), Window: time.Minute,
		}, judge.RateLimit)
		if err != nil {
			return e.hookError(ctx, err)
		}
		limit = perMinute(l)
	}
	if q := e.calls.Take(id.Proof.APIKey, limit); !q.OK {
		return &Error{
			Code: api.Throttled, Reason: api.ReasonTooMany, Public: "this API key calls too often: wait a little", RetryAfter: q.RetryAfter,
		}
	}
	return nil
}

// RateLimit passes a limit through rate-limit. An error refuses the call.
func (e *Engine) RateLimit(ctx context.Context, l RateLimit) (RateLimit, error) {
	changed, err := e.Hooks().RateLimit.ApplyJudged(ctx, l, judge.RateLimit)
	if err != nil {
		return l, e.hookError(ctx, err)
	}
	l.Limit, l.Window = changed.Limit, changed.Window
	return l, nil
}

// perMinute is the rate that a hook asked for; one that allows less than a call
// a minute allows one. The window is not zero: judge.RateLimit has seen to that.
func perMinute(l RateLimit) int {
	if l.Limit <= 0 {
		return 0
	}
	return int(max(1, min(float64(1<<30), float64(l.Limit)*float64(time.Minute)/float64(l.Window))))
}

func (e *Engine) openLimits(c throttle.Config) {
	c.Now = e.now
	e.guesses, e.calls = throttle.New(c), throttle.NewMeter(0, e.now)
	e.tries = newTries()
	e.opened = append(e.opened, closer(e.tries.wait)) // before what they use
	e.codes = throttle.NewSliding(0, maxCodes, codeSpan, e.now)
	e.failed = throttle.NewWindows(0, e.now)
}
