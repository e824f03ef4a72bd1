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
		m, w, s := NewMeter(tc.entries, nil), NewWindows(tc.entries, nil), NewSliding(tc.entries, 1, time.Minute, nil)
		if got := ways * len(m.calls.sets); got != tc.meter {
			t.Errorf("meter of %d: %d", tc.entries, got)
		}
		if got := ways * len(w.counts.sets); got != tc.windows {
			t.Errorf("windows of %d: %d", tc.entries, got)
		}
		if got := ways * len(s.events.sets); got != tc.sliding {
			t.Errorf("sliding of %d: %d", tc.entries, got)
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

// TestWindows_Look returns what is left without changing it.
func TestWindows_Look(t *testing.T) {
	h := &hand{time.Unix(1e9, 0)}
	w := NewWindows(0, h.now)
	end := h.at.Add(time.Minute)
	for _, tc := range []struct {
		takes, limit int
		want         Quota
	}{
		{0, 2, Quota{OK: true, Limit: 2, Remaining: 2}}, {1, 2, Quota{OK: true, Limit: 2, Remaining: 1, Reset: end}}, {1, 2, Quota{Limit: 2, Reset: end, RetryAfter: time.Minute}},
		{0, 3, Quota{OK: true, Limit: 3, Remaining: 1, Reset: end}}, {0, 1, Quota{Limit: 1, Reset: end, RetryAfter: time.Minute}}, {0, 0, Quota{OK: true, Reset: end}},
	} {
		for range tc.takes {
			w.Take("a", 9, time.Minute)
		}
		for range 2 {
			if got := w.Look("a", tc.limit); got != tc.want {
				t.Errorf("after %d more, of %d: got %+v, want %+v", tc.takes, tc.limit, got, tc.want)
			}
		}
	}
	h.at = end
	if got := w.Look("a", 2); got != (Quota{OK: true, Limit: 2, Remaining: 2}) {
		t.Errorf("once it is over: got %+v", got)
	}
	if got := w.Take("b", 0, time.Minute); got != (Quota{OK: true}) {
		t.Errorf("without a limit: got %+v", got)
	}
}
