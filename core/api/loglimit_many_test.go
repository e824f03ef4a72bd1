package api

import (
	"fmt"
	"testing"
	"time"
)

// TestLogLimit_many: the 257th and all further keys are counted as one, and known keys stay
// separate.
func TestLogLimit_many(t *testing.T) {
	var l LogLimit
	now := time.Unix(100, 0)
	for i := range maxLogKeys {
		if _, ok := l.Admit(fmt.Sprint(i), now); !ok {
			t.Fatalf("the line about %d is not admitted", i)
		}
	}
	if _, ok := l.Admit("more", now); !ok {
		t.Error("the first line about the rest is not admitted")
	}
	for range 3 {
		if _, ok := l.Admit("still more", now); ok {
			t.Error("a second line about the rest is admitted")
		}
	}
	now = now.Add(time.Second)
	if skipped, ok := l.Admit("7", now); !ok || skipped != 0 {
		t.Errorf("a known thing: got %d, %v; want true and 0", skipped, ok)
	}
	if skipped, ok := l.Admit("others", now); !ok || skipped != 3 {
		t.Errorf("the rest: got %d, %v; want true and 3", skipped, ok)
	}
}
