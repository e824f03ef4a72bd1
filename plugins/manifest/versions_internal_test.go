package manifest

import (
	"testing"
)

// TestCompareVersions: the groups are in ascending order, and equal within a group.
func TestCompareVersions(t *testing.T) {
	order := [][]string{
		{"", "x", "1.x", "-1", "1..2", "1.-2", "1.0x"}, {"0", "0.0", "v0"}, {"0.9-rc.1"}, {"0.9-rc.2"}, {"0.9-rc.10"}, {"0.9-rc.a"}, {"0.9-rc.b"}, {"0.9", "v0.9.0", "0.9+build", "0.9.0+x-y"},
		{"1-1"}, {"1-a"}, {"1-a.1"}, {"1", "1.0", "1.0.0"}, {"1.0.1"}, {"1.2"}, {"1.10", "v1.10.0"}, {"2"}, {"10"},
	}
	for i, olders := range order {
		for j, newers := range order {
			for _, a := range olders {
				for _, b := range newers {
					want := min(max(i-j, -1), 1)
					if got := CompareVersions(a, b); got != want {
						t.Errorf("%q and %q: got %d, want %d", a, b, got, want)
					}
				}
			}
		}
	}
}
