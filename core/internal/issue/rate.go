package issue

import (
	"context"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/session"
)

// checkRate refuses a refresh if its session had too many in the last minute: each adds a
// row to the store.
func (e *Issuer) checkRate(ctx context.Context, token api.Secret) error {
	t, ok := session.ParseRefresh(token.Reveal())
	if e.uses == nil || !ok {
		return nil
	}
	q, err := e.uses.Look(ctx, t.Session, e.perMin)
	if err != nil || q.OK {
		return err
	}
	return &api.Error{
		Code: api.Throttled, Reason: api.ReasonTooMany, RetryAfter: q.RetryAfter,
		Public: "this session is refreshed too often: wait a little",
	}
}

// countRefresh counts a refresh that succeeded. What was refused does not count, since
// session ids are not secret.
func (e *Issuer) countRefresh(ctx context.Context, sid string) {
	if e.uses == nil {
		return
	}
	if _, err := e.uses.Take(context.WithoutCancel(ctx), sid, e.perMin, time.Minute); err != nil {
		e.Log.Warn("refresh not counted", "session", sid, "error", err)
	}
}
