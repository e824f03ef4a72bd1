package plugins_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins/abi"
)

// TestPoints_matchCatalogue compares what guests are told of each point with
// what the engine's views really have.
func TestPoints_matchCatalogue(t *testing.T) {
	points := core.NewHooks().Points()
	var names []string
	for _, p := range points {
		names = append(names, p.Name())
		guest, ok := abi.Lookup(p.Name())
		if !ok {
			t.Errorf("%s is missing in plugins/abi", p.Name())
			continue
		}
		if guest.Filter != p.IsFilter() {
			t.Errorf("%s: Filter is %v, want %v", p.Name(), guest.Filter, p.IsFilter())
		}
		if diff := cmp.Diff(viewKeys(p), guestKeys(guest)); diff != "" {
			t.Errorf("%s: core's view (-) and plugins/abi (+) differ:\n%s", p.Name(), diff)
		}
	}
	for _, p := range abi.Points() {
		if !slices.Contains(names, p.Name) {
			t.Errorf("%s is in plugins/abi and not in core.Hooks", p.Name)
		}
	}
}

// viewKeys lists an engine point's keys; at an event no key can be written,
// whatever its view says.
func viewKeys(p hooks.Point) []string {
	var list []string
	for _, f := range p.Fields() {
		list = append(list, describe(f.Key, f.Writable && p.IsFilter()))
	}
	slices.Sort(list)
	return list
}

func guestKeys(p abi.Point) []string {
	var list []string
	for _, k := range p.Keys {
		list = append(list, describe(strings.TrimSuffix(k.Name, "*"), k.Write))
	}
	slices.Sort(list)
	return list
}

func describe(key string, writable bool) string {
	if writable {
		return key + " rw"
	}
	return key
}
