package core

import (
	"fmt"
	"testing"
	"time"
)

// TestFaultLog_bounded: so many causes are told apart in a second.
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
			t.Errorf("second %d: %d causes are told", second, told)
		}
		now = now.Add(time.Second)
	}
}
