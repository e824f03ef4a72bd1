package login

import (
	"context"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/cache"
	"github.com/cardea-auth/cardea/core/internal/compiled"
)

// A method that checks a password logs the user in, with the same protection as a login.

// Question describes a call of a method. The engine passes it in the context, where the
// functions of [policy.Deps] find it.
type Question struct {
	Method   *compiled.Method
	Attempt  *api.Attempt
	At       compiled.Target // where the credential is used
	LoggedIn bool            // whether the result depends on a login, and so on what its hooks saw
	Before   []string        // roles before login-after removed some; nil if it removed none
}

// QuestionKey is the key of a [*Question] in a method's context.
type QuestionKey struct{}

// MethodLogin logs in a user for a method. A login that requires a second factor is
// refused, since a method cannot ask for it.
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
