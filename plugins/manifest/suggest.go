package manifest

import (
	"fmt"

	"github.com/cardea-auth/cardea/core/suggest"
	"github.com/cardea-auth/cardea/plugins/abi"
)

// SuggestPoint returns a suffix for error messages about an unknown point. own are as in
// [Parse].
func SuggestPoint(name string, own ...abi.Point) string {
	var names []string
	for _, p := range abi.PointsAnd(own...) {
		names = append(names, p.Name)
	}
	return nearestOf(name, names)
}

func suggestImport(module, name string) string {
	if module == "env" {
		return " (a function that the linker did not find: define it in the plugin)"
	}
	if module != abi.Module {
		return fmt.Sprintf(" (they are in module %q)", abi.Module)
	}
	var names []string
	for _, f := range abi.Imports() {
		names = append(names, f.Name)
	}
	return nearestOf(name, names)
}

// nearestOf returns a suffix that suggests the nearest of names, if one is near enough.
func nearestOf(name string, names []string) string {
	best := suggest.Nearest(name, names, len(name)/3+1)
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; is %q meant?", best)
}
