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
	Shadow bool      // its effects are discarded

	place int          // index of the point in the catalogue
	lines api.LogLimit // by class of failure
}

// NewHook returns the hook of a point. It fails for points that guests cannot use. own are
// those that the host has besides plugins/abi, see [Deps].
func NewHook(point hooks.Point, own []abi.Point, shadow bool) (*Hook, error) {
	catalogue := abi.PointsAnd(own...)
	h := &Hook{Point: point, Shadow: shadow, place: place(catalogue, point.Name())}
	if h.place < 0 {
		return nil, fmt.Errorf("no such hook point%s", manifest.SuggestPoint(point.Name(), own...))
	}
	h.Entry = catalogue[h.place]
	return h, nil
}

// Skip continues as if the plugin were not bound.
func (h *Hook) Skip() error {
	if h.Point.IsFilter() {
		return hooks.ErrSkip
	}
	return nil
}

// Admit reports whether a line of that class may be logged now, and how many were
// suppressed since the last one.
func (h *Hook) Admit(class string) (skipped int, ok bool) { return h.lines.Admit(class, time.Now()) }
