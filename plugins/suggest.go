package plugins

import (
	"fmt"

	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/internal/wasm"
)

// suggestPoint is the end of a message about an unknown point.
func suggestPoint(name string) string {
	var names []string
	for _, p := range abi.Points() {
		names = append(names, p.Name)
	}
	return suggest(name, names)
}

func suggestImport(i wasm.Import) string {
	if i.Module == "env" {
		return " (a function that the linker did not find: define it in the plugin)"
	}
	if i.Module != abi.Module {
		return fmt.Sprintf(" (they are in module %q)", abi.Module)
	}
	var names []string
	for _, f := range abi.Imports() {
		names = append(names, f.Name)
	}
	return suggest(i.Name, names)
}

// suggest names the nearest of names, if one is near enough to be meant.
func suggest(name string, names []string) string {
	best, least := "", len(name)/3+1
	for _, candidate := range names {
		if d := distance(name, candidate); d <= least {
			best, least = candidate, d-1
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; is %q meant?", best)
}

// distance counts the single-byte edits between a and b, row by row.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
