package plugins_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/catalogue"
)

// TestPoints_matchCatalogue compares the points in the guests' catalogue with the engine's
// views: keys, types and rights.
func TestPoints_matchCatalogue(t *testing.T) {
	points := core.NewHooks().Points()
	var names []string
	for _, p := range points {
		names = append(names, p.Name())
		devPlugin, ok := abi.Lookup(p.Name())
		if !ok {
			t.Errorf("%s is missing in plugins/abi", p.Name())
			continue
		}
		if diff := cmp.Diff(byName(catalogue.Describe(p)), byName(devPlugin)); diff != "" {
			t.Errorf("%s: core's view (-) and plugins/abi (+) differ:\n%s", p.Name(), diff)
		}
	}
	for _, p := range abi.Points() {
		if !slices.Contains(names, p.Name) {
			t.Errorf("%s is in plugins/abi and not in core.Hooks", p.Name)
		}
	}
}

// byName sorts the keys: views list key families last.
func byName(p abi.Point) abi.Point {
	slices.SortFunc(p.Keys, func(a, b abi.Key) int { return strings.Compare(a.Name, b.Name) })
	return p
}
