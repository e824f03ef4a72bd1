package wasm

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestShare_newlyOver: an excess is reported once, and the next one again.
func TestShare_newlyOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewShare(1)
		if s.NewlyOver() {
			t.Error("a share that is not used is exceeded")
		}
		for n := range 3 {
			s.Spend(time.Second)
			if !s.NewlyOver() {
				t.Errorf("excess %d is not reported", n)
			}
			s.Spend(time.Millisecond) // by a call that was running
			for range 10 {
				time.Sleep(time.Second)
				if s.NewlyOver() {
					t.Errorf("excess %d is reported again", n)
				}
			}
			time.Sleep(s.Ahead())
			if s.NewlyOver() || s.Ahead() > 0 {
				t.Errorf("excess %d does not end", n)
			}
		}
	})
}
