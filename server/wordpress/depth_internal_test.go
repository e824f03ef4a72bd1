package wordpress

import (
	"strings"
	"testing"
)

// TestDepth: brackets side by side nest no deeper than one of them, and those in strings
// do not count.
func TestDepth(t *testing.T) {
	for body, want := range map[string]int{
		"": 0, "1": 0, `"[["`: 0, "[]": 1, "{}": 1, "[[]]": 2, `{"a":[{}]}`: 3, "[[],[],[]]": 2, `[{"a":[]},{"b":{}},[]]`: 3,
		`{"a":"[[[","b":{}}`: 2, strings.Repeat("[]", 100): 1, strings.Repeat("[", 9) + strings.Repeat("]", 9): 9,
	} {
		if got := depth([]byte(body)); got != want {
			t.Errorf("%s: got %d, want %d", body, got, want)
		}
	}
}
