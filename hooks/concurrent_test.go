package hooks_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/cardea-auth/cardea/hooks"
)

// Concurrent calls of Apply see the list before or after a change, always in order.
func TestFilter_concurrent(t *testing.T) {
	f := hooks.NewFilter[int]("point")
	bind(t, f, "first", func(_ context.Context, n int) (int, error) { return n + 1, nil }, hooks.Order(-1))
	bind(t, f, "last", func(_ context.Context, n int) (int, error) { return n * 1000, nil }, hooks.Order(1))
	var wg sync.WaitGroup
	for i := range 4 {
		id := fmt.Sprint("h", i)
		wg.Go(func() {
			for range 200 {
				if err := f.Bind(id, func(_ context.Context, n int) (int, error) { return n + 1, nil }); err != nil {
					t.Error(err)
				}
				if !f.Unbind(id) {
					t.Errorf("%s was lost", id)
				}
			}
		})
		wg.Go(func() {
			for range 200 {
				if n, err := f.Apply(context.Background(), 0); err != nil || n < 1000 || n > 5000 || n%1000 != 0 {
					t.Errorf("Apply = %d, %v; want 1000 to 5000", n, err)
				}
			}
		})
	}
	wg.Wait()
	if f.Len() != 2 {
		t.Errorf("%d handlers are left, want 2", f.Len())
	}
}

func fiveHandlers(tb testing.TB) *hooks.Filter[[4]string] {
	f := hooks.NewFilter[[4]string]("point")
	for i := range 5 {
		bind(tb, f, fmt.Sprint(i), func(_ context.Context, v [4]string) ([4]string, error) { v[i%4] = "x"; return v, nil })
	}
	return f
}

func TestFilter_allocations(t *testing.T) {
	f, ctx := fiveHandlers(t), context.Background()
	if n := testing.AllocsPerRun(100, func() { _, _ = f.Apply(ctx, [4]string{}) }); n != 0 {
		t.Errorf("five handlers cost %v allocations, want 0", n)
	}
}

func BenchmarkFilter_fiveHandlers(b *testing.B) {
	f, ctx := fiveHandlers(b), context.Background()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := f.Apply(ctx, [4]string{}); err != nil {
			b.Fatal(err)
		}
	}
}
