package session

import (
	"context"
	"time"
)

// pruneEvery is how often what has expired is deleted from the log: rows of sessions are
// short-lived, and there may be many.
const pruneEvery = 5 * time.Minute

// sweep drops what has expired when the last poll began, from the index each minute and
// now and then from the log.
func (t *Tail) sweep(ctx context.Context) {
	now := t.polled
	if now.Sub(t.expired) >= time.Minute {
		t.index.Expire(now)
		t.expired = now
	}
	if now.Sub(t.pruned) >= pruneEvery {
		t.prune(ctx, now)
	}
}

// prune deletes from the log what has ended. What it has no time for goes the next time.
func (t *Tail) prune(ctx context.Context, now time.Time) {
	t.pruned = now
	ctx, cancel := context.WithTimeout(ctx, t.cfg.Timeout)
	defer cancel()
	// A node whose clock is behind still wants what ended a moment ago.
	_, err := t.log.PruneRevocations(ctx, now.Add(-t.cfg.Overlap))
	if err != nil && ctx.Err() == nil && now.Sub(t.warned) >= time.Hour {
		t.warned = now
		t.cfg.Logger.Warn("cannot prune the revocation log; it is tried again every few minutes", "error", err)
	}
}
