package app

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/hooks/view"
	"github.com/cardea-auth/cardea/server/check"
	"github.com/cardea-auth/cardea/server/config"
)

// parcel is the value of a point that a program declares.
type parcel struct{ Grams int64 }

const weighed = "parcel-weighed"

func ownPoints() []hooks.Point {
	return []hooks.Point{hooks.NewFilter[parcel](weighed).WithView(view.New[parcel](
		view.NumberVar("grams", func(p *parcel) int64 { return p.Grams }, func(p *parcel, n int64) { p.Grams = n }),
	))}
}

// TestPoints: configured hooks are bound to a point that the program declares, and the
// program's Go hook finds and applies it.
func TestPoints(t *testing.T) {
	var mine *hooks.Filter[parcel]
	scale := Hook{Name: "scale", Bind: func(h *core.Hooks, _ string, _ hooks.Option) error {
		p, _ := h.Point(weighed)
		mine, _ = p.(*hooks.Filter[parcel])
		return nil
	}}
	cfg := load(t, "store: {driver: memory}\nhooks: [{point: parcel-weighed, expr: '{grams: grams + 5}', order: 3}]\n")
	if err := check.Check(cfg, ownPoints()...); err != nil {
		t.Error(err)
	}
	o := Options{Points: ownPoints, Hooks: []Hook{scale}, ReadOnly: true}
	points, err := ConfiguredHooks(cfg, o)
	if err != nil || !slices.ContainsFunc(points, func(p HookPoint) bool {
		return p.Name == weighed && len(p.Bindings) == 1 && p.Bindings[0] == hooks.Binding{ID: "hooks[0]", Order: 3}
	}) {
		t.Errorf("listed %v, %v", points, err)
	}
	s, err := OpenOffline(cfg, Options{Points: ownPoints, Hooks: []Hook{scale}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if mine == nil {
		t.Fatal("the hook does not find the program's point")
	}
	if got, err := mine.Apply(t.Context(), parcel{Grams: 10}); err != nil || got.Grams != 15 {
		t.Errorf("got %+v, %v, want 15 grams", got, err)
	}
}

// TestPoints_refused: a key that a program's point does not have is a mistake in the
// configuration, and so is the point in a program that does not declare it.
func TestPoints_refused(t *testing.T) {
	cfg := load(t, "store: {driver: memory}\nhooks: [{point: parcel-weighed, expr: '{grams: colour}'}]\n")
	for want, points := range map[string]func() []hooks.Point{
		"unknown name colour":                  ownPoints,
		`there is no hook point "parcel-weigh`: nil,
		`a point "parcel-weighed" already exists`: func() []hooks.Point {
			return slices.Concat(ownPoints(), ownPoints())
		},
	} {
		problems, _ := Examine(t.Context(), cfg, nil, ExamineOptions{Offline: true, Points: points, Now: time.Now()})
		if !slices.ContainsFunc(problems, func(p config.Problem) bool { return strings.Contains(p.Text, want) }) {
			t.Errorf("got %v, want %s", problems, want)
		}
	}
}

// TestPoints_granted: grants can name keys of the program's points.
func TestPoints_granted(t *testing.T) {
	plugin := config.Plugin{Name: "scale", File: "builtin:short-expiry", Grants: config.PluginGrants{Write: []string{"grams"}}}
	if _, err := check.PluginSpec(plugin, ownPoints()...); err != nil {
		t.Error(err)
	}
	if _, err := check.PluginSpec(plugin); err == nil || !strings.Contains(err.Error(), `"grams": no hook point has such a key`) {
		t.Errorf("without the point: got %v, want an error with %q", err, `"grams": no hook point has such a key`)
	}
}
