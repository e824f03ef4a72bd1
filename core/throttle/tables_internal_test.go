package throttle

import (
	"testing"
	"time"
)

// TestWorth tests which entries are evicted last when a table is full.
func TestWorth(t *testing.T) {
	s := Scope{Drain: time.Minute}
	for _, tc := range []struct {
		p    pair
		now  time.Duration
		want float64
	}{
		{pair{}, 5, 0}, {pair{known: 9}, 5, 1}, {pair{known: 9}, 9, 0}, {pair{tally: tally{count: 2, at: 5}, known: 9}, 5, 3},
		{pair{tally: tally{count: 2, at: 5}}, 5 + time.Minute, 1},
	} {
		if got := tc.p.worth(s, tc.now); got != tc.want {
			t.Errorf("%+v at %v: got %v, want %v", tc.p, tc.now, got, tc.want)
		}
	}
}

// TestTables_sizes tests how many keys each table holds, by default and as configured.
func TestTables_sizes(t *testing.T) {
	for _, tc := range []struct{ entries, meter, windows, sliding int }{{0, 65536, 65536, 16384}, {800, 800, 800, 800}, {1, 8, 8, 8}} {
		m, w, s := NewMeter(tc.entries, nil), newWindows(tc.entries, nil), NewSliding(tc.entries, 1, time.Minute, nil)
		if got := ways * len(m.calls.sets); got != tc.meter {
			t.Errorf("meter of %d: got %d, want %d", tc.entries, got, tc.meter)
		}
		if got := ways * len(w.counts.sets); got != tc.windows {
			t.Errorf("windows of %d: got %d, want %d", tc.entries, got, tc.windows)
		}
		if got := ways * len(s.events.sets); got != tc.sliding {
			t.Errorf("sliding of %d: got %d, want %d", tc.entries, got, tc.sliding)
		}
		if !m.Take("a", 1).OK || !w.Take("a", 1, time.Minute).OK || m.Take("a", 1).OK || w.Take("a", 1, time.Minute).OK {
			t.Error("the clock of the machine")
		}
		if _, ok := s.Take("a"); !ok {
			t.Error("the first event")
		}
		if _, ok := s.Look("a"); ok {
			t.Error("a second event")
		}
	}
}
