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

// Outcome is what a decision comes to. The zero value denies.
type Outcome uint8

// The outcomes.
const (
	Refused Outcome = iota
	Allowed
)

// Decision is the engine's answer about one request; each door renders it in
// its own way.
type Decision struct {
	Outcome   Outcome
	Identity  api.Identity // zero when anonymous
	Rule      *route.Rule  // nil when none matched
	Err       *Error       // why it was refused; nil when allowed
	Challenge []string     // WWW-Authenticate values that go with a 401
	Headers   api.Header   // identity headers for the upstream, always all of them; shared, do not change
}

// Anonymous reports whether nobody was recognised.
func (d Decision) Anonymous() bool { return d.Identity.Method == "" }

// Decide says whether a request may pass. It fills in a's Path, Query and
// Credential; the door must forward exactly Path and Query. For a credential
// that was seen before it touches memory only.
func (e *Engine) Decide(ctx context.Context, a *api.Attempt) Decision {
	p := e.policy.Load()
	d, err := e.decide(ctx, p, a)
	if err == nil {
		d.Outcome = Allowed
		return d
	}
	d.Err = api.AsError(err)
	d.Headers = nil
	if d.Err.Code == api.Unauthenticated {
		d.Challenge = p.challenges(d.Err)
	}
	if d.Err.Code == api.Internal {
		e.log.ErrorContext(ctx, "decision failed, so the request is refused", "path", a.Path, "error", err)
	}
	fire(ctx, e, p.hooks.RequestDenied, Event{
		Identity: d.Identity, Reason: d.Err.Reason, Rule: ruleName(d.Rule), Peer: api.Peer{Addr: a.Peer}, Attempt: a,
	})
	return d
}

func (e *Engine) decide(ctx context.Context, p *policy, a *api.Attempt) (d Decision, err error) {
	// 1. What is asked for: one canonical path, one rule.
	if a.Path, a.Query, err = route.Canonical(a.RawTarget); err != nil {
		return d, err
	}
	host, err := route.Host(a.Host)
	if err != nil {
		return d, err
	}
	rule, ok := p.rules.Match(host, a.Method, a.Path)
	if !ok {
		return d, e.noRule(p, host, a)
	}
	d.Rule = rule
	public, err := e.isPublic(ctx, p, rule, a)
	if err != nil {
		return d, err
	}
	if public {
		d.Headers, err = e.upstreamHeaders(ctx, p, d, anonymousHeaders)
		return d, err
	}
	// 2. Who asks.
	known, err := e.authenticate(ctx, p, rule, a)
	d.Identity = known.identity
	if err != nil && !tolerated(rule, err) {
		return d, err
	}
	if err != nil {
		d.Identity, known.headers = api.Identity{}, anonymousHeaders
	}
	// 3. Whether they may.
	if err := permitted(rule, &d.Identity); err != nil {
		return d, err
	}
	if p.hooks.RouteAccess.Len() > 0 {
		if _, err := p.hooks.RouteAccess.Apply(ctx, Access{Identity: d.Identity, Rule: rule.Name, Attempt: a}); err != nil {
			return d, e.hookError(ctx, err)
		}
	}
	d.Headers, err = e.upstreamHeaders(ctx, p, d, known.headers)
	return d, err
}

func ruleName(r *route.Rule) string {
	if r == nil {
		return ""
	}
	return r.Name
}

func (e *Engine) noRule(p *policy, host string, a *api.Attempt) error {
	if len(p.rules.MethodsFor(host, a.Path)) > 0 {
		return api.E(api.Denied, api.ReasonMethodNotAllowed, "this method is not allowed here")
	}
	return api.E(api.Denied, api.ReasonNoRule, "no rule allows this path")
}

func (e *Engine) isPublic(ctx context.Context, p *policy, rule *route.Rule, a *api.Attempt) (bool, error) {
	public := rule.Access == route.Public
	if p.hooks.RouteExclusion.Len() == 0 {
		return public, nil
	}
	x, err := p.hooks.RouteExclusion.Apply(ctx, Exclusion{Public: public, Rule: rule.Name, Attempt: a})
	if err != nil {
		return false, e.hookError(ctx, err)
	}
	return x.Public, nil
}

// tolerated reports whether a request goes on anonymously after err: only
// where the rule lets anonymous requests in, and then only if nothing was
// presented or the rule says that bad credentials count as none.
func tolerated(rule *route.Rule, err error) bool {
	if rule.Access != route.Optional {
		return false
	}
	x := api.AsError(err)
	return x.Reason == api.ReasonNoCredential ||
		x.Code == api.Unauthenticated && rule.OnBadToken == route.Anonymous
}

func permitted(rule *route.Rule, id *api.Identity) error {
	if rule.Access == route.Optional {
		return nil
	}
	if len(rule.Roles) > 0 && !id.HasRole(rule.Roles...) {
		return api.E(api.Denied, api.ReasonRole, "your role does not allow this")
	}
	if len(rule.Scopes) > 0 && !id.HasScope(rule.Scopes...) {
		return api.E(api.Denied, api.ReasonScope, "your credential's scope does not allow this")
	}
	return nil
}

