package login

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// TestFlights: callers that arrive during a run share its result.
func TestFlights(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f flights[string, int]
		var runs, cancelled atomic.Int64
		run := func(ctx context.Context) (int, error) {
			n := int(runs.Add(1))
			select {
			case <-time.After(time.Second):
			case <-ctx.Done():
				cancelled.Add(1)
			}
			return n, ctx.Err()
		}
		wait := func(x *flight[int]) int { <-x.done; return x.value }

		first, cancel := context.WithCancel(t.Context())
		a := f.join(first, "k", run)
		b := f.join(t.Context(), "k", run)
		other := f.join(t.Context(), "another", run)
		cancel()
		if !f.leave("k", a) {
			t.Error("leave returned false for the first caller")
		}
		if wait(b) != wait(a) || b.err != nil || cancelled.Load() != 0 {
			t.Errorf("the run did not outlive its first caller: %d, %v", b.value, b.err)
		}
		if wait(other) == wait(b) {
			t.Error("another key shares the run")
		}
		if f.leave("k", b) {
			t.Error("left after the end")
		}
		c := f.join(t.Context(), "k", run)
		if !f.leave("k", c) {
			t.Error("leave returned false for the only caller")
		}
		d := f.join(t.Context(), "k", run)
		if wait(c); !errors.Is(c.err, context.Canceled) || cancelled.Load() != 1 {
			t.Errorf("the check continues after the last caller left: %v", c.err)
		}
		if wait(d); d.err != nil || runs.Load() != 4 {
			t.Errorf("later callers got %v, in %d runs; want nil in 4 runs", d.err, runs.Load())
		}
		if len(f.runs) != 0 {
			t.Errorf("%d runs are remembered", len(f.runs))
		}
		if x := f.join(t.Context(), "k", func(context.Context) (int, error) { panic("on fire") }); wait(x) != 0 || api.CodeOf(x.err) != api.Internal {
			t.Errorf("a panic: %v", x.err)
		}
	})
}
