package app

import (
	"errors"
	"fmt"
	"slices"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// goBindings returns the bindings of the program's hooks.
func goBindings(o Options) ([]binding, error) {
	list := make([]binding, len(o.Hooks))
	for i, h := range o.Hooks {
		taken := func(other Hook) bool { return other.Name == h.Name }
		switch {
		case !manifest.ValidName(h.Name):
			return nil, fmt.Errorf("hook %q of the program: its name must be of lower-case letters, digits and hyphens", h.Name)
		case h.Bind == nil:
			return nil, fmt.Errorf("hook %s of the program: Bind is nil, must be a function", h.Name)
		case slices.ContainsFunc(o.Hooks[:i], taken):
			return nil, fmt.Errorf("hook %s of the program: there are two of this name", h.Name)
		}
		list[i] = binding{order: h.Order, id: h.Name, bind: func(hs *core.Hooks) error {
			if err := h.Bind(hs, h.Name, hooks.Order(h.Order)); err != nil {
				return fmt.Errorf("hook %s of the program: %w", h.Name, err)
			}
			return nil
		}}
	}
	return list, nil
}

// bindTo binds the hooks of the program to h, which no engine uses.
func (o Options) bindTo(h *core.Hooks) error {
	list, err := goBindings(o)
	errs := []error{err}
	for _, p := range o.points() {
		errs = append(errs, h.Add(p))
	}
	for _, b := range list {
		errs = append(errs, b.bind(h))
	}
	return errors.Join(errs...)
}
