package cli

import (
	"io"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/server/app"
	"github.com/cardea-auth/cardea/server/manage"
)

// TestTables_hostile: names with control characters cannot add rows or columns to a list,
// or control the terminal.
func TestTables_hostile(t *testing.T) {
	const name = "a\nSESSION  fake\t\x1b[2J\u202eb"
	for what, list := range map[string]func(io.Writer) error{
		"hooks":        func(w io.Writer) error { return printHooks(w, []app.HookPoint{{Name: name, Kind: name}}, false) },
		"signing keys": func(w io.Writer) error { return listSigningKeys(w, []manage.Key{{ID: name, Algorithm: name}}, false) },
	} {
		var b strings.Builder
		if err := list(&b); err != nil {
			t.Errorf("%s: list: %v", what, err)
		}
		checkPrinted(t, what, b.String())
	}
}

func checkPrinted(t *testing.T, what, out string) {
	t.Helper()
	if strings.Contains(out, "\nSESSION  fake") || strings.ContainsAny(out, "\x1b\u202e") {
		t.Errorf("%s: it prints %q", what, out)
	}
}

// Output that is not a table is escaped for terminals, too.
func TestRun_hostile(t *testing.T) {
	for _, args := range [][]string{
		{"no\x1b[2Jsuch"}, {"user", "no\u202esuch"}, {"--no\x1b[2J"}, {"config", "check", "--config", "no\x1b[2Jsuch"},
	} {
		var out, errs strings.Builder
		if code := (Program{}).run(t.Context(), args, strings.NewReader(""), &out, &errs); code == 0 {
			t.Errorf("%q: got exit code 0", args)
		}
		if all := out.String() + errs.String(); strings.ContainsAny(all, "\x1b\u202e") || all == "" {
			t.Errorf("%q: it prints %q", args, all)
		}
	}
}
