package sandbox

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/plugins/internal/concurrency"
	"github.com/cardea-auth/cardea/plugins/internal/wasm"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// TestInstances tests how many instances there may be, when they are replaced, and a start
// that does not finish.
func TestInstances(t *testing.T) {
	if instances(manifest.Limits{Instances: 2}, true) != 2 || instances(manifest.Limits{}, true) < 8 || instances(manifest.Limits{}, false) < 1 {
		t.Error("how many instances there may be")
	}
	for _, tc := range []struct {
		g    guest
		want bool
	}{{guest{served: maxCalls - 1, born: time.Now()}, false}, {guest{served: maxCalls, born: time.Now()}, true}, {guest{born: time.Now().Add(-maxAge - time.Second)}, true}, {guest{born: time.Now().Add(-maxAge + time.Minute)}, false}} {
		if tc.g.old() != tc.want {
			t.Errorf("%+v is old: want %v", tc.g, tc.want)
		}
	}
	if !(&guest{broken: true, served: 1}).worn(nil) || (&guest{served: 63, born: time.Now().Add(-time.Hour)}).worn(nil) {
		t.Error("what is broken is worn, and age is looked at each 64 calls")
	}
	for err, want := range map[error]bool{wasm.ErrFuel: true, errBusy: false} {
		if got := strings.Contains(startError(fmt.Errorf("x: %w", err)).Error(), "raise limits.start_fuel"); got != want {
			t.Errorf("%v: advice %v", err, got)
		}
	}
}

// TestEnv_tryAcquire: a plugin with many instances is also limited by its own calls.
func TestEnv_tryAcquire(t *testing.T) {
	for _, tc := range []struct {
		counted     bool
		own, others int // calls that may run
		want        bool
	}{{false, 1, 1, true}, {true, 1, 1, true}, {false, 0, 1, true}, {true, 0, 1, false}, {false, 1, 0, false}, {true, 1, 0, false}} {
		e := &env{counted: tc.counted, usage: NewUsage(100, tc.own), deps: &Deps{Calls: concurrency.New(tc.others)}}
		if got := e.tryAcquire(); got != tc.want {
			t.Errorf("%+v: tryAcquire() = %v, want %v", tc, got, tc.want)
		}
		if tc.want {
			e.release()
		}
		if own, others := e.usage.calls.Running(), e.deps.Calls.Running(); own != 0 || others != 0 {
			t.Errorf("%+v: %d and %d calls still count", tc, own, others)
		}
	}
}

// TestPool_failedStart: a failed start fails its call and frees its place.
func TestPool_failedStart(t *testing.T) {
	down, fail := errors.New("no memory"), true
	p := newPool(1, func(context.Context) (*wasm.Instance, error) {
		if fail {
			return nil, down
		}
		return new(wasm.Instance), nil
	}, nil)
	for range 3 {
		if i, err := p.find(t.Context(), time.Millisecond); i != nil || !errors.Is(err, down) {
			t.Errorf("find: got %v, %v; want nil and error %q", i, err, down)
		}
	}
	fail = false
	if i, err := p.find(t.Context(), time.Millisecond); i == nil || err != nil {
		t.Errorf("once it starts: %v, %v", i, err)
	}
	if _, err := p.find(t.Context(), time.Millisecond); !errors.Is(err, errBusy) {
		t.Errorf("the only one is taken: %v", err)
	}
}
