package core

import (
	"context"
	"maps"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/compiled"
	"github.com/cardea-auth/cardea/core/internal/env"
	"github.com/cardea-auth/cardea/core/route"
)

// anonymousHeaders is shared and must not be changed.
var anonymousHeaders = api.Header{HeaderUser: {""}, HeaderRoles: {""}, HeaderMethod: {""}}

func upstreamHeaders(ctx context.Context, e *env.Env, p *compiled.Policy, d *Decision, ready api.Header) (api.Header, error) {
	if p.Hooks.IdentityHeaders.Len() == 0 {
		return ready, nil
	}
	h, err := p.Hooks.IdentityHeaders.ApplyJudged(ctx, UpstreamHeaders{
		Headers: ready.Clone(), Identity: d.Identity, Upstream: d.Rule.Upstream,
	}, p.JudgeUpstream(ready))
	if err != nil {
		return nil, e.Events.HookError(ctx, err)
	}
	out := h.Headers.Clone()
	maps.Copy(out, ready) // the engine's own headers win over a hook's
	return out, nil
}

// ProtectedHeaders returns the headers, in addition to X-Auth-* and X-Cardea-*, that hooks
// or the policy may set or protect. The caller must remove them from every request, in
// every spelling. It is nil if there are none.
func (e *Engine) ProtectedHeaders() *route.Names { return e.env.Policy.Load().Protected() }

// Carries reports whether a rule or site reads credentials from a header of that name.
func (e *Engine) Carries(name string) bool { return e.env.Policy.Load().Carriers.Has(name) }

// WithoutForged returns the headers of a request to one of Cardea's own endpoints as hooks
// see them: without the headers with which a client could impersonate a proxy, except those
// that carry credentials. The result shares h's values.
func (e *Engine) WithoutForged(h api.Header) api.Header {
	return e.forged.Without(h, func(name string) bool { return name == "Content-Length" || e.Carries(name) })
}
