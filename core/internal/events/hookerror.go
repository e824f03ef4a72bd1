package events

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/printable"
	"github.com/cardea-auth/cardea/hooks"
)

// The messages for clients when a hook refused without a text, and when it failed.
const (
	publicRefused = "the request is refused"
	publicFailed  = "refused: an extension failed"
)

// HookError converts the error of a filter to a refusal: a deliberate refusal is returned
// as it is, anything else is logged and becomes a fault of the hook. Every refusal has a
// message.
func (e *Teller) HookError(ctx context.Context, err error) error {
	var refusal *api.Error
	if errors.As(err, &refusal) && refusal != nil && refusal.Code != api.Internal {
		return withText(refusal)
	}
	e.LogHook(ctx, "hook failed, so the request is refused", err)
	who, point := "hook", ""
	if at, ok := errors.AsType[*hooks.Error](err); ok {
		who, point = "hook "+hooks.Printable(at.Handler), at.Point
	}
	return api.Wrap(api.Denied, api.ReasonHookFailed, cmp.Or(hooks.FailureText(who, point, err), publicFailed), err)
}

// withText adds a message to a refusal without one.
func withText(refusal *api.Error) *api.Error {
	if refusal.Public != "" {
		return refusal
	}
	told := *refusal
	if told.Public = publicRefused; told.Reason == api.ReasonHookFailed {
		told.Public = publicFailed
	}
	return &told
}

// maxHookText is how many bytes of a hook's error are logged: it may contain text sent by
// the client.
const maxHookText = 2 << 10

// LogHook logs a hook's failure with its point, name and class, once a second per hook.
func (e *Teller) LogHook(ctx context.Context, event string, err error) {
	var facts []any
	which := event
	if at, ok := errors.AsType[*hooks.Error](err); ok {
		facts = append(facts, "point", at.Point, "hook", at.Handler)
		which = at.Point + " " + at.Handler
	}
	skipped, ok := e.hookFaults.Admit(which, time.Now())
	if !ok {
		return
	}
	if value, ok := errors.AsType[*hooks.ValueError](err); ok {
		facts = append(facts, "class", "commit", "key", value.Key, "rule", value.Rule)
	}
	text := printable.Escape(err.Error(), maxHookText)
	e.log.ErrorContext(ctx, event, append(facts, "error", text, "not_logged", skipped)...)
}
