package mount

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestSorted: the result does not depend on the order of the members.
func TestSorted(t *testing.T) {
	list := []Placed[string]{{-1, "z", "z"}, {0, "a", "a0"}, {0, "b", "b0"}, {1, "a", "a1"}, {math.MaxInt, "y", "far"}, {math.MinInt, "x", "near"}}
	want := []string{"near", "z", "a0", "b0", "a1", "far"}
	for range 100 {
		rand.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		if got := Sorted(list); !slices.Equal(got, want) {
			t.Fatalf("%v, want %v", got, want)
		}
	}
}
