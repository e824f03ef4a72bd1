package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/hooks/expr"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/internal/setting"
	"github.com/cardea-auth/cardea/server/mount"
)

// Check finds mistakes in a configuration beyond the form of its values, without opening
// anything: contradicting rules and rules without an upstream, unknown hook points,
// dialects that cannot be mounted. The error is a [*config.Error] with all mistakes;
// [config.Provenance.Place] adds their positions. own are the hook points of a program's
// own, which hooks may name, too.
func Check(cfg *config.Config, own ...hooks.Point) error {
	c := &checker{}
	_, err := route.Compile(mount.Rules(cfg))
	c.add("rules", err)
	c.effects(cfg)
	_, err = mount.Open(cfg)
	c.list = c.list.With(setting.Problems("mounts", err))
	_, err = mount.Methods(cfg)
	c.add("methods", err)
	c.headers(cfg)
	c.protected(cfg)
	c.exclusions(cfg)
	c.upstreams(cfg)
	c.places(cfg)
	c.secrets(cfg)
	c.numbers(cfg)
	c.audiences(cfg)
	c.guards(cfg)
	c.points(cfg, own)
	for i, p := range cfg.Plugins {
		_, err := PluginSpec(p, own...)
		c.add(fmt.Sprintf("plugins[%d]", i), err)
	}
	return c.list.Err()
}

// checker collects mistakes.
type checker struct{ list config.Problems }

// add adds the problems in err.
func (c *checker) add(key string, err error) { c.list = append(c.list, setting.Problems(key, err)...) }

func (c *checker) headers(cfg *config.Config) {
	for i, m := range cfg.Mounts {
		_, err := mount.SiteHeader(m).Check()
		c.add(fmt.Sprintf("mounts[%d].header", i), err)
	}
}

// protected finds headers that are set or protected and must not be: they carry
// credentials, or change the meaning of a request.
func (c *checker) protected(cfg *config.Config) {
	c.add("server.protected_headers", route.ProtectNames(cfg.Server.ProtectedHeaders))
	catalogue := core.NewHooks()
	catalogue.IdentityHeaders.Declare(cfg.Server.ProtectedHeaders...)
	for i, h := range cfg.Hooks {
		if h.Point != catalogue.IdentityHeaders.Name() {
			continue
		}
		if h.Expr != "" {
			_ = expr.Bind(catalogue.IdentityHeaders, fmt.Sprint(i), h.Expr, expr.Options{}) // points reports the error
			continue
		}
		names := grantedHeaders(cfg, h.Plugin)
		catalogue.IdentityHeaders.Declare(names...)
		if !bindsTo(cfg, h.Plugin, catalogue.ErrorResponse.Name()) { // otherwise they may be headers of responses
			c.settable(fmt.Sprintf("hooks[%d].plugin", i), names)
		}
	}
	c.credentials(cfg, route.NewNames(*catalogue.IdentityHeaders.Declared()))
}

func (c *checker) settable(key string, names []string) {
	settable := route.NewSettable()
	for _, name := range names {
		c.add(key, settable.Check(name))
	}
}

// credentials finds credential headers of rules and mounts that would be removed from
// requests.
func (c *checker) credentials(cfg *config.Config, taken *route.Names) {
	const text = "%s would be removed from requests, since a hook sets it or protected_headers lists it: choose another"
	for i, r := range cfg.Rules {
		if taken.Has(r.Header.Name) {
			c.add(fmt.Sprintf("rules[%d].header.name", i), fmt.Errorf(text, r.Header.Name))
		}
	}
	for i, m := range cfg.Mounts {
		if taken.Has(m.Header.Name) {
			c.add(fmt.Sprintf("mounts[%d].header.name", i), fmt.Errorf(text, m.Header.Name))
		}
	}
}

// grantedHeaders returns the headers that a plugin's grants name.
func grantedHeaders(cfg *config.Config, plugin string) []string {
	var names []string
	for _, p := range cfg.Plugins {
		for _, key := range p.Grants.Write {
			if name, ok := strings.CutPrefix(key, "header."); ok && p.Name == plugin {
				names = append(names, name)
			}
		}
	}
	return names
}

func bindsTo(cfg *config.Config, plugin, point string) bool {
	return slices.ContainsFunc(cfg.Hooks, func(h config.Hook) bool { return h.Plugin == plugin && h.Point == point })
}

func (c *checker) upstreams(cfg *config.Config) {
	for i, r := range cfg.Rules {
		if r.Upstream == "" && len(cfg.Upstreams) != 1 {
			c.list = append(c.list, config.Problem{
				Key: fmt.Sprintf("rules[%d].upstream", i), Rests: []string{"upstreams.*"},
				Text: fmt.Sprintf("rule %q names no upstream, which it may only if there is exactly one: name it", r.Name),
			})
		}
	}
}

func (c *checker) points(cfg *config.Config, own []hooks.Point) {
	catalogue := core.NewHooks()
	for _, p := range own {
		c.add("hooks", catalogue.Add(p))
	}
	for i, h := range cfg.Hooks {
		point, ok := catalogue.Point(h.Point)
		if !ok {
			c.add(fmt.Sprintf("hooks[%d].point", i),
				fmt.Errorf("there is no hook point %q: 'cardea hooks list' names them", h.Point))
			continue
		}
		if h.Expr != "" {
			if err := expr.Check(point, h.Expr); err != nil {
				first, _, _ := strings.Cut(err.Error(), "\n")
				c.add(fmt.Sprintf("hooks[%d].expr", i), fmt.Errorf("%s: 'cardea hooks list --fields' shows what can be written", first))
			}
		}
	}
}
