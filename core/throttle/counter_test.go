package throttle_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/store/storetest"
	"github.com/cardea-auth/cardea/core/throttle"
)

func TestMemoryCounter(t *testing.T) {
	storetest.RunCounter(t, func(_ *testing.T, now func() time.Time) (throttle.Counter, func() throttle.Counter) {
		return throttle.NewMemoryCounter(0, now), nil
	})
}

// TestMemoryCounter_allocations: counting for a known key allocates nothing.
func TestMemoryCounter_allocations(t *testing.T) {
	c := throttle.NewMemoryCounter(0, nil)
	ctx := t.Context()
	if n := testing.AllocsPerRun(100, func() {
		if _, err := c.Take(ctx, "key", 10, time.Minute); err != nil {
			t.Error(err)
		}
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func ExampleNewMemoryCounter() {
	var calls throttle.Counter = throttle.NewMemoryCounter(0, nil)
	q, err := calls.Take(context.Background(), "192.0.2.1", 60, time.Minute)
	fmt.Println(q.OK, q.Limit, q.Remaining, err)
	// Output: true 60 59 <nil>
}