// recognised is an identity with its headers ready to send.
type recognised struct {
	identity api.Identity
	headers  api.Header
}

func (e *Engine) authenticate(ctx context.Context, p *policy, rule *route.Rule, a *api.Attempt) (recognised, error) {
	spec, err := e.credentialSpec(ctx, p, rule, a)
	if err != nil {
		return recognised{}, err
	}
	if a.Credential, err = credential.Extract(a.Header, spec); err != nil {
		return recognised{}, err
	}
	known, err := e.ask(ctx, p, a)
	if err != nil {
		return recognised{}, err
	}
	if err := e.checkToken(ctx, p, &known.identity, a); err != nil {
		return recognised{}, err
	}
	if p.hooks.IdentityResolved.Len() == 0 {
		return known, nil
	}
	r, err := p.hooks.IdentityResolved.Apply(ctx, Resolved{Identity: known.identity, Attempt: a})
	if err != nil {
		return recognised{}, e.hookError(ctx, err)
	}
	known.identity = restrict(known.identity, r.Identity)
	known.headers = identityHeaders(&known.identity)
	return known, nil
}

func (e *Engine) credentialSpec(ctx context.Context, p *policy, rule *route.Rule, a *api.Attempt) (credential.Spec, error) {
	h := rule.Header
	if p.hooks.CustomHeader.Len() > 0 {
		chosen, err := p.hooks.CustomHeader.Apply(ctx, CredentialHeader{
			Name: h.Name, Prefix: h.Prefix, RefuseStandard: h.RefuseStandard, Attempt: a, Rule: rule.Name,
		})
		if err != nil {
			return credential.Spec{}, e.hookError(ctx, err)
		}
		h, err = route.HeaderSpec{Name: chosen.Name, Prefix: chosen.Prefix, RefuseStandard: chosen.RefuseStandard}.Check()
		if err != nil {
			return credential.Spec{}, e.hookError(ctx, err)
		}
	}
	return credential.Spec{Header: h.Name, Prefix: h.Prefix, RefuseStandard: h.RefuseStandard}, nil
}

// ask goes through the methods for the kind of credential that was presented.
func (e *Engine) ask(ctx context.Context, p *policy, a *api.Attempt) (recognised, error) {
	for _, m := range p.chain[a.Credential.Kind] {
		known, err := e.askOne(ctx, m, a)
		if errors.Is(err, ErrNotMine) {
			continue
		}
		return known, err
	}
	if a.Credential.Kind == api.NoCredential {
		return recognised{}, api.E(api.Unauthenticated, api.ReasonNoCredential, "credentials are needed")
	}
	return recognised{}, api.E(api.Unauthenticated, api.ReasonBadCredential, "credentials of this kind are not accepted here")
}

func (e *Engine) askOne(ctx context.Context, m *method, a *api.Attempt) (recognised, error) {
	if m.cacheFor <= 0 {
		return e.recognise(ctx, m, a)
	}
	k := e.cache.key(&a.Credential)
	if hit := e.cache.get(k); hit != nil && hit.method == m {
		if e.current(hit) {
			return recognised{hit.identity, hit.headers}, e.live(&hit.identity)
		}
		e.cache.forget(k)
	}
	// Read before the method runs: a change meanwhile must not be missed.
	keys, generation := e.keys.Generation(), e.index.Generation()
	known, err := e.recognise(ctx, m, a)
	if err != nil {
		return recognised{}, err
	}
	if e.index.Generation() == generation {
		e.cache.put(k, &entry{
			method: m, identity: known.identity, headers: known.headers,
			until: e.until(m, &known.identity), keys: keys, user: e.index.UserVersion(known.identity.Subject),
		})
	}
	return known, nil
}

func (e *Engine) recognise(ctx context.Context, m *method, a *api.Attempt) (recognised, error) {
	id, err := m.Authenticate(ctx, *a)
	if err != nil {
		return recognised{}, err
	}
	id.Method = m.Name()
	id.Roles, id.Scopes = slices.Clip(id.Roles), slices.Clip(id.Scopes)
	if err := e.live(&id); err != nil {
		return recognised{}, err
	}
	return recognised{id, identityHeaders(&id)}, nil
}

// current reports whether an entry was made under circumstances that still hold.
func (e *Engine) current(x *entry) bool {
	return x.keys == e.keys.Generation() &&
		x.user == e.index.UserVersion(x.identity.Subject) &&
		e.now().Before(x.until)
}

func (e *Engine) until(m *method, id *api.Identity) time.Time {
	end := e.now().Add(m.cacheFor)
	if !id.Proof.ExpiresAt.IsZero() {
		end = earlier(end, id.Proof.ExpiresAt)
	}
	return end
}
