package wordpress

import (
	"context"
	"math/bits"
	"slices"
	"strings"
	"time"
)

const (
	// page is how many users one query compares.
	page = 1000
	// rest is the minimum pause after a pass, as a multiple of its duration. A pass
	// takes about 10 ms per thousand users, most of it in the database: up to 40,000
	// users are compared within a second. More are compared less often, which Staleness
	// shows, but use at most half a connection.
	rest = 1
)

// watch compares until ctx ends.
func (d *Directory) watch(ctx context.Context) {
	defer close(d.done)
	pause := d.cfg.Every
	failures := uint(0)
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		begin := d.cfg.Now()
		err := d.compare(ctx, begin)
		pause = max(d.cfg.Every, rest*d.cfg.Now().Sub(begin))
		if err == nil {
			if failures > 0 {
				d.cfg.Logger.Info("WordPress answers again", "directory", d.cfg.Name, "failures", failures)
			}
			d.synced.Store(&begin)
			failures = 0
			continue
		}
		if failures++; ctx.Err() == nil && bits.OnesCount(failures) == 1 {
			d.cfg.Logger.Error("cannot compare users with WordPress; its changes end no tokens until it answers",
				"directory", d.cfg.Name, "failures", failures, "staleness", d.Staleness(), "error", err)
		}
	}
}

// Staleness returns the time since the start of the last successful comparison.
func (d *Directory) Staleness() time.Duration { return d.cfg.Now().Sub(*d.synced.Load()) }

// Watched returns how many users are compared, for metrics.
func (d *Directory) Watched() int { return len(d.ledger.watched(d.cfg.Now())) }

// compare makes one pass over the users who may hold credentials.
func (d *Directory) compare(ctx context.Context, now time.Time) error {
	readCtx, cancel := context.WithTimeout(ctx, d.cfg.Timeout)
	defer cancel()
	if err := d.ledger.read(readCtx); err != nil {
		return err
	}
	for ids := range slices.Chunk(d.ledger.watched(now), page) {
		if err := d.comparePage(ctx, ids); err != nil {
			return err
		}
	}
	return nil
}

func (d *Directory) comparePage(ctx context.Context, ids []int64) error {
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	list := "(?" + strings.Repeat(",?", len(ids)-1) + ")"
	rows, err := d.query(ctx, d.ask.stamps+list, (*row).stampColumns, args...)
	if err != nil {
		return err
	}
	missing := make(map[int64]bool, len(ids))
	for _, id := range ids {
		missing[id] = true
	}
	for _, r := range rows {
		delete(missing, r.id)
		if _, err := d.ledger.note(ctx, r); err != nil {
			return err
		}
	}
	for id := range missing {
		if err := d.ledger.gone(ctx, id); err != nil {
			return err
		}
	}
	return nil
}
