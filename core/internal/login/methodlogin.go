package login

import (
	"context"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/cache"
	"github.com/cardea-auth/cardea/core/internal/compiled"
)

// A method that checks a password logs its user in: what guards the login guards
// it as well.

// Question is what the engine asks a method, for what it is lent to find in its
// context.
type Question struct {
	Method   *compiled.Method
	Attempt  *api.Attempt
	At       compiled.Target // where the credential is shown
	LoggedIn bool            // whether the answer rests on a login, and so on what its hooks saw
	Before   []string        // roles before login-after took some away; nil if it took none
}

// QuestionKey is the key of a [*Question] in a method's context.
type QuestionKey struct{}

// MethodLogin logs in whom a method asks about. Where a login asks for more than
// a password, it is refused: there is nobody who could answer.
func (e *Logins) MethodLogin(ctx context.Context, p *compiled.Policy, r Request) (api.Identity, error) {
	r.method = "method"
	if q, ok := ctx.Value(QuestionKey{}).(*Question); ok {
		q.LoggedIn = true
		seen := cache.CircumstancesAt(p, &q.At, q.Attempt)
		r.question, r.method, r.Host = q, q.Method.ChainName, seen.Host
		r.Dialect, r.dialects = compiled.FirstDialect(seen.Dialects), seen.Dialects
		r.Peer = api.Peer{Addr: seen.Peer, UserAgent: seen.Agent}
		var err error
		// A password is one wherever it stood in the request.
		if r.directory, err = p.DirectoryAt(api.Basic, &q.At); err != nil {
			return api.Identity{}, err
		}
	}
	return e.tellLogin(ctx, p, r)
}
