package core

import (
	"context"
	"slices"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/compiled"
	"github.com/cardea-auth/cardea/core/internal/judge"
	"github.com/cardea-auth/cardea/core/route"
)

// TokenResponse passes a dialect's reply to a login through token-response. Changes of
// protected fields by hooks are discarded. An error refuses the login.
func (t *Tokens) TokenResponse(ctx context.Context, r TokenResponse, protected ...string) (TokenResponse, error) {
	point := t.e.Hooks().TokenResponse
	if point.Len() == 0 {
		return r, nil
	}
	changed, err := point.ApplyJudged(ctx, r, judge.Reply(protected).Accept)
	if err != nil {
		return TokenResponse{}, t.e.env.Events.HookError(ctx, err)
	}
	for name, value := range r.Fields.All {
		if slices.Contains(protected, name) {
			changed.Fields = changed.Fields.With(name, value)
		}
	}
	for _, name := range protected {
		if _, own := r.Fields.Get(name); !own {
			changed.Fields = changed.Fields.Without(name)
		}
	}
	r.Fields = changed.Fields
	return r, nil
}

// ErrorResponse passes a refusal through error-response before it is written. Hooks cannot
// change the class of the status (4xx, 5xx). If a hook fails, the refusal stays unchanged.
func (e *Engine) ErrorResponse(ctx context.Context, r ErrorResponse) ErrorResponse {
	point := e.Hooks().ErrorResponse
	if point.Len() == 0 {
		return r
	}
	shown := r
	p := e.env.Policy.Load()
	shown.Attempt = p.Shown(p.Cleaned(r.Attempt))
	changed, err := point.ApplyJudged(ctx, shown, judge.Refusal{Status: r.Status}.Accept)
	if err != nil {
		e.env.Events.LogHook(ctx, "hook failed, so the refusal stays as it was", err)
		return r
	}
	if changed.Status/100 != r.Status/100 {
		changed.Status = r.Status
	}
	changed.Reason, changed.Dialect, changed.Attempt, changed.Form = r.Reason, r.Dialect, r.Attempt, r.Form
	return changed
}

// CORSHeaders passes the CORS headers for a cross-origin request through cors-headers. The
// resulting origin is "*", the request's own or empty, and the lists contain only valid
// header tokens; a hook that returns anything else has failed. If a hook fails or refuses,
// no origin is allowed.
func (e *Engine) CORSHeaders(ctx context.Context, c CORSHeaders) CORSHeaders {
	point := e.Hooks().CORSHeaders
	if point.Len() == 0 {
		return c
	}
	shown := c
	p := e.env.Policy.Load()
	shown.Attempt = p.Shown(p.Cleaned(c.Attempt))
	changed, err := point.ApplyJudged(ctx, shown, judge.CORS)
	if err != nil {
		if api.CodeOf(err) == api.Internal {
			e.env.Events.LogHook(ctx, "hook failed, so no origin is allowed", err)
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

// Fault logs a failure whose cause the response does not reveal: an internal error, or an
// unavailable dependency, the latter once a second per cause. Refusals of the client are
// not logged.
func (e *Engine) Fault(ctx context.Context, what string, err error) {
	e.env.Events.LogFault(ctx, what, api.AsError(err))
}

// RateLimit passes a limit through rate-limit. An error refuses the call.
func (e *Engine) RateLimit(ctx context.Context, l RateLimit) (RateLimit, error) {
	changed, err := e.Hooks().RateLimit.ApplyJudged(ctx, l, judge.RateLimit)
	if err != nil {
		return l, e.env.Events.HookError(ctx, err)
	}
	l.Limit, l.Window = changed.Limit, changed.Window
	return l, nil
}

// PluginFailed reports the failure of a plugin to plugin-failed. It is called by the plugin
// host.
func (e *Engine) PluginFailed(ctx context.Context, plugin, class string) {
	e.env.Events.Fire(ctx, e.Hooks().PluginFailed, Event{Target: plugin, Reason: class})
}

// Drain waits until the handlers of all events fired so far have finished, or ctx is done.
// Events are handled asynchronously; each handler gets them in order.
func (e *Engine) Drain(ctx context.Context) error { return e.env.Events.Drain(ctx) }

// CredentialHeader passes the header that carries the credential of a request to one of our
// own endpoints through custom-header. An error refuses the request.
func (e *Engine) CredentialHeader(ctx context.Context, h route.HeaderSpec, a *api.Attempt) (route.HeaderSpec, error) {
	p := e.env.Policy.Load()
	at, err := compiled.TargetOf(a)
	if err != nil {
		return route.HeaderSpec{}, err
	}
	return e.auth.CustomHeader(ctx, p, at, h, p.Cleaned(a))
}
