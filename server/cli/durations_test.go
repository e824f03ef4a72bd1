package cli

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// TestDurations_unit: every flag with a duration refuses a number without a unit, and
// suggests units.
func TestDurations_unit(t *testing.T) {
	const says = "has no unit: write 90s for seconds, 90m for minutes, 90h for hours or 90d for days"
	t.Chdir(t.TempDir())
	found := 0
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		for _, sub := range cmd.Commands() {
			walk(sub)
		}
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if f.Value.Type() != "duration" {
				return
			}
			found++
			path := strings.TrimPrefix(cmd.CommandPath(), "cardea ")
			if code, out := here(t, path+" --"+f.Name+" 90 some"); code == 0 || !strings.Contains(out, "--"+f.Name+" 90 "+says) {
				t.Errorf("%s --%s 90: exit %d, %s", path, f.Name, code, out)
			}
			if code, out := here(t, path+" --"+f.Name+" 1d12h some"); code == 0 || strings.Contains(out, "is not a duration") {
				t.Errorf("%s --%s 1d12h: exit %d, %s", path, f.Name, code, out)
			}
		})
	}
	walk(newRoot(Program{}))
	if found < 4 {
		t.Errorf("%d flags are durations", found)
	}
}

// TestAPIKeyCreate_expiry: the output says when a key expires, as does the list.
func TestAPIKeyCreate_expiry(t *testing.T) {
	t.Chdir(t.TempDir())
	writeFile(t, "cardea.yaml", "data: d\n")
	here(t, "user add anna")
	if code, out := here(t, "apikey create anna --expires 0"); code == 0 || !strings.Contains(out, "leave it out for a key that is valid until it is revoked") {
		t.Errorf("--expires 0: exit %d, %s", code, out)
	}
	if _, out := here(t, "apikey create anna"); !strings.Contains(out, "\nvalid until it is revoked") {
		t.Errorf("without --expires: got %s, want text with %q", out, "\nvalid until it is revoked")
	}
	_, out := here(t, "apikey create anna --expires 2d")
	_, rest, _ := strings.Cut(out, "expires ")
	until, _, _ := strings.Cut(rest, "\n")
	if _, list := here(t, "apikey list"); len(until) != len("2006-01-02T15:04:05Z") || !strings.Contains(list, until) {
		t.Errorf("it says %q\n%s", until, list)
	}
}
