package hooks_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/hooks"
)

func same(n int) (int, int64) { return n, 8 }

// TestTell_behind: a handler that hangs delays no one, each handler gets its events in
// order, and a panic affects only its own handler.
func TestTell_behind(t *testing.T) {
	var mu sync.Mutex
	var errs []error
	b := hooks.NewBackground(hooks.BackgroundConfig{OnError: func(_ context.Context, err error) {
		mu.Lock()
		defer mu.Unlock()
		errs = append(errs, err)
	}})
	a, release := hooks.NewAction[int]("event"), make(chan struct{})
	var got []int
	bind(t, a, "hangs", func(context.Context, int) error { <-release; return nil })
	bind(t, a, "panics", func(context.Context, int) error { panic("ouch") })
	bind(t, a, "notes", func(_ context.Context, n int) error { got = append(got, n); return nil })
	began := time.Now()
	for n := range 160 {
		a.Tell(context.Background(), b, n, same)
	}
	if d := time.Since(began); d > time.Minute {
		t.Errorf("telling took %s", d)
	}
	close(release)
	if err := b.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(got) != 160 || !slices.IsSorted(got) || len(errs) != 160 || !strings.Contains(errs[0].Error(), "ouch") {
		t.Errorf("got %d events, in order %v, and %d panics", len(got), slices.IsSorted(got), len(errs))
	}
	for _, q := range a.Queues() {
		if q.Depth != 0 || q.Bytes != 0 || q.Done != 160 || q.Dropped != 0 {
			t.Errorf("got %+v, want Depth 0, Bytes 0, Done 160 and Dropped 0", q)
		}
	}
	if err := b.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if a.Tell(t.Context(), b, 1, same); a.Queues()[0].Dropped != 1 {
		t.Error("an event was taken after Close")
	}
}

// TestTell_bounds: the queue is bounded in number and bytes, and dropped at Close.
func TestTell_bounds(t *testing.T) {
	for name, c := range map[string]hooks.BackgroundConfig{"events": {Events: 10}, "bytes": {Bytes: 80}} {
		b, a := hooks.NewBackground(c), hooks.NewAction[int]("event")
		bind(t, a, "hangs", func(ctx context.Context, _ int) error { <-ctx.Done(); return ctx.Err() })
		for n := range 25 {
			a.Tell(context.Background(), b, n, same)
		}
		if q := a.Queues()[0]; q.Depth != 10 || q.Bytes != 80 || q.Dropped != 15 || q.Handler != "hangs" {
			t.Errorf("%s: got %+v, want Depth 10, Bytes 80, Dropped 15 and Handler \"hangs\"", name, q)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		began := time.Now()
		err := b.Close(ctx)
		cancel()
		if err == nil || !strings.Contains(err.Error(), "9 events were dropped") || time.Since(began) > time.Minute {
			t.Errorf("%s: Close gave %v after %s", name, err, time.Since(began))
		}
		if q := a.Queues()[0]; q.Depth != 0 || q.Dropped != 24 {
			t.Errorf("%s: after Close %+v", name, q)
		}
	}
}

// TestTell_inline: an inline handler has finished when Tell returns.
func TestTell_inline(t *testing.T) {
	b, a, n := hooks.NewBackground(hooks.BackgroundConfig{}), hooks.NewAction[int]("event"), 0
	if err := a.Bind("count", func(context.Context, int) error { n++; panic(fmt.Sprint(n)) }, hooks.Inline()); err != nil {
		t.Fatal(err)
	}
	a.Tell(context.Background(), b, 1, func(int) (int, int64) { t.Error("got a call of the event handler, want none"); return 0, 0 })
	if n != 1 || len(a.Queues()) != 0 {
		t.Errorf("counted %d, queues %v", n, a.Queues())
	}
}
