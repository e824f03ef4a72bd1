package mount

import (
	"cmp"
	"slices"
	"strings"
)

// Placed is a member of an fx value group with its position in the configuration.
type Placed[T any] struct {
	Order int
	Name  string
	Value T
}

// Sorted returns the values in the order of the configuration, since fx value groups are
// unordered.
func Sorted[T any](list []Placed[T]) []T {
	list = slices.SortedStableFunc(slices.Values(list), func(a, b Placed[T]) int {
		return cmp.Or(cmp.Compare(a.Order, b.Order), strings.Compare(a.Name, b.Name))
	})
	out := make([]T, len(list))
	for i := range list {
		out[i] = list[i].Value
	}
	return out
}
