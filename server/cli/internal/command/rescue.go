package command

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/server/check"
	"github.com/cardea-auth/cardea/server/config"
)

// bareConfig is KeptConfig for a command that does not need the parts of the configuration
// that serve requests: a mistake there must not keep an operator from setting a password or
// revoking a stolen credential. Invalid parts are left out, with a warning for each
// problem.
func bareConfig(cmd *cobra.Command) (partial, error) {
	p, err := configBeside(cmd, mountProblems)
	if err == nil {
		p.warn(cmd, noServer+leftOut)
	}
	return p, err
}

// partial is a configuration without its invalid parts.
type partial struct {
	cfg, read *config.Config  // without them, and as it was read
	problems  config.Problems // of the parts that are left out
	prov      *config.Provenance
}

// The warnings about a configuration with problems: that no server starts with it, and that
// a command leaves parts out.
const (
	noServer = "no server starts with this configuration: "
	leftOut  = "the command ignores the invalid parts"
)

// unreadable takes the place of noServer where a file cannot be read: it may be readable for
// the account that runs the server.
const unreadable = "this user may not read everything that the configuration names, so run the command as the account that runs the server: "

// warn prints the problems and what they mean for the command.
func (p partial) warn(cmd *cobra.Command, meaning string) {
	if len(p.problems) == 0 {
		return
	}
	if slices.ContainsFunc(p.problems, isUnreadable) {
		meaning = unreadable + strings.TrimPrefix(meaning, noServer)
	}
	for _, problem := range p.problems {
		fmt.Fprintf(cmd.ErrOrStderr(), "cardea: warning: %s\n", problem)
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "cardea: warning: %s\n", meaning)
}

// configBeside returns the configuration without its invalid parts; a mistake in any other
// part is an error. further returns problems that loading does not reveal.
func configBeside(cmd *cobra.Command, further func(*config.Config) config.Problems) (partial, error) {
	o, err := LoadOptions(cmd)
	if err != nil {
		return partial{}, err
	}
	cfg, prov, problems, err := config.Inspect(o)
	if err != nil {
		return partial{}, &UnreadError{fmt.Errorf("nothing was done: %w", err)}
	}
	if len(problems) == 0 {
		problems = further(cfg)
	}
	if len(problems) == 0 {
		if cfg, prov, err = LoadConfig(cmd); err != nil {
			return partial{}, err
		}
		cfg, err = placed(cfg, prov)
		return partial{cfg: cfg, read: cfg, prov: prov}, err
	}
	prov.PlaceAll(problems)
	if cfg == nil || slices.ContainsFunc(problems, isNeeded) {
		return partial{}, &UnreadError{fmt.Errorf("%w\nnothing was done: correct that, or name with --config another file that has only the setting data, with the whole path of the data directory: it is enough to reach a running server", problems.Err())}
	}
	read := *cfg
	leaveOut(cfg, problems)
	cfg, err = placed(cfg, prov)
	return partial{cfg, &read, problems, prov}, err
}

// mountProblems returns the problems of mounts that only opening them reveals.
func mountProblems(cfg *config.Config) config.Problems {
	return checkProblems(cfg, nil, func(p config.Problem) bool { return partOf(p) == "mounts" })
}

// checkProblems returns those of the problems that a check finds. own are the program's hook
// points.
func checkProblems(cfg *config.Config, own []hooks.Point, of func(config.Problem) bool) (list config.Problems) {
	found, ok := errors.AsType[*config.Error](check.Check(cfg, own...))
	if !ok {
		return nil
	}
	for _, p := range found.Problems {
		if of(p) {
			list = append(list, p)
		}
	}
	return list
}

// isUnreadable reports whether a problem is that this user may not read a file.
func isUnreadable(p config.Problem) bool {
	return strings.Contains(p.Text, syscall.EACCES.Error())
}

// isNeeded reports whether a problem is in a part that a command may need.
func isNeeded(p config.Problem) bool {
	return !slices.Contains([]string{"mounts", "rules", "upstreams", "cors", "plugins", "hooks", "methods"}, partOf(p))
}

// partOf returns the top-level key of a problem.
func partOf(p config.Problem) string { return regexp.MustCompile(`^\w*`).FindString(p.Key) }

// entryOf returns the index of the list entry that a problem is about; ok is false if it is
// about the whole list.
func entryOf(p config.Problem) (i int, ok bool) {
	m := regexp.MustCompile(`^\w+\[(\d+)\]`).FindStringSubmatch(p.Key)
	if m == nil {
		return 0, false
	}
	i, _ = strconv.Atoi(m[1]) // digits
	return i, true
}

// leaveOut removes the invalid parts that a bare engine would open.
func leaveOut(cfg *config.Config, problems config.Problems) {
	wrong, all := map[int]bool{}, false
	for _, p := range problems {
		switch partOf(p) {
		case "mounts":
			if i, ok := entryOf(p); ok {
				wrong[i] = true
			} else {
				all = true
			}
		case "methods":
			cfg.Methods = nil
		case "hooks", "plugins":
			cfg.Hooks, cfg.Plugins = nil, nil
		}
	}
	var kept []config.Mount
	for i, m := range cfg.Mounts {
		if !all && !wrong[i] {
			kept = append(kept, m)
		}
	}
	cfg.Mounts = kept
}
