package events

import (
	"fmt"
	"testing"
	"time"
)

// TestFaultLog_bounded: a limited number of causes is distinguished per second.
func TestFaultLog_bounded(t *testing.T) {
	var f faultLog
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for second := range 2 {
		told := 0
		for i := range 3 * mostCauses {
			if _, ok := f.admit(fmt.Sprint("cause ", i), now); ok {
				told++
			}
		}
		if _, ok := f.admit("cause 0", now); ok || told != mostCauses {
			t.Errorf("second %d: %d causes are reported", second, told)
		}
		now = now.Add(time.Second)
	}
}

// TestFaultLog_firstSecond: a cause is logged even at Unix time zero.
func TestFaultLog_firstSecond(t *testing.T) {
	var f faultLog
	for i, want := range []bool{true, false} {
		if _, got := f.admit("x", time.Unix(0, 0)); got != want {
			t.Errorf("time %d: got %v, want %v", i, got, want)
		}
	}
}
