package app

import (
	"errors"
	"fmt"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/config"
)

// Check finds what is wrong with a configuration beyond the form of its values,
// without opening anything: rules that contradict each other, hook points that
// do not exist, dialects that cannot be mounted.
func Check(cfg *config.Config) error {
	_, rulesErr := route.Compile(rules(cfg))
	_, dialectsErr := newDialects(cfg)
	_, methodsErr := newMethods(cfg)
	return errors.Join(rulesErr, dialectsErr, methodsErr, checkPoints(cfg), checkBuiltins(cfg))
}

func checkPoints(cfg *config.Config) error {
	catalogue := core.NewHooks()
	var errs []error
	for i, h := range cfg.Hooks {
		if _, ok := catalogue.Point(h.Point); !ok {
			errs = append(errs, fmt.Errorf("hooks[%d]: no point is called %q: 'cardea hooks list' names them", i, h.Point))
		}
	}
	return errors.Join(errs...)
}

func checkBuiltins(cfg *config.Config) error {
	var errs []error
	for _, p := range cfg.Plugins {
		_, err := pluginSpec(p)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
