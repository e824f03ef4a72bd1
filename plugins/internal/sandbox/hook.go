package sandbox

import (
	"fmt"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// Hook is a point at which a plugin is called.
type Hook struct {
	Point  hooks.Point
	Entry  abi.Point // the point as the catalogue has it
	Shadow bool      // whatever it does counts for nothing

	place int          // of the point in the catalogue
	lines api.LogLimit // by class of failure
}

// NewHook returns the hook of a point; the error names a point that guests do not
// know. own are those that the host has besides plugins/abi, see [Deps].
func NewHook(point hooks.Point, own []abi.Point, shadow bool) (*Hook, error) {
	catalogue := abi.PointsAnd(own...)
	h := &Hook{Point: point, Shadow: shadow, place: place(catalogue, point.Name())}
	if h.place < 0 {
		return nil, fmt.Errorf("guests know no such point%s", manifest.SuggestPoint(point.Name(), own...))
	}
	h.Entry = catalogue[h.place]
	return h, nil
}

// Skip goes on as if the plugin were not there.
func (h *Hook) Skip() error {
	if h.Point.IsFilter() {
		return hooks.ErrSkip
	}
	return nil
}

// Admit reports whether a line of that class may be logged now, and how many were
// not since the last one.
func (h *Hook) Admit(class string) (skipped int, ok bool) { return h.lines.Admit(class, time.Now()) }
