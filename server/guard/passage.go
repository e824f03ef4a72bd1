package guard

import (
	"context"
	"net/http"
	"slices"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// passage is a request that has passed a guard, with the decision. It is immutable once
// it is in a context.
type passage struct {
	guard    *Guard // the guard that decided
	engine   *core.Engine
	forged   *forged     // the headers that admit removes
	attempt  api.Attempt // headers are those that the guard received, without the protected ones
	decision core.Decision
	body     body     // of the request that was decided on
	outer    *passage // of the next outer guard; nil: none
}

type passageKey struct{}

// pass returns the decision of a guard of the same engine on this request, if check
// accepts it for the current state of the request, or makes a decision.
func (g *Guard) pass(w http.ResponseWriter, r *http.Request, check func(*http.Request, *api.Attempt, *route.Rule) error) *passage {
	p := g.earlier(r)
	if p == nil {
		return g.decide(w, r)
	}
	err := check(r, &p.attempt, p.decision.Rule)
	if err == nil && p.guard != g { // a guard may interpret requests differently
		err = g.checkReadings(r, &p.attempt, p.decision)
	}
	if err != nil {
		return p.refused(r.Context(), err)
	}
	return p
}

// decide calls the engine for the request in its current state. Without the writer of the
// request, nil, a body is read without a time limit.
func (g *Guard) decide(w http.ResponseWriter, r *http.Request) *passage {
	p := &passage{guard: g, engine: g.engine, forged: g.senders.of(r)}
	a, err := g.attempt(r)
	if err != nil {
		p.decision = core.Decision{Err: api.AsError(err)}
		return p
	}
	p.attempt = a
	p.body = body{Request: r, guard: g, writer: w, peer: a.Peer}
	p.attempt.Body = &p.body
	defer p.settleBody()
	if err := g.checkUnchanged(r, &a, nil); err != nil {
		return p.refused(r.Context(), err)
	}
	counted := new(api.Counted)
	counted.Begin(r.Context())
	r = r.WithContext(counted)
	p.decision = g.engine.Decide(r.Context(), &p.attempt)
	if p.decision.Outcome != core.Allowed {
		return p
	}
	if err := g.checkReadings(r, &p.attempt, p.decision); err != nil {
		return p.refused(r.Context(), err)
	}
	p.outer, _ = r.Context().Value(passageKey{}).(*passage)
	return p
}

// earlier returns the passage of an earlier guard of the same engine, if r is still the
// same request; nil if there is none.
func (g *Guard) earlier(r *http.Request) *passage {
	p, _ := r.Context().Value(passageKey{}).(*passage)
	for p != nil && p.engine != g.engine {
		p = p.outer
	}
	if p == nil {
		return nil
	}
	if a, err := g.attempt(r); err != nil || !p.isOf(&a) {
		return nil
	}
	return p
}

// refused returns a copy of the passage that is refused with err, and logs it like every
// refusal.
func (p *passage) refused(ctx context.Context, err error) *passage {
	end := *p
	end.decision = p.engine.Refuse(ctx, &end.attempt, p.decision, err)
	return &end
}

// requiring returns a copy of the passage that is also watched for the roles, within the
// passage in ctx.
func (p *passage) requiring(ctx context.Context, roles []string) *passage {
	within := *p
	within.decision = p.decision.Requiring(roles...)
	within.outer, _ = ctx.Value(passageKey{}).(*passage)
	return &within
}

// isOf reports whether a is the request that was decided on: everything that the decision
// may depend on is unchanged. The program may have added headers to the request of an
// authenticated user, but no credential.
func (p *passage) isOf(a *api.Attempt) bool {
	was := &p.attempt
	if a.Method != was.Method || a.Host != was.Host || a.RawTarget != was.RawTarget ||
		a.Scheme != was.Scheme || a.Peer != was.Peer || a.TLS != was.TLS {
		return false
	}
	protected := p.engine.ProtectedHeaders()
	for name, values := range was.Header {
		now, ok := a.Header[name]
		if !ok && p.forged.has(name, protected) {
			continue // admit has removed it
		}
		if !ok || !slices.Equal(now, values) {
			return false
		}
	}
	for name := range a.Header {
		if _, ok := was.Header[name]; !ok && (p.decision.Anonymous() || p.carries(name)) {
			return false
		}
	}
	return true
}

// carries reports whether the header may carry a credential.
func (p *passage) carries(name string) bool {
	return route.IsAlias(name, "Authorization") || route.IsAlias(name, "X-Api-Key") ||
		route.IsAlias(name, p.attempt.Credential.Header)
}

// admit returns the request for the handler, with a normalized host and a copy of the
// headers, so that the caller's request is unchanged. Its context ends with the
// credential; call stop when the handler has returned.
func (p *passage) admit(r *http.Request) (_ *http.Request, stop func()) {
	ctx, stop := r.Context(), func() {}
	in, _ := ctx.Value(passageKey{}).(*passage)
	switch {
	case in == p:
		return r, stop // already prepared by the outer guard
	case in != p.outer: // a guard of another engine is in between
		within := *p
		within.outer, p = in, &within
	default:
		ctx, stop = p.engine.WatchContext(ctx, &p.attempt, &p.decision)
	}
	r = p.forged.removed(r.WithContext(context.WithValue(ctx, passageKey{}, p)))
	setHost(r, p.attempt.Host)
	return r, stop
}

// setHost sets the host in all fields that routers read.
func setHost(r *http.Request, host string) {
	r.Host = host
	if r.URL.Host != "" && r.URL.Host != host {
		u := *r.URL
		u.Host = host
		r.URL = &u
	}
}

func (p *passage) serve(next http.Handler, w http.ResponseWriter, r *http.Request) {
	r, stop := p.admit(r)
	defer stop()
	next.ServeHTTP(w, r)
}
