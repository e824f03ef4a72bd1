package cli

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/server/app"
	"github.com/cardea-auth/cardea/server/config"
)

// greeter is a program with its own command and hook.
func greeter() Program {
	flags := flag.NewFlagSet("", flag.ContinueOnError)
	times := flags.Int("times", 1, "how `often`")
	greet := Command{Name: "greet", Args: "WHO [WHAT]", Short: "Greet somebody", Long: "Greet somebody, in the name of the issuer.", Flags: flags}
	greet.Run = func(ctx context.Context, c *Call) error {
		cfg, err := c.Config()
		if err != nil {
			return err
		}
		fmt.Fprintf(c.Stderr, "%d hooks\n", len(c.Options().Hooks))
		_, err = fmt.Fprintf(c.Stdout, "%s greets %s %dx, cancelled: %v\n", cfg.Tokens.Issuer, strings.Join(c.Args, " "), *times, ctx.Err())
		return err
	}
	fails := Command{Name: "fails", Short: "Fail", Run: func(context.Context, *Call) error { return api.E(api.NotFound, "none", "no such friend") }}
	bind := func(h *core.Hooks, name string, order hooks.Option) error {
		return h.UserChanged.Bind(name, func(context.Context, core.Event) error { return nil }, order)
	}
	return Program{Commands: []Command{greet, fails}, Hooks: []app.Hook{{Name: "note-friends", Order: 7, Bind: bind}}}
}

// TestProgram_commands: a command that a program adds is listed, documented and called
// like Cardea's own, with the configuration that --config names.
func TestProgram_commands(t *testing.T) {
	t.Chdir(t.TempDir())
	write := func(name, text string) {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(config.FileName, "tokens: {issuer: https://here.example}\n")
	write("other.yaml", "tokens: {issuer: https://other.example}\n")
	write("wrong.yaml", "isuer: https://other.example\n")
	for args, want := range map[string]struct {
		code int
		says []string
	}{
		"help":                            {0, []string{"greet", "Greet somebody\n", "serve"}},
		"greet --help":                    {0, []string{"in the name of the issuer", "cardea greet WHO [WHAT] [flags]", "--times often", "--config"}},
		"greet ben":                       {0, []string{"https://here.example greets ben 1x, cancelled: <nil>\n", "1 hooks"}},
		"greet ben again --times 3":       {0, []string{"greets ben again 3x"}},
		"greet ben --config other.yaml":   {0, []string{"https://other.example greets ben 1x"}},
		"greet ben --config wrong.yaml":   {78, []string{"wrong.yaml:1", "isuer"}},
		"greet":                           {1, []string{"'cardea greet' needs WHO [WHAT]\nusage: cardea greet WHO [WHAT]"}},
		"greet a b c":                     {1, []string{"'cardea greet' takes WHO [WHAT], and 3 arguments are given"}},
		"greet ben --times often":         {1, []string{`--times is "often", must be a whole number`}},
		"greet ben --loud":                {1, []string{"unknown flag: --loud", "usage: cardea greet"}},
		"fails":                           {1, []string{"cardea: no such friend\n"}},
		"fails now":                       {1, []string{`'cardea fails' takes no argument: remove "now"`}},
		"hooks list":                      {0, []string{"note-friends(7)"}},
		"user add ann --password-file pw": {0, []string{"these hooks are not called: note-friends at user-changed"}},
	} {
		write("pw", "correct-horse-battery")
		var out bytes.Buffer
		code := greeter().run(t.Context(), strings.Fields(args), strings.NewReader(""), &out, &out)
		if code != want.code {
			t.Errorf("%s: exit %d, want %d: %s", args, code, want.code, out.String())
		}
		for _, text := range want.says {
			if !strings.Contains(out.String(), text) {
				t.Errorf("%s: %q; want %q", args, out.String(), text)
			}
		}
	}
}

// TestProgram_refused: a program with an invalid command reports it, whichever command is
// called.
func TestProgram_refused(t *testing.T) {
	run := func(context.Context, *Call) error { return errors.New("called") }
	taken := flag.NewFlagSet("", flag.ContinueOnError)
	taken.Bool("h", false, "")
	for want, list := range map[string][]Command{
		"command user of the program: the name is taken":        {{Name: "user", Run: run}},
		"command help of the program: the name is taken":        {{Name: "help", Run: run}},
		"command twice of the program: the name is taken":       {{Name: "twice", Run: run}, {Name: "twice", Run: run}},
		"command idle of the program: Run is nil":               {{Name: "idle"}},
		`command "two words" of the program: its name must be`:  {{Name: "two words", Run: run}},
		`command "" of the program: its name must be`:           {{Run: run}},
		"command flags of the program: the flag -h is reserved": {{Name: "flags", Flags: taken, Run: run}},
	} {
		var out bytes.Buffer
		if code := (Program{Commands: list}).run(t.Context(), []string{"version"}, nil, &out, &out); code != 1 || !strings.Contains(out.String(), want) {
			t.Errorf("exit %d, %q; want %q", code, out.String(), want)
		}
	}
}
