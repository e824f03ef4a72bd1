package session

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/bits"
	"sync/atomic"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// TailConfig configures a [Tail]; the zero value works.
type TailConfig struct {
	Every   time.Duration    // poll interval; default 300 ms
	Overlap time.Duration    // rows recorded this long before the last poll are read again; default 10 s
	Timeout time.Duration    // of one poll; default 5 s
	Load    time.Duration    // timeout of one page during the load; default 30 s
	Page    int              // rows per query; default 5,000
	Now     func() time.Time // default time.Now
	Logger  *slog.Logger     // default: discards
}

// Tail keeps an [Index] up to date with a [Log]. Use [Follow]. Its methods are safe for
// concurrent use.
type Tail struct {
	log   Log
	index *Index
	cfg   TailConfig

	synced atomic.Pointer[time.Time] // start of the last successful poll
	poke   chan struct{}
	syncs  chan chan<- error // callers of Sync
	cancel context.CancelFunc
	done   chan struct{}

	// Used only by the goroutine.
	last     int64              // highest Seq applied
	seen     map[int64]struct{} // Seqs in the overlap of the last poll
	failures uint
	polled   time.Time // start of the last poll
	expired  time.Time // when the index was last swept
	pruned   time.Time // when the log was last pruned
	warned   time.Time // when a failure to prune was last logged
	loaded   *loaded   // nil after the load
}

// Follow loads the log into the index, and then keeps polling until Close. Loading may take
// as long as rows arrive; it ends with an error when ctx is done or a page times out. After
// an error nothing runs, and the index must not be used.
func Follow(ctx context.Context, log Log, index *Index, cfg TailConfig) (*Tail, error) {
	t := &Tail{
		log: log, index: index, cfg: cfg.withDefaults(),
		poke: make(chan struct{}, 1), syncs: make(chan chan<- error), done: make(chan struct{}),
	}
	now := t.cfg.Now()
	if err := t.load(ctx, now); err != nil {
		return nil, fmt.Errorf("load the revocation log: %w", err)
	}
	t.synced.Store(&now)
	ctx, t.cancel = context.WithCancel(context.WithoutCancel(ctx))
	go t.run(ctx)
	return t, nil
}

func (c TailConfig) withDefaults() TailConfig {
	c.Every = cmp.Or(c.Every, 300*time.Millisecond)
	c.Overlap = cmp.Or(c.Overlap, 10*time.Second)
	c.Timeout = cmp.Or(c.Timeout, 5*time.Second)
	c.Load = cmp.Or(c.Load, 30*time.Second)
	c.Page = cmp.Or(c.Page, 5000)
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c
}

// Poke requests a poll at once, as after a write to the log, and does not wait for it.
func (t *Tail) Poke() {
	select {
	case t.poke <- struct{}{}:
	default: // a poll is pending already and will include the write
	}
}

// Sync reads the log at once, and returns when the index includes everything written before
// the call, or with the error of the read.
func (t *Tail) Sync(ctx context.Context) error {
	answer := make(chan error, 1)
	select {
	case t.syncs <- answer:
		return <-answer // soon, since a poll has a timeout
	case <-t.done:
		return errors.New("sync with the revocation log: closed")
	case <-ctx.Done():
		return fmt.Errorf("sync with the revocation log: %w", ctx.Err())
	}
}

// Staleness returns the age of the index: the time since the start of the last successful
// poll.
func (t *Tail) Staleness() time.Duration { return t.cfg.Now().Sub(*t.synced.Load()) }

// Close stops polling and waits for the goroutine. The index stays unchanged.
func (t *Tail) Close() {
	t.cancel()
	<-t.done
}

func (t *Tail) run(ctx context.Context) {
	defer close(t.done)
	tick := time.NewTicker(t.cfg.Every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			t.poll(ctx)
		case <-t.poke:
			t.poll(ctx)
		case answer := <-t.syncs:
			answer <- t.poll(ctx)
		}
		t.sweep(ctx)
	}
}

// poll reads new rows and those that may have become visible late.
func (t *Tail) poll(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, t.cfg.Timeout)
	defer cancel()
	now := t.cfg.Now()
	t.polled = now
	// Relative to the last success, not to now, so that rows that became visible late
	// during an outage are not missed.
	if err := t.read(ctx, now, t.synced.Load().Add(-t.cfg.Overlap)); err != nil {
		t.failed(ctx, err)
		return err
	}
	if t.failures > 0 {
		t.cfg.Logger.Info("the revocation log answers again", "failures", t.failures)
		t.failures = 0
	}
	t.synced.Store(&now)
	return nil
}

// failed logs the 1st, 2nd, 4th, 8th... consecutive failure. The poll interval stays the
// same, so the first success ends the staleness.
func (t *Tail) failed(ctx context.Context, err error) {
	if context.Cause(ctx) == context.Canceled {
		return // Close
	}
	t.failures++
	if bits.OnesCount(t.failures) == 1 {
		t.cfg.Logger.Error("cannot read the revocation log, revocations may be missed",
			"failures", t.failures, "staleness", t.Staleness(), "error", err)
	}
}

// read applies all rows after the last one, in pages, and those since overlap. Only the
// first page uses the overlap: the following ones are read by Seq.
func (t *Tail) read(ctx context.Context, now, overlap time.Time) error {
	after, seen := t.last, map[int64]struct{}{}
	for {
		rows, err := t.page(ctx, after, overlap)
		if err != nil {
			return err
		}
		t.apply(rows, now, seen)
		if len(rows) < t.cfg.Page {
			break
		}
		after, overlap = rows[len(rows)-1].Seq, time.Time{}
	}
	t.seen = seen
	return nil
}

// apply applies rows that are new and not expired. During the load no Seqs are recorded, so
// the first poll applies its overlap again.
func (t *Tail) apply(rows []api.Revocation, now time.Time, seen map[int64]struct{}) {
	for i := range rows {
		r := &rows[i]
		if t.synced.Load() != nil {
			seen[r.Seq] = struct{}{}
		}
		if _, old := t.seen[r.Seq]; !old && (r.Expires.IsZero() || r.Expires.After(now)) {
			t.index.Apply(*r)
		}
		t.last = max(t.last, r.Seq)
	}
}
