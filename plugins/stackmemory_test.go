package plugins_test

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// TestStacks_memory: a call with a stack of 26 MB, beyond any memory limit, uses little
// more than the limit while it runs, and fails because its stack is too large.
func TestStacks_memory(t *testing.T) {
	var classes sync.Map
	cfg := plugins.Config{Breaker: plugins.Breaker{Failures: -1}, OnFault: func(_ context.Context, f *plugins.Fault) { classes.Store(f.Class, true) }}
	p := load(t, cfg, plugins.Spec{Module: returning(400, 8000, alone)(true), Limits: manifest.Limits{Instances: 4, Wait: time.Minute}})
	point := bind(t, p, "auth-expire", plugins.Skip)
	before := heap()
	var peak atomic.Uint64
	var stop atomic.Bool
	var watcher, calls sync.WaitGroup
	watcher.Go(func() {
		for !stop.Load() {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak.Store(max(peak.Load(), m.HeapAlloc))
			time.Sleep(time.Millisecond)
		}
	})
	for range 4 {
		calls.Go(func() {
			for range 10 {
				_, _ = point.Apply(context.Background(), newEvent())
			}
		})
	}
	calls.Wait()
	stop.Store(true)
	watcher.Wait()
	if _, stack := classes.Load(plugins.FaultStack); !stack {
		t.Errorf("the calls ended otherwise: %v", &classes)
	}
	const each = 40 << 20 // the limit of 16 MiB, twice that while a stack is copied, and memory not yet collected
	held := peak.Load() - before
	t.Logf("4 calls at a time held %d MiB", held>>20)
	if held > 4*each {
		t.Errorf("they held %d MiB, at most %d are allowed", held>>20, 4*each>>20)
	}
}
