package core

import (
	"context"
	"slices"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/judge"
)

// TokenResponse passes a dialect's reply to a login through token-response.
// What the hooks make of the protected members does not count. An error
// refuses the login.
func (e *Engine) TokenResponse(ctx context.Context, t TokenResponse, protected ...string) (TokenResponse, error) {
	point := e.Hooks().TokenResponse
	if point.Len() == 0 {
		return t, nil
	}
	changed, err := point.ApplyJudged(ctx, t, judge.Reply(protected).Accept)
	if err != nil {
		return TokenResponse{}, e.hookError(ctx, err)
	}
	for name, value := range t.Fields.All {
		if slices.Contains(protected, name) {
			changed.Fields = changed.Fields.With(name, value)
		}
	}
	for _, name := range protected {
		if _, own := t.Fields.Get(name); !own {
			changed.Fields = changed.Fields.Without(name)
		}
	}
	t.Fields = changed.Fields
	return t, nil
}

// ErrorResponse passes a refusal through error-response before a door writes
// it. The status keeps its class, and when a hook breaks the refusal stays as
// it was.
func (e *Engine) ErrorResponse(ctx context.Context, r ErrorResponse) ErrorResponse {
	point := e.Hooks().ErrorResponse
	if point.Len() == 0 {
		return r
	}
	shown := r
	p := e.policy.Load()
	shown.Attempt = p.Shown(p.Cleaned(r.Attempt))
	changed, err := point.ApplyJudged(ctx, shown, judge.Refusal{Status: r.Status}.Accept)
	if err != nil {
		e.logHook(ctx, "hook failed, so the refusal stays as it was", err)
		return r
	}
	if changed.Status/100 != r.Status/100 {
		changed.Status = r.Status
	}
	changed.Reason, changed.Dialect, changed.Attempt, changed.Form = r.Reason, r.Dialect, r.Attempt, r.Form
	return changed
}

// CORSHeaders passes the headers for a page from elsewhere through cors-headers.
// The allowed origin that comes back is "*", the request's own or none, and lists
// are what a header can hold: a hook that leaves anything else has failed. When a hook
// fails or refuses, no origin is allowed.
func (e *Engine) CORSHeaders(ctx context.Context, c CORSHeaders) CORSHeaders {
	point := e.Hooks().CORSHeaders
	if point.Len() == 0 {
		return c
	}
	shown := c
	p := e.policy.Load()
	shown.Attempt = p.Shown(p.Cleaned(c.Attempt))
	changed, err := point.ApplyJudged(ctx, shown, judge.CORS)
	if err != nil {
		if api.CodeOf(err) == api.Internal {
			e.logHook(ctx, "hook failed, so no origin is allowed", err)
		}
		c.Allow = ""
		return c
	}
	c.Allow = changed.Allow
	if judge.IsTokenList(changed.Headers) && judge.IsTokenList(changed.Methods) {
		c.Headers, c.Methods = changed.Headers, changed.Methods
	}
	return c
}

// Fault logs a failure that is answered without its cause: what broke, and what is
// away, the same cause once a second. A verdict on the client is not logged.
func (e *Engine) Fault(ctx context.Context, what string, err error) {
	e.logFault(ctx, what, api.AsError(err))
}
