package command

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Explain makes cmd and every command below it add the usage to errors about arguments,
// refuse flags that are given an empty text, and every group refuse unknown commands.
func Explain(cmd *cobra.Command) {
	group := cmd.HasSubCommands() && !cmd.Runnable()
	if group {
		cmd.SuggestionsMinimumDistance = 2
		cmd.Args = known
		cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	}
	if check := cmd.Args; check != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			err := check(cmd, args)
			if err != nil && !group {
				err = argsError(cmd, args)
			}
			return cmp.Or(Usage(cmd, err), emptyFlag(cmd))
		}
	}
	for _, sub := range cmd.Commands() {
		Explain(sub)
	}
}

// emptyFlag returns an error if a flag is given an empty text, as by an unset variable of a
// shell: without the flag the command may do something else.
func emptyFlag(cmd *cobra.Command) (err error) {
	cmd.Flags().Visit(func(f *pflag.Flag) {
		texts := []string{f.Value.String()}
		if list, ok := f.Value.(pflag.SliceValue); ok {
			texts = list.GetSlice()
		}
		if own := f.Annotations[ownFlag] != nil || f.Value.Type() == durationType; !own && slices.Contains(texts, "") {
			err = fmt.Errorf("--%s is empty: give it a value, or leave it out", f.Name)
		}
	})
	return err
}

// ownFlag is the annotation of a flag whose command itself decides on an empty text.
const ownFlag = "own"

// MayBeEmpty makes [Explain] accept an empty flag: what it means is up to the command.
func MayBeEmpty(f *pflag.Flag) { f.Annotations = map[string][]string{ownFlag: {}} }

func known(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		return fmt.Errorf("unknown command %q: did you mean %s?", args[0], strings.Join(near, " or "))
	}
	return fmt.Errorf("unknown command %q", args[0])
}

// Usage adds the usage line to an error; nil stays nil.
func Usage(cmd *cobra.Command, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w\nusage: %s\nsee '%s --help'", err, cmd.UseLine(), cmd.CommandPath())
}

// argsError returns an error that says which arguments a command takes and which it got.
func argsError(cmd *cobra.Command, args []string) error {
	takes := strings.Fields(cmd.Use)[1:]
	switch {
	case len(takes) == 0:
		return fmt.Errorf("'%s' takes no argument: remove %.60q", cmd.CommandPath(), args[0])
	case len(args) == 0:
		return fmt.Errorf("'%s' needs %s", cmd.CommandPath(), strings.Join(takes, " "))
	}
	return fmt.Errorf("'%s' takes %s, and %d arguments are given", cmd.CommandPath(), strings.Join(takes, " "), len(args))
}

// FlagError rewrites an error of the flag library for operators.
func FlagError(cmd *cobra.Command, err error) error {
	if wrong, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		if f := wrong.GetFlag(); f.Value.Type() == durationType { // the error contains the format
			return fmt.Errorf("--%s %.60s %w", f.Name, wrong.GetValue(), wrong.Unwrap())
		}
	}
	return Usage(cmd, flagError(err))
}

func flagError(err error) error {
	if wrong, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		f := wrong.GetFlag()
		return fmt.Errorf("--%s is %.60q, must be %s", f.Name, wrong.GetValue(), flagType(f.Value.Type()))
	}
	if strings.Contains(err.Error(), "unknown shorthand flag") { // ids of keys and sessions may begin with -
		return fmt.Errorf("%w: write an argument that begins with '-' after '--'", err)
	}
	return err
}

func flagType(name string) string {
	switch name {
	case "bool":
		return "true or false"
	case "int", "int64", "uint", "uint64":
		return "a whole number"
	}
	return "of type " + name
}

// Exclusive returns an error if more than one of the flags is given.
func Exclusive(cmd *cobra.Command, names ...string) error {
	var given []string
	for _, name := range names {
		if cmd.Flags().Changed(name) {
			given = append(given, "--"+name)
		}
	}
	if len(given) > 1 {
		return fmt.Errorf("%s are given: give one", strings.Join(given, " and "))
	}
	return nil
}

// Dependent returns an error if a flag is given without the flag that it depends on.
func Dependent(cmd *cobra.Command, name, with string) error {
	if cmd.Flags().Changed(name) && !cmd.Flags().Changed(with) {
		return fmt.Errorf("--%s has no effect without --%s: give both, or leave it out", name, with)
	}
	return nil
}
