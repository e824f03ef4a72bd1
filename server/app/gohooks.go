package app

import (
	"errors"
	"fmt"
	"slices"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// Hook is a Go function that a program binds to hook points of each engine that plugins
// are bound to, too.
type Hook struct {
	// Name identifies the hook in listings, logs and errors: lower-case letters, digits
	// and hyphens. Each hook of a program has its own.
	Name string
	// Order is the place among the handlers of a point, as hooks[].order of the
	// configuration: lower first, ties by name.
	Order int
	// Bind binds the function to one point or several, each time with the name and the
	// order that it is given. It is called once an engine, before anything is decided.
	Bind func(h *core.Hooks, name string, order hooks.Option) error
}

// goBindings are the hooks of the program.
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

// bindAll binds the hooks of a program to a catalogue that no engine has.
func bindAll(h *core.Hooks, list []Hook) error {
	bindings, err := goBindings(Options{Hooks: list})
	errs := []error{err}
	for _, b := range bindings {
		errs = append(errs, b.bind(h))
	}
	return errors.Join(errs...)
}
