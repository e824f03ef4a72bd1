package core

import (
	"context"

	"github.com/cardea-auth/cardea/core/api"
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
		seen := circumstancesAt(p, &q.at, q.attempt)
		r.question, r.method, r.Host = q, q.method.ChainName, seen.host
		r.Dialect, r.dialects = compiled.FirstDialect(seen.dialects), seen.dialects
		r.Peer, r.directory = api.Peer{Addr: seen.peer, UserAgent: seen.agent}, q.attempt.Directory
	}
	return e.tellLogin(ctx, p, r)
}

// circumstancesAt are what the login points see of a request at a place.
func circumstancesAt(p *compiled.Policy, at *compiled.Target, a *api.Attempt) circumstances {
	return circumstances{host: at.Host, dialects: p.Sites.DialectsAt(at), peer: a.Peer, agent: a.Header.Get("User-Agent")}
}

// cacheKey names the credential of a request. Where login hooks have a say, their verdict
// counts only as long as they would be asked the same.
func (e *Engine) cacheKey(p *compiled.Policy, directory string, at *compiled.Target, a *api.Attempt) cacheKey {
	kind := a.Credential.Kind
	if !p.AsksLoginHooks(kind) {
		return e.cache.key(&a.Credential, directory)
	}
	seen := circumstancesAt(p, at, a)
	if kind == api.Bearer {
		seen.ofTokens = p.Sites.TokenDialectsAt(at)
	}
	return e.cache.keyAt(&a.Credential, directory, &seen)
}

// loginAgain asks login-after about roles that were read anew, as a refresh does:
// what it took away at the login must not come back.
func (e *Engine) loginAgain(ctx context.Context, p *compiled.Policy, id api.Identity, a *api.Attempt, dialects string) (api.Identity, error) {
	if p.Hooks.LoginAfter.Len() == 0 {
		return id, nil
	}
	r := LoginResult{Identity: id, Method: methodRefresh}
	if a != nil {
		r.Peer = api.Peer{Addr: a.Peer, UserAgent: a.Header.Get("User-Agent")}
	}
	id, err := e.askLoginAfter(ctx, p, r, dialects)
	return restricted(id), err
}
