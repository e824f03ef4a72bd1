package check

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/mount"
)

// unaskedHooks finds rules that lead to a mount's application outside the mount's site,
// if hooks of the login points use the mount: there they see a Basic password with
// another name or host, or none.
func unaskedHooks(cfg *config.Config) []string {
	points := hooksByMount(cfg)
	if len(points) == 0 {
		return nil
	}
	var out []string
	for _, m := range cfg.Mounts {
		if m.Host == "" && strings.Trim(m.Prefix, "/") == "" {
			continue // its site is everywhere
		}
		for _, r := range cfg.Rules {
			if r.Access == "public" || !isBesides(cfg, r, m) {
				continue
			}
			out = append(out, fmt.Sprintf("rule %q leads to the application of mount %q by %s, where hooks of %s that depend on dialect or host do not see that mount. "+
				"Write the mount's host and prefix in the rule, or make the hooks refuse unknown values", r.Name, m.Name, ruleSpot(r), strings.Join(points, " and ")))
		}
	}
	return out
}

// isBesides reports whether a rule leads to the mount's application, but outside its site
// and the sites of other plugins' mounts.
func isBesides(cfg *config.Config, r config.Rule, m config.Mount) bool {
	if len(cfg.Upstreams) > 1 && !mount.IsBehindTarget(cfg, r.Upstream, m) {
		return false
	}
	at := ruleSpot(r)
	return !slices.ContainsFunc(cfg.Mounts, func(o config.Mount) bool {
		return at.isWithin(o) && (o.Name == m.Name || isOtherSite(cfg, o, r))
	})
}

// isWithin reports whether the spot is completely in the mount's site.
func (s spot) isWithin(m config.Mount) bool {
	return (m.Host == "" || s.host != "" && slices.Contains(m.Hosts(), s.host)) && isWithin(s.literal, m.Prefix)
}

// hooksByMount lists the login points with hooks that may use the mount or the host of a
// login.
func hooksByMount(cfg *config.Config) []string {
	catalogue := core.NewHooks()
	var out []string
	for _, h := range cfg.Hooks {
		login := h.Point == catalogue.LoginBefore.Name() || h.Point == catalogue.LoginAfter.Name()
		if login && !h.Shadow && goesByMount(cfg, h) && !slices.Contains(out, h.Point) {
			out = append(out, h.Point)
		}
	}
	return out
}

var mountKeys = regexp.MustCompile(`\b(dialect|host)\b`)

// goesByMount reports whether a hook may read the mount or the host.
func goesByMount(cfg *config.Config, h config.Hook) bool {
	if h.Expr != "" {
		return mountKeys.MatchString(h.Expr)
	}
	for _, p := range cfg.Plugins {
		if p.Name == h.Plugin && slices.ContainsFunc(p.Grants.Read, coversMount) {
			return true
		}
	}
	return false
}

// coversMount reports whether a grant's pattern matches one of these keys.
func coversMount(pattern string) bool {
	return slices.ContainsFunc([]string{"dialect", "host"}, func(key string) bool {
		begin, open := strings.CutSuffix(pattern, "*")
		return pattern == key || open && strings.HasPrefix(key, begin)
	})
}
