package all_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/methods/all"
)

func TestTypes(t *testing.T) {
	names := slices.Sorted(maps.Keys(all.Types()))
	if want := []string{"apikey", "basic", "jwt"}; !slices.Equal(names, want) {
		t.Errorf("got %v, want %v", names, want)
	}
	for name, opener := range all.Types() {
		m, err := opener.Open("mine", core.Deps{})
		if err != nil || m.Name() != "mine" {
			t.Errorf("%s: got %v, %v; want a method called mine", name, m, err)
		}
	}
}

// TestTypes_ownMap: who adds a type does not add it for others.
func TestTypes_ownMap(t *testing.T) {
	all.Types()["mine"] = nil
	if _, ok := all.Types()["mine"]; ok {
		t.Error("a type that one caller added is in the next one's list")
	}
}
