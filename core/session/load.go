package session

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// tellLoading is the interval of log messages during a long load.
const tellLoading = 5 * time.Second

// load reads the whole log in pages, after deleting expired rows from it.
func (t *Tail) load(ctx context.Context, now time.Time) error {
	t.prune(ctx, now)
	start := t.cfg.Now()
	t.loaded = &loaded{begun: start, told: start}
	err := t.read(ctx, now, time.Time{})
	if l := t.loaded; err == nil && l.told != l.begun {
		t.cfg.Logger.Info("revocation log loaded", "rows", l.rows, "took", t.cfg.Now().Sub(start))
	}
	t.loaded = nil
	return err
}

// loaded is the progress of a load.
type loaded struct {
	begun, told time.Time
	rows        int
}

// page reads one page. During the load each page has its own timeout, since the number of
// pages is unknown; a poll has one timeout for all.
func (t *Tail) page(ctx context.Context, after int64, overlap time.Time) ([]api.Revocation, error) {
	if t.loaded == nil {
		return t.log.RevocationsSince(ctx, after, overlap, t.cfg.Page)
	}
	ctx, cancel := context.WithTimeout(ctx, t.cfg.Load)
	defer cancel()
	rows, err := t.log.RevocationsSince(ctx, after, overlap, t.cfg.Page)
	if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return nil, fmt.Errorf("no rows for %s after %d were read: %w", t.cfg.Load, t.loaded.rows, err)
	}
	t.loaded.rows += len(rows)
	if now := t.cfg.Now(); now.Sub(t.loaded.told) >= tellLoading {
		t.loaded.told = now
		t.cfg.Logger.Info("loading the revocation log", "rows", t.loaded.rows, "for", now.Sub(t.loaded.begun))
	}
	return rows, err
}
