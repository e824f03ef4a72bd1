package throttle

import (
	"fmt"
	"testing"
	"time"
)

// TestWindows: a window has its number of calls and ends as a whole.
func TestWindows(t *testing.T) {
	h := &hand{time.Unix(1e9, 0)}
	w := newWindows(0, h.now)
	want := func(got, want Quota) {
		t.Helper()
		if got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
	end := h.at.Add(time.Minute)
	for i := 1; i <= 3; i++ {
		want(w.Take("k", 3, time.Minute), Quota{OK: true, Limit: 3, Remaining: 3 - i, Reset: end})
		h.at = h.at.Add(time.Second)
	}
	want(w.Take("k", 3, time.Minute), Quota{Limit: 3, Reset: end, RetryAfter: 57 * time.Second})
	if !w.Take("another", 3, time.Minute).OK {
		t.Error("one key's calls count for another")
	}
	want(w.Take("k", 5, time.Minute), Quota{OK: true, Limit: 5, Remaining: 1, Reset: end})
	want(w.Take("k", 2, time.Minute), Quota{Limit: 2, Reset: end, RetryAfter: 57 * time.Second})
	h.at = h.at.Add(57 * time.Second)
	want(w.Take("k", 3, time.Minute), Quota{OK: true, Limit: 3, Remaining: 2, Reset: end.Add(time.Minute)})
	want(w.Take("k", 3, time.Second), Quota{OK: true, Limit: 3, Remaining: 2, Reset: h.now().Add(time.Second)})
	want(w.Take("k", 0, time.Minute), Quota{OK: true})
}

// TestWindows_bounded floods full windows: a window with many calls stays.
func TestWindows_bounded(t *testing.T) {
	h := &hand{time.Unix(1e9, 0)}
	w := newWindows(64, h.now)
	for range 10 {
		w.Take("k", 10, time.Hour)
	}
	for i := range 5000 {
		w.Take(fmt.Sprint(i), 10, time.Hour)
	}
	if w.Take("k", 10, time.Hour).OK {
		t.Error("many other keys reset the calls")
	}
	h.at = h.at.Add(time.Hour)
	if !w.Take("k", 10, time.Hour).OK {
		t.Error("the window did not end")
	}
}

// TestWindows_Look: what is left, which looking does not change.
func TestWindows_Look(t *testing.T) {
	h := &hand{time.Unix(1e9, 0)}
	w := newWindows(0, h.now)
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
