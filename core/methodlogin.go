package core

import (
	"context"

	"github.com/cardea-auth/cardea/core/api"
)

// A method that checks a password logs its user in: what guards the login guards
// it as well.

// question is what the engine asks a method, for what it is lent to find in its
// context.
type question struct {
	method   *method
	attempt  *api.Attempt
	at       place    // where the credential is shown
	loggedIn bool     // whether the answer rests on a login, and so on what its hooks saw
	before   []string // roles before login-after took some away; nil if it took none
}

type questionKey struct{}

// methodLogin logs in whom a method asks about. Where a login asks for more than
// a password, it is refused: there is nobody who could answer.
func (e *Engine) methodLogin(ctx context.Context, p *policy, r LoginRequest) (api.Identity, error) {
	r.method = "method"
	if q, ok := ctx.Value(questionKey{}).(*question); ok {
		q.loggedIn = true
		seen := p.circumstances(&q.at, q.attempt)
		r.question, r.method, r.Host = q, q.method.name, seen.host
		r.Dialect, r.dialects = firstDialect(seen.dialects), seen.dialects
		r.Peer, r.directory = api.Peer{Addr: seen.peer, UserAgent: seen.agent}, q.attempt.Directory
	}
	return e.tellLogin(ctx, p, r)
}

// circumstances are what the login points see of a request at a place.
func (p *policy) circumstances(at *place, a *api.Attempt) circumstances {
	return circumstances{host: at.host, dialects: p.dialectsAt(at), peer: a.Peer, agent: a.Header.Get("User-Agent")}
}

// asksLoginHooks reports whether login hooks may have a say in who a credential of a kind
// stands for: it is a password, or roles are read anew for it.
func (p *policy) asksLoginHooks(kind api.Kind) bool {
	switch {
	case kind == api.Basic:
		return p.hooks.LoginBefore.Len()+p.hooks.LoginAfter.Len() > 0
	case kind == api.Bearer:
		return p.rereads && p.hooks.LoginAfter.Len() > 0
	}
	return p.networked && p.hooks.LoginAfter.Len() > 0 // a sister site reads its own roles
}

// cacheKey names the credential of a request. Where login hooks have a say, their verdict
// counts only as long as they would be asked the same.
func (e *Engine) cacheKey(p *policy, directory string, at *place, a *api.Attempt) cacheKey {
	kind := a.Credential.Kind
	if !p.asksLoginHooks(kind) {
		return e.cache.key(&a.Credential, directory)
	}
	seen := p.circumstances(at, a)
	if kind == api.Bearer {
		seen.ofTokens = p.tokenDialectsAt(at)
	}
	return e.cache.keyAt(&a.Credential, directory, &seen)
}

// readAnew reports whether login-after must judge the roles of a token's bearer: they are
// not those of the token, also because a hook took away what it said.
func (p *policy) readAnew(id *api.Identity) bool {
	return p.hooks.LoginAfter.Len() > 0 && p.rolesAnew(id)
}

// rolesAnew reports whether the roles of a token's bearer were read from the directory.
func (p *policy) rolesAnew(id *api.Identity) bool {
	if id.Proof.TokenID == "" {
		return false
	}
	l, ok := p.layout(id.Proof.Layout)
	if !ok || l.Verifying != nil {
		return false
	}
	_, complete, err := l.Read(id.Proof.Claims)
	return err != nil || !complete
}

// loginAgain asks login-after about roles that were read anew, as a refresh does:
// what it took away at the login must not come back.
func (e *Engine) loginAgain(ctx context.Context, p *policy, id api.Identity, a *api.Attempt, dialects string) (api.Identity, error) {
	if p.hooks.LoginAfter.Len() == 0 {
		return id, nil
	}
	r := LoginResult{Identity: id, Method: methodRefresh}
	if a != nil {
		r.Peer = api.Peer{Addr: a.Peer, UserAgent: a.Header.Get("User-Agent")}
	}
	id, err := e.askLoginAfter(ctx, p, r, dialects)
	return restricted(id), err
}
