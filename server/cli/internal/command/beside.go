package command

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/server/app"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/internal/setting"
	"github.com/cardea-auth/cardea/server/manage"
	"github.com/cardea-auth/cardea/server/mount"
)

// Deciding reports whether a command decides by a part of the configuration: a top-level
// setting and, for an entry of methods, its type.
type Deciding func(part, method string) bool

// Without is what a command does without. It is zero if nothing is wrong, or if a running
// server decides.
type Without struct {
	Mounts []LeftMount
}

// LeftMount is a mount that is left out.
type LeftMount struct {
	Name   string // "" if there may be mounts that could not be read at all
	Issuer string // of its tokens; "" if it is unknown
}

// ManageBeside runs a command that depends on the configuration, despite mistakes in
// unrelated parts: through the running server, which uses the configuration of its start,
// or else in this process with hooks and rules.
func ManageBeside(cmd *cobra.Command, access Access, decides Deciding, do func(context.Context, *manage.Client, Without) error) error {
	p, err := configBeside(cmd, func(cfg *config.Config) config.Problems {
		return checkProblems(cfg, Points(cmd), func(p config.Problem) bool { return !isNeeded(p) })
	})
	if err != nil {
		return err
	}
	var without Without
	served := func() {
		p.warn(cmd, noServer+"the one that runs goes by that of its start")
	}
	open := func(cfg *config.Config, o app.Options) (*app.Offline, error) {
		if err := p.checkDeciding(decides); err != nil {
			return nil, err
		}
		p.warn(cmd, noServer+leftOut)
		without.Mounts = p.leftMounts()
		return p.open(cmd, cfg, o, decides)
	}
	return manageIn(cmd, p.cfg, served, open, access, func(ctx context.Context, c *manage.Client) error { return do(ctx, c, without) })
}

// checkDeciding returns an error with the problems of the parts that the command depends on.
func (p partial) checkDeciding(decides Deciding) error {
	var list config.Problems
	for _, problem := range p.problems {
		method := ""
		if i, ok := entryOf(problem); ok && partOf(problem) == "methods" && i < len(p.read.Methods) {
			method = p.read.Methods[i].Type
		}
		if decides(partOf(problem), method) {
			list = append(list, problem)
		}
	}
	if err := list.Err(); err != nil {
		return &UnreadError{fmt.Errorf("no server runs, and the command depends on what is wrong here: %w", err)}
	}
	return nil
}

// leftMounts returns the mounts that are left out and may have tokens of their own.
func (p partial) leftMounts() (list []LeftMount) {
	for _, problem := range p.problems {
		if partOf(problem) != "mounts" {
			continue
		}
		i, ok := entryOf(problem)
		if !ok || i >= len(p.read.Mounts) {
			list = append(list, LeftMount{})
			continue
		}
		m := p.read.Mounts[i]
		left := LeftMount{Name: m.Name}
		if m.Config != nil && !strings.HasPrefix(problem.Key, fmt.Sprintf("mounts[%d].issuer", i)) {
			left.Issuer = mount.IssuerOf(p.read, m)
		}
		if m.HasOwnTokens() {
			list = append(list, left)
		}
	}
	return list
}

// open opens an engine with the valid parts. Hooks whose plugins cannot be loaded are
// omitted with a warning, unless the command depends on them. If settings other than hooks
// and cors are invalid, rules and upstreams are omitted.
func (p partial) open(cmd *cobra.Command, cfg *config.Config, o app.Options, decides Deciding) (*app.Offline, error) {
	part := *cfg
	if slices.ContainsFunc(p.problems, func(p config.Problem) bool { return !isOfHooks(p) && partOf(p) != "cors" }) {
		part.Rules, part.Upstreams = nil, nil
	}
	off, err := app.OpenOffline(&part, o)
	broken := partial{problems: setting.Problems("", err)}
	if err == nil || decides("plugins", "") || slices.ContainsFunc(broken.problems, func(p config.Problem) bool { return !isOfHooks(p) }) {
		return off, err
	}
	p.prov.PlaceAll(broken.problems)
	broken.warn(cmd, noServer+leftOut)
	part.Hooks, part.Plugins = nil, nil
	return app.OpenOffline(&part, o)
}

// isOfHooks reports whether a problem is about hooks or the plugins that they run.
func isOfHooks(p config.Problem) bool { return partOf(p) == "hooks" || partOf(p) == "plugins" }
