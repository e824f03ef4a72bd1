package session_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/logtest"
	"github.com/cardea-auth/cardea/core/session"
)

// askedLog is a log that records its calls and delays its results.
type askedLog struct {
	fakeLog
	after []int64
	takes time.Duration
	left  bool // the last read has returned
}

func (l *askedLog) RevocationsSince(ctx context.Context, after int64, overlap time.Time, limit int) ([]api.Revocation, error) {
	l.left = false
	time.Sleep(l.takes)
	l.after, l.left = append(l.after, after), true
	return l.fakeLog.RevocationsSince(ctx, after, overlap, limit)
}

// TestTail_readsOnlyWhatIsNew: a poll reads only rows after the highest one.
func TestTail_readsOnlyWhatIsNew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &askedLog{}
		log.revoke("a", "b", "c")
		tail, _ := follow(t, log, session.TailConfig{Every: time.Hour})
		log.revoke("d", "e")
		for range 2 {
			if err := tail.Sync(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if got := log.after; len(got) != 3 || got[0] != 0 || got[1] != 3 || got[2] != 5 {
			t.Errorf("asked for rows after %v, want 0, 3, 5", got)
		}
	})
}

// TestTail_Close_waits: no read of the log is in progress when Close returns.
func TestTail_Close_waits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &askedLog{}
		tail, _ := follow(t, log, session.TailConfig{Every: time.Hour})
		log.takes = time.Second
		tail.Poke()
		synctest.Wait()
		tail.Close()
		if !log.left {
			t.Error("the log is still being read")
		}
	})
}

// TestTail_Sync_ends: Sync returns with its context although the log is slow.
func TestTail_Sync_ends(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &askedLog{}
		tail, _ := follow(t, log, session.TailConfig{Every: time.Hour})
		log.takes = time.Minute
		tail.Poke()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := tail.Sync(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Sync() = %v, want error %q", err, context.DeadlineExceeded)
		}
	})
}

// TestTail_sweepsOnceAMinute: the index is swept each minute, not at each poll.
func TestTail_sweepsOnceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now().Truncate(time.Minute).Add(time.Minute + 30*time.Second)
		time.Sleep(time.Until(begin))
		log := &fakeLog{}
		log.AppendRevocations(t.Context(), api.Revocation{Kind: api.RevokeToken, Key: "j", Expires: begin.Add(15 * time.Second)})
		tail, x := follow(t, log, session.TailConfig{})
		// The entry ends after 90 s; the index is swept at the first poll and each minute
		// after it.
		time.Sleep(time.Until(begin.Add(119 * time.Second)))
		if x.Len() != 1 {
			t.Error("swept between two minutes")
		}
		time.Sleep(2 * time.Second)
		if x.Len() != 0 {
			t.Error("not swept after two minutes")
		}
		tail.Close()
	})
}

// TestTail_prunes: rows that ended within the overlap are kept; a failure is logged once.
func TestTail_prunes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var text logtest.Buffer
		log := &pruneLog{}
		tail, _ := follow(t, log, session.TailConfig{Logger: slog.New(slog.NewTextHandler(&text, nil))})
		time.Sleep(time.Second)
		synctest.Wait()
		if at := log.prunedBefore(); len(at) != 1 || time.Since(at[0]) < 10*time.Second || time.Since(at[0]) > 11*time.Second {
			t.Fatalf("pruned before %v, want some 10 s ago", at)
		}
		if text.Count("cannot prune") != 0 {
			t.Errorf("a failure is logged:\n%s", text.String())
		}
		log.set(errors.New("disk on fire"), false)
		time.Sleep(time.Hour)
		synctest.Wait()
		if text.Count("cannot prune") != 1 || text.Count("disk on fire") != 1 {
			t.Errorf("a failure is not logged once:\n%s", text.String())
		}
		log.set(nil, true) // until Close ends it, which is not a failure
		time.Sleep(time.Hour)
		tail.Close()
		if text.Count("cannot prune") != 1 {
			t.Errorf("Close is logged as a failure:\n%s", text.String())
		}
	})
}

// pruneLog is a log whose pruning fails, or blocks until its context is done.
type pruneLog struct {
	fakeLog
	fails error
	waits bool
}

func (l *pruneLog) PruneRevocations(ctx context.Context, before time.Time) (int64, error) {
	l.fakeLog.PruneRevocations(ctx, before)
	l.mu.Lock()
	fails, waits := l.fails, l.waits
	l.mu.Unlock()
	if waits {
		<-ctx.Done()
		return 0, ctx.Err()
	}
	return 0, fails
}

func (l *pruneLog) set(fails error, waits bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fails, l.waits = fails, waits
}

// prunedBefore returns the times that pruning was called with.
func (l *pruneLog) prunedBefore() []time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.pruned)
}
