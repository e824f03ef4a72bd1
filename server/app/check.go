package app

import (
	"errors"
	"fmt"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/hooks/expr"
	"github.com/cardea-auth/cardea/server/config"
)

// Check finds what is wrong with a configuration beyond the form of its values,
// without opening anything: rules that contradict each other or lead nowhere,
// hook points that do not exist, dialects that cannot be mounted. The error is a
// [*config.Error] with every mistake; [config.Provenance.Place] adds where.
func Check(cfg *config.Config) error {
	c := &checker{}
	_, err := route.Compile(rules(cfg))
	c.add("rules", err)
	_, err = newDialects(cfg)
	c.add("mounts", err)
	_, err = newMethods(cfg)
	c.add("methods", err)
	c.headers(cfg)
	c.exclusions(cfg)
	c.upstreams(cfg)
	c.secrets(cfg)
	c.points(cfg)
	for i, p := range cfg.Plugins {
		_, err := pluginSpec(p)
		c.add(fmt.Sprintf("plugins[%d]", i), err)
	}
	if len(c.list) == 0 {
		return nil
	}
	return &config.Error{Problems: c.list}
}

// checker collects mistakes.
type checker struct{ list []config.Problem }

// add takes err apart if it is several.
func (c *checker) add(key string, err error) {
	if err == nil {
		return
	}
	var several interface{ Unwrap() []error }
	if errors.As(err, &several) {
		for _, e := range several.Unwrap() {
			c.add(key, e)
		}
		return
	}
	c.list = append(c.list, config.Problem{Key: key, Text: err.Error()})
}

func (c *checker) headers(cfg *config.Config) {
	for i, m := range cfg.Mounts {
		_, err := siteHeader(m).Check()
		c.add(fmt.Sprintf("mounts[%d].header", i), err)
	}
}

func (c *checker) upstreams(cfg *config.Config) {
	for i, r := range cfg.Rules {
		if r.Upstream == "" && len(cfg.Upstreams) != 1 {
			c.add(fmt.Sprintf("rules[%d].upstream", i),
				fmt.Errorf("rule %q names no upstream and there is not exactly one: name it", r.Name))
		}
	}
}

func (c *checker) points(cfg *config.Config) {
	catalogue := core.NewHooks()
	for i, h := range cfg.Hooks {
		point, ok := catalogue.Point(h.Point)
		if !ok {
			c.add(fmt.Sprintf("hooks[%d].point", i),
				fmt.Errorf("no point is called %q: 'cardea hooks list' names them", h.Point))
			continue
		}
		if h.Expr != "" {
			c.add(fmt.Sprintf("hooks[%d].expr", i), expr.Check(point, h.Expr))
		}
	}
}
