package core

import (
	"context"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// logFault logs a refusal that is no verdict on the client: nobody else sees the
// cause. While a part is away every request meets it, so that is said once a
// second.
func (e *Engine) logFault(ctx context.Context, what string, err *Error) {
	switch {
	case err.Code == api.Internal:
	case err.Code == api.Unavailable && err.Reason != api.ReasonStale:
		now := time.Now().Unix()
		if last := e.faultAt.Load(); last == now || !e.faultAt.CompareAndSwap(last, now) {
			return
		}
	default:
		return
	}
	e.log.ErrorContext(ctx, what, "error", err)
}
