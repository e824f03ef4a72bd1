package cli

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// TestUsage: wrong arguments cause a message in the words of this program that names the
// command, and nothing is done.
func TestUsage(t *testing.T) {
	for args, want := range map[string]string{
		"token revoke --everything --id x":                    "--id and --everything are given: give one",
		"token revoke --id x --client y":                      "--id and --client are given: give one",
		"token revoke --id x --client y --everything":         "--id and --client and --everything are given: give one",
		"token revoke --spare-api-keys":                       "--spare-api-keys has no effect without --everything",
		"token revoke --spare-api-keys --client x":            "--spare-api-keys has no effect without --everything",
		"token revoke --issuer x":                             "--issuer has no effect without --id",
		"token revoke --yes":                                  "--yes has no effect without --everything",
		"token revoke --yes --id x":                           "--yes has no effect without --everything",
		"user add anna --password-stdin --password-file x":    "--password-file and --password-stdin are given: give one",
		"user add anna --hash-file y --password-file x":       "--hash-file and --password-file are given: give one",
		"user passwd anna --password-stdin --password-file x": "--password-file and --password-stdin are given: give one",
		"keys export --for assertion --kid x":                 "--kid, --mount and --format have no effect with --for assertion",
		"apikey create":                                       "'cardea apikey create' needs LOGIN",
		"apikey create anna ben":                              "'cardea apikey create' takes LOGIN, and 2 arguments are given",
		"session list anna ben":                               "'cardea session list' takes [LOGIN], and 2 arguments are given",
		"keys list anna":                                      "'cardea keys list' takes no argument: remove \"anna\"",
		"apikey create anna --rate many":                      `--rate is "many", must be a whole number`,
		"user add anna --number 99999999999999999999":         "--number is \"99999999999999999999\", must be a whole number",
		"user disable anna --undo=maybe":                      `--undo is "maybe", must be true or false`,
		"apikey create anna --rolle editor":                   "unknown flag: --rolle",
		"apikey create anna --role":                           "flag needs an argument: --role",
		"apikey revok x":                                      "did you mean revoke?",
	} {
		code, out := tool(t, "", strings.Fields(args)...)
		if code == 0 || !strings.Contains(out, want) {
			t.Errorf("%s: exit %d, %q; want %q", args, code, out, want)
		}
		for _, library := range []string{"arg(s)", "strconv", "none of the others", "were all set"} {
			if strings.Contains(out, library) {
				t.Errorf("%s: %q has the words of a library", args, out)
			}
		}
	}
}

// TestUsage_emptyFlags: no command takes an empty text, as of an unset variable, for a flag
// that was left out.
func TestUsage_emptyFlags(t *testing.T) {
	t.Chdir(t.TempDir())
	seen := 0
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		for _, sub := range cmd.Commands() {
			walk(sub)
		}
		if cmd.HasSubCommands() || cmd.Hidden {
			return
		}
		words := strings.Fields(cmd.CommandPath())[1:]
		flag := false
		for _, arg := range strings.Fields(cmd.Use)[1:] {
			if !strings.HasPrefix(arg, "[") && !strings.HasPrefix(arg, "--") && !flag {
				words = append(words, "x")
			}
			flag = strings.HasPrefix(strings.TrimPrefix(arg, "["), "--")
		}
		try := func(f *pflag.Flag) {
			if _, list := f.Value.(pflag.SliceValue); !list && f.Value.Type() != "string" || cmd.CommandPath() == "cardea apikey create" && f.Name == "role" {
				return // no text, or with a message about the role
			}
			seen++
			args := strings.Join(append(words, "--"+f.Name+"="), " ")
			if code, out := here(t, args); code == 0 || !strings.HasPrefix(out, "cardea: --"+f.Name+" is empty: ") {
				t.Errorf("%s: exit %d, %q; want that the flag is empty", args, code, out)
			}
		}
		cmd.Flags().VisitAll(try)
		cmd.InheritedFlags().VisitAll(try)
	}
	walk(newRoot(Program{}))
	if seen < 80 {
		t.Errorf("found %d flags", seen)
	}
	if list := contents(t, "."); len(list) > 1 {
		t.Errorf("the commands made %v", list)
	}
}
