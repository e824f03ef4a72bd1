package core

import (
	"context"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/cache"
	"github.com/cardea-auth/cardea/core/internal/compiled"
)

// A method that checks a password logs its user in: what guards the login guards
// it as well.

// question is what the engine asks a method, for what it is lent to find in its
// context.
type question struct {
	method   *compiled.Method
	attempt  *api.Attempt
	at       compiled.Target // where the credential is shown
	loggedIn bool            // whether the answer rests on a login, and so on what its hooks saw
	before   []string        // roles before login-after took some away; nil if it took none
}

type questionKey struct{}

// methodLogin logs in whom a method asks about. Where a login asks for more than
// a password, it is refused: there is nobody who could answer.
func (e *Engine) methodLogin(ctx context.Context, p *compiled.Policy, r loginRequest) (api.Identity, error) {
	r.method = "method"
	if q, ok := ctx.Value(questionKey{}).(*question); ok {
		q.loggedIn = true
		seen := cache.CircumstancesAt(p, &q.at, q.attempt)
		r.question, r.method, r.Host = q, q.method.ChainName, seen.Host
		r.Dialect, r.dialects = compiled.FirstDialect(seen.Dialects), seen.Dialects
		r.Peer, r.directory = api.Peer{Addr: seen.Peer, UserAgent: seen.Agent}, q.attempt.Directory
	}
	return e.tellLogin(ctx, p, r)
}
