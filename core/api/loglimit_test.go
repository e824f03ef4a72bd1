package api_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// TestLogLimit: one line a second is logged per key, with the number of those omitted.
func TestLogLimit(t *testing.T) {
	var l api.LogLimit
	begin := time.Unix(1e9, 0)
	for i, tc := range []struct {
		key     string
		after   time.Duration
		skipped int
		ok      bool
	}{
		{"a", 0, 0, true},
		{"a", 0, 0, false},
		{"b", 0, 0, true},
		{"a", 900 * time.Millisecond, 0, false},
		{"a", time.Second, 2, true},
		{"a", time.Second, 0, false},
		{"b", time.Hour, 0, true},
	} {
		if skipped, ok := l.Admit(tc.key, begin.Add(tc.after)); skipped != tc.skipped || ok != tc.ok {
			t.Errorf("%d: got %d, %v; want %d, %v", i, skipped, ok, tc.skipped, tc.ok)
		}
	}
	lines := 0
	for i := range 10_000 {
		if _, ok := l.Admit(fmt.Sprint(i), begin); ok {
			lines++
		}
	}
	if lines > 300 {
		t.Errorf("%d lines about as many things", lines)
	}
}
