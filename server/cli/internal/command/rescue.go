package command

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/server/check"
	"github.com/cardea-auth/cardea/server/config"
)

// bareConfig is KeptConfig for a command that does not need the parts of the configuration
// that serve requests: a mistake there must not keep an operator from setting a password or
// revoking a stolen credential. Invalid parts are left out, with a warning for each
// problem.
func bareConfig(cmd *cobra.Command) (*config.Config, error) {
	o, err := LoadOptions(cmd)
	if err != nil {
		return nil, err
	}
	cfg, prov, problems, err := config.Inspect(o)
	if err != nil {
		return nil, &UnreadError{err}
	}
	if len(problems) == 0 {
		problems = mountProblems(cfg)
	}
	if len(problems) == 0 {
		return KeptConfig(cmd)
	}
	prov.PlaceAll(problems)
	if cfg == nil || slices.ContainsFunc(problems, isNeeded) {
		return nil, &UnreadError{problems.Err()}
	}
	leaveOut(cfg, problems)
	for _, p := range problems {
		fmt.Fprintf(cmd.ErrOrStderr(), "cardea: warning: %s\n", p)
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "cardea: warning: no server starts with this configuration: the command ignores the invalid parts\n")
	return placed(cfg, prov)
}

// mountProblems returns the problems of mounts that only opening them reveals.
func mountProblems(cfg *config.Config) (list config.Problems) {
	found, ok := errors.AsType[*config.Error](check.Check(cfg))
	if !ok {
		return nil
	}
	for _, p := range found.Problems {
		if partOf(p) == "mounts" {
			list = append(list, p)
		}
	}
	return list
}

// isNeeded reports whether a problem is in a part that a command may need.
func isNeeded(p config.Problem) bool {
	return !slices.Contains([]string{"mounts", "rules", "upstreams", "cors", "plugins", "hooks", "methods"}, partOf(p))
}

// partOf returns the top-level key of a problem.
func partOf(p config.Problem) string { return regexp.MustCompile(`^\w*`).FindString(p.Key) }

// leaveOut removes the invalid parts that a bare engine would open.
func leaveOut(cfg *config.Config, problems config.Problems) {
	wrong, all := map[int]bool{}, false
	for _, p := range problems {
		switch partOf(p) {
		case "mounts":
			m := regexp.MustCompile(`^mounts\[(\d+)\]`).FindStringSubmatch(p.Key)
			if all = all || m == nil; m != nil {
				i, _ := strconv.Atoi(m[1]) // digits
				wrong[i] = true
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
