package plugincmd

import (
	"io"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/plugins/plugintest"
	"github.com/cardea-auth/cardea/server/app"
)

// TestTables_hostile: names with control characters cannot add rows or columns to a list,
// or control the terminal.
func TestTables_hostile(t *testing.T) {
	const name = "a\nSESSION  fake\t\x1b[2J\u202eb"
	for what, list := range map[string]func(io.Writer) error{
		"inspect": func(w io.Writer) error {
			r := plugins.Report{Name: name, Version: name, Hooks: []string{name}, Imports: []string{name}, Exports: []string{name}}
			return printReport(w, plugins.Inspection{Report: r, Start: []plugins.Start{{Name: name, Error: name}}})
		},
		"plugins": func(w io.Writer) error {
			return printPlugins(w, []app.Plugin{{Name: name, Signer: name, Points: []string{name}}})
		},
		"test": func(w io.Writer) error {
			r := plugintest.Result{Error: name, Log: []string{name}, Refusal: &plugintest.Refusal{Public: name}}
			r.Vector.Name = name
			return printResults(w, "p", []plugintest.Result{r}, true)
		},
	} {
		var out strings.Builder
		if err := list(&out); err != nil {
			t.Errorf("%s: list: %v", what, err)
		}
		if got := out.String(); strings.Contains(got, "\nSESSION  fake") || strings.ContainsAny(got, "\x1b\u202e") {
			t.Errorf("%s: it prints %q", what, got)
		}
	}
}
