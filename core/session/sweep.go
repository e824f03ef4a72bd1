package session

import (
	"context"
	"time"
)

// pruneEvery is how often expired rows are deleted from the log: rows of sessions are
// short-lived, and there may be many.
const pruneEvery = 5 * time.Minute

// sweep removes rows that had expired when the last poll started: from the index every
// minute, and from the log every pruneEvery.
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

// prune deletes expired rows from the log. If it runs out of time, the next call continues.
func (t *Tail) prune(ctx context.Context, now time.Time) {
	t.pruned = now
	ctx, cancel := context.WithTimeout(ctx, t.cfg.Timeout)
	defer cancel()
	// A node whose clock is behind may still need rows that have just expired.
	_, err := t.log.PruneRevocations(ctx, now.Add(-t.cfg.Overlap))
	if err != nil && ctx.Err() == nil && now.Sub(t.warned) >= time.Hour {
		t.warned = now
		t.cfg.Logger.Warn("cannot prune the revocation log, will retry", "error", err)
	}
}
