package check

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/mount"
)

// Lint returns warnings about a valid configuration that may not mean what it seems to:
// rules, see [route.Lint]; rules for paths that a mount answers before any rule applies;
// and applications that may be WordPress but are not read as such. Each warning names the
// rule, a request and the cure.
func Lint(cfg *config.Config) []string {
	list := mount.Rules(cfg)
	return slices.Concat(route.Lint(list), shadowed(cfg, list), unreachableRules(cfg), ambiguous(cfg), otherDirectories(cfg, list), unknownSites(cfg), unread(cfg), uncoveredHosts(cfg, list), foreignNumbers(cfg), unboundPages(cfg, list), twoNames(cfg), exchangeable(cfg), unaskedHooks(cfg), otherLetters(cfg, list))
}

// shadowed finds rules for paths that a mount answers.
func shadowed(cfg *config.Config, list []route.Rule) []string {
	if len(cfg.Mounts) == 0 {
		return nil
	}
	table, err := route.Compile(list)
	if err != nil {
		return nil // reported by Check
	}
	mounts, err := mount.Open(cfg)
	if err != nil {
		return nil
	}
	e, err := core.New(context.Background(), core.Config{UpkeepEvery: -1, PruneEvery: -1}) // endpoints belong to an engine
	if err != nil {
		return nil
	}
	defer e.Close()
	var out []string
	for _, m := range mount.Sorted(mounts) {
		out = append(out, shadows(m, table, e)...)
	}
	return out
}

// shadows finds rules for paths that the mount answers, with one example request each.
func shadows(m mount.Mounted, table *route.Table, e *core.Engine) []string {
	var out []string
	seen := map[string]bool{}
	for _, x := range m.Dialect.Endpoints(e) {
		method := cmp.Or(x.Method, http.MethodPost)
		rule, ok := table.Match(x.Host, method, x.Path)
		if !ok || seen[rule.Name] || !isMeantBy(m, rule.Path, x.Path) {
			continue
		}
		seen[rule.Name] = true
		out = append(out, fmt.Sprintf("rule %q never decides on what a mount answers: %s %s is answered by mount %q. Remove the rule, or move the mount with prefix",
			rule.Name, method, x.Path, m.Mount.Name))
	}
	return out
}

// isMeantBy reports whether a pattern was written for the mount's own part of the site:
// whether it leads to the endpoint and is within what the mount answers, or within the
// API of a plugin with a single namespace.
func isMeantBy(m mount.Mounted, pattern, endpoint string) bool {
	literal, _, _ := strings.Cut(pattern, "/*")
	if !strings.HasPrefix(endpoint+"/", literal+"/") {
		return false
	}
	owner, shares := m.Dialect.(dialect.Owner)
	if !shares {
		return strings.HasPrefix(literal, m.Mount.Base())
	}
	if owns := owner.Owns(); len(owns) > 1 {
		return slices.ContainsFunc(owns, func(own string) bool { return strings.HasPrefix(literal+"/", m.Mount.Base()+own+"/") })
	}
	return strings.HasPrefix(literal, m.Mount.Base()+"/")
}
