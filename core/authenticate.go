package core

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/credential"
	"github.com/cardea-auth/cardea/core/route"
)

// authenticate finds out who asks; the credential stands in header unless a hook
// says otherwise. The entry is shared: do not change it.
func (e *Engine) authenticate(ctx context.Context, p *policy, rule string, header route.HeaderSpec, a *api.Attempt) (*entry, error) {
	spec, err := e.credentialSpec(ctx, p, rule, header, a)
	if err != nil {
		return nil, err
	}
	found, err := extract(p, spec, a)
	if err != nil {
		a.Credential.Header = spec.Header
		return nil, err
	}
	a.Credential = found
	if found.Kind == api.NoCredential {
		a.Credential.Header = spec.Header
	} else if p.accept != nil && !p.accept(a) {
		return nil, notAccepted()
	}
	known, err := e.ask(ctx, p, a)
	if err != nil {
		return nil, err
	}
	if err := e.fresh(ctx, p); err != nil {
		return nil, err
	}
	if err := e.countCall(ctx, p, &known.identity, rule); err != nil {
		return nil, err
	}
	if err := e.checkToken(ctx, p, &known.identity, a); err != nil {
		return nil, err
	}
	who, err := e.resolve(ctx, p, known, a)
	if err != nil {
		return nil, err
	}
	return who, p.mayUse(known.method, &who.identity, a)
}

// resolve asks identity-resolved.
func (e *Engine) resolve(ctx context.Context, p *policy, known *entry, a *api.Attempt) (*entry, error) {
	if p.hooks.IdentityResolved.Len() == 0 {
		return known, nil
	}
	r, err := p.hooks.IdentityResolved.Apply(ctx, Resolved{Identity: known.identity, Attempt: a})
	if err != nil {
		return nil, e.hookError(ctx, err)
	}
	id := restrict(known.identity, r.Identity)
	return &entry{identity: id, headers: identityHeaders(&id)}, nil
}

// credentialSpec says where the credential may stand, after custom-header.
func (e *Engine) credentialSpec(ctx context.Context, p *policy, rule string, h route.HeaderSpec, a *api.Attempt) (credential.Spec, error) {
	h, err := e.customHeader(ctx, p, rule, h, a)
	return credential.Spec{Header: h.Name, Prefix: h.Prefix, RefuseStandard: h.RefuseStandard}, err
}

func (e *Engine) customHeader(ctx context.Context, p *policy, rule string, h route.HeaderSpec, a *api.Attempt) (route.HeaderSpec, error) {
	if p.hooks.CustomHeader.Len() == 0 {
		return h, nil
	}
	chosen, err := p.hooks.CustomHeader.Apply(ctx, CredentialHeader{
		Name: h.Name, Prefix: h.Prefix, RefuseStandard: h.RefuseStandard, Attempt: a, Rule: rule,
	})
	if err == nil {
		h, err = route.HeaderSpec{Name: chosen.Name, Prefix: chosen.Prefix, RefuseStandard: chosen.RefuseStandard}.Check()
	}
	if err != nil {
		return route.HeaderSpec{}, e.hookError(ctx, err)
	}
	return h, nil
}

// CredentialHeader passes the header that carries the credential of a request to
// an endpoint of our own through custom-header. An error refuses the request.
func (e *Engine) CredentialHeader(ctx context.Context, h route.HeaderSpec, a *api.Attempt) (route.HeaderSpec, error) {
	return e.customHeader(ctx, e.policy.Load(), "", h, a)
}

// ask goes through the methods for the kind of credential that was presented.
func (e *Engine) ask(ctx context.Context, p *policy, a *api.Attempt) (*entry, error) {
	for _, m := range p.chain[a.Credential.Kind] {
		known, err := e.askOne(ctx, p, m, a)
		if err == nil || !errors.Is(err, ErrNotMine) {
			return known, err
		}
	}
	if a.Credential.Kind == api.NoCredential {
		return nil, api.E(api.Unauthenticated, api.ReasonNoCredential, "credentials are needed")
	}
	return nil, notAccepted()
}

func notAccepted() error {
	return api.E(api.Unauthenticated, api.ReasonBadCredential, "credentials of this kind are not accepted here")
}

// askOne asks the cache, then the method.
func (e *Engine) askOne(ctx context.Context, p *policy, m *method, a *api.Attempt) (*entry, error) {
	if m.cacheFor <= 0 || a.Credential.Kind == api.NoCredential {
		return e.recognise(ctx, p, m, a)
	}
	k := e.cache.key(&a.Credential)
	if hit := e.cache.get(k); hit != nil && hit.method == m {
		if now := e.now(); e.current(hit, now) {
			return hit, e.live(p, &hit.identity, now)
		}
		e.cache.forget(k)
	}
	// Read before the method runs: a change meanwhile must not be missed.
	keys, generation := e.keys.Generation(), e.index.Generation()
	known, err := e.recognise(ctx, p, m, a)
	if err != nil {
		return nil, err
	}
	// A newer version may tell of a change that the method did not see yet.
	if version := e.index.UserVersion(known.identity.Subject); version <= generation {
		known.key, known.keys, known.user = k, keys, version
		e.cache.put(known)
	}
	return known, nil
}

// recognise asks the method and readies what it found for use and reuse.
func (e *Engine) recognise(ctx context.Context, p *policy, m *method, a *api.Attempt) (*entry, error) {
	start := e.now()
	id, err := m.Authenticate(ctx, *a)
	if err != nil {
		return nil, err
	}
	if !fitsHeader(id.Login) {
		return nil, api.E(api.Denied, api.ReasonBadCredential, "this user name cannot be passed on")
	}
	id.Method = m.Name()
	id.Roles, id.Scopes = slices.Clip(id.Roles), slices.Clip(id.Scopes)
	if err := e.live(p, &id, e.now()); err != nil {
		return nil, err
	}
	x := &entry{method: m, identity: id, headers: identityHeaders(&id), until: start.Add(m.cacheFor)}
	if p.foreign(&id) {
		x.until = earlier(x.until, start.Add(foreignCacheFor))
	}
	if end := p.end(&id); !end.IsZero() {
		x.until = earlier(x.until, end)
	}
	return x, nil
}

// current reports whether an entry was made under circumstances that still hold.
func (e *Engine) current(x *entry, now time.Time) bool {
	return x.keys == e.keys.Generation() &&
		x.user == e.index.UserVersion(x.identity.Subject) &&
		now.Before(x.until)
}

// live checks what may change between two uses of a credential: the clock and
// the revocation index. It touches memory only.
func (e *Engine) live(p *policy, id *api.Identity, now time.Time) error {
	if end := p.end(id); !end.IsZero() && !now.Before(end) {
		return api.E(api.Unauthenticated, api.ReasonTokenExpired, "the credential has expired")
	}
	if _, revoked := e.index.Revoked(id); revoked {
		return api.E(api.Unauthenticated, api.ReasonTokenRevoked, "the credential has been revoked")
	}
	return nil
}

// end returns when the credential behind an identity stops counting; zero is
// never. Clocks of other issuers may be off, those of API keys are ours.
func (p *policy) end(id *api.Identity) time.Time {
	if id.Proof.ExpiresAt.IsZero() || id.Proof.TokenID == "" {
		return id.Proof.ExpiresAt
	}
	return id.Proof.ExpiresAt.Add(p.tokens.Leeway)
}
