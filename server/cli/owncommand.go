package cli

import (
	"context"
	"flag"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/server/app"
	"github.com/cardea-auth/cardea/server/cli/internal/command"
	"github.com/cardea-auth/cardea/server/config"
)

// Command is a command that a program adds to Cardea's own. In addition to its flags it
// takes --config and --help. It is listed with the others.
type Command struct {
	Name  string // one word of lower-case letters, digits and hyphens
	Args  string // the arguments in usage lines, such as "LOGIN [FILE]"; brackets mark optional ones
	Short string // what it does, in one line
	Long  string // what --help prints; "" is Short

	// Flags are the command's own flags, or nil for none; config, help and h are taken.
	// Their values are set before Run is called.
	Flags *flag.FlagSet

	// Run runs the command. ctx ends when the process is told to stop. The error determines
	// the exit code as described for [Main]; nil is 0.
	Run func(ctx context.Context, c *Call) error
}

// Call is one invocation of a [Command].
type Call struct {
	Args   []string // without flags; as many as Command.Args names
	Stdin  io.Reader
	Stdout io.Writer // control characters are escaped, as on Stderr
	Stderr io.Writer

	cmd *cobra.Command
}

// Config reads and checks the configuration that --config names, or the default one, and
// prints warnings to Stderr. The error lists all problems, with their places.
func (c *Call) Config() (*config.Config, error) {
	cfg, _, err := command.CheckedConfig(c.cmd)
	return cfg, err
}

// Options returns the options with which app.New, app.OpenOffline and app.OpenBare build
// the engine of the program's server, including the program's hooks.
func (c *Call) Options() app.Options { return command.AppOptions(c.cmd) }

// cobra returns the command as a cobra command.
func (c Command) cobra() *cobra.Command {
	cmd := &cobra.Command{
		Use: strings.TrimSpace(c.Name + " " + c.Args), Short: c.Short, Long: c.Long, Args: c.argCount(),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.Run(cmd.Context(), &Call{
				Args: args, Stdin: cmd.InOrStdin(), Stdout: cmd.OutOrStdout(), Stderr: cmd.ErrOrStderr(), cmd: cmd,
			})
		},
	}
	if c.Flags != nil {
		cmd.Flags().AddGoFlagSet(c.Flags)
		cmd.Flags().VisitAll(command.MayBeEmpty)
	}
	return cmd
}

// argCount checks the number of arguments against the usage line.
func (c Command) argCount() cobra.PositionalArgs {
	names := strings.Fields(c.Args)
	needed := slices.IndexFunc(names, func(name string) bool { return strings.HasPrefix(name, "[") })
	if needed < 0 {
		needed = len(names)
	}
	return cobra.RangeArgs(needed, len(names))
}

var commandName = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)

// check returns an error for a command that cannot be called or whose name is taken.
func (p Program) check() error {
	taken := map[string]bool{"help": true, "completion": true} // the library adds these
	for _, cmd := range newRoot(Program{}).Commands() {
		taken[cmd.Name()] = true
	}
	for _, c := range p.Commands {
		switch {
		case !commandName.MatchString(c.Name):
			return fmt.Errorf("command %q of the program: its name must be one word of lower-case letters, digits and hyphens", c.Name)
		case c.Run == nil:
			return fmt.Errorf("command %s of the program: Run is nil, must be a function", c.Name)
		case taken[c.Name]:
			return fmt.Errorf("command %s of the program: the name is taken", c.Name)
		}
		if name := c.takenFlag(); name != "" {
			return fmt.Errorf("command %s of the program: the flag -%s is reserved: give it another name", c.Name, name)
		}
		taken[c.Name] = true
	}
	return nil
}

// takenFlag returns a flag of the command that every command has, or "" if there is none.
func (c Command) takenFlag() string {
	for _, name := range []string{"config", "help", "h"} {
		if c.Flags != nil && c.Flags.Lookup(name) != nil {
			return name
		}
	}
	return ""
}
