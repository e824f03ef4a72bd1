package passhash

import (
	"runtime"
	"testing"
)

// TestLevel_memory: what a check lacks of argon2 is done by argon2, in as much memory.
func TestLevel_memory(t *testing.T) {
	large := Cost{Kind: Argon, N: 16 << 10, Passes: 1, Lanes: 1} // KiB
	for name, tc := range map[string]struct {
		done []Cost
		want bool
	}{"nothing done": {nil, true}, "all done": {[]Cost{large}, false}} {
		var w Stopwatch
		w.Level([]Cost{large}, []Cost{large}, "password", nil) // measures what it needs
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		w.Level(tc.done, []Cost{large}, "password", nil)
		runtime.ReadMemStats(&after)
		if got := after.TotalAlloc-before.TotalAlloc >= uint64(large.N)<<10; got != tc.want {
			t.Errorf("%s: the memory is filled: %v, want %v", name, got, tc.want)
		}
	}
}
