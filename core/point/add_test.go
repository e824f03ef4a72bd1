package point_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/point"
	"github.com/cardea-auth/cardea/hooks"
)

// TestHooks_Add: a point that a program adds is found, and listed after Cardea's, in that
// catalogue only.
func TestHooks_Add(t *testing.T) {
	h, other := point.NewHooks(), point.NewHooks()
	before := len(h.Points())
	mine := hooks.NewFilter[int]("stock-reserved")
	if err := h.Add(mine); err != nil {
		t.Fatal(err)
	}
	if found, ok := h.Point("stock-reserved"); !ok || found != hooks.Point(mine) {
		t.Errorf("found %v", found)
	}
	if list := h.Points(); len(list) != before+1 || slices.Index(list, hooks.Point(mine)) != before {
		t.Errorf("%d points, the program's own at %d; want it behind %d", len(list), slices.Index(list, hooks.Point(mine)), before)
	}
	if _, ok := other.Point("stock-reserved"); ok || len(other.Points()) != before {
		t.Error("another catalogue has the point, too")
	}
	for _, name := range []string{"stock-reserved", "token-claims"} {
		if err := h.Add(hooks.NewAction[int](name)); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s again: got %v, want an error with %q", name, err, name)
		}
	}
}
