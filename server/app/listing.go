package app

import (
	"context"

	"go.uber.org/fx"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/server/config"
)

// HookPoint is an entry of the hook listing.
type HookPoint struct {
	Name     string          `json:"name"`
	Kind     string          `json:"kind"` // filter or action
	Fields   []hooks.Field   `json:"fields"`
	Bindings []hooks.Binding `json:"bindings"`
}

// ListHooks returns all hook points with their bindings, which are in the order in which
// they run.
func ListHooks(h *core.Hooks) []HookPoint {
	var list []HookPoint
	for _, p := range h.Points() {
		kind := "action"
		if p.IsFilter() {
			kind = "filter"
		}
		list = append(list, HookPoint{p.Name(), kind, p.Fields(), p.Bindings()})
	}
	return list
}

// ConfiguredHooks loads the configured plugins and returns all hook points with their
// bindings.
func ConfiguredHooks(cfg *config.Config, o Options) ([]HookPoint, error) {
	list, _, err := loadedHooks(cfg, o)
	return list, err
}

// loadedHooks is like ConfiguredHooks and also returns the grants that each plugin
// requests and does not have, by the plugin's name.
func loadedHooks(cfg *config.Config, o Options) (list []HookPoint, missing map[string][]string, err error) {
	var h *core.Hooks
	var loaded *pluginSet
	opened := &cleanup{}
	if err := closeOnError(fx.New(options(cfg, o, opened), extension, forgotten, fx.Populate(&h, &loaded)), opened); err != nil {
		return nil, nil, err
	}
	defer opened.run(context.Background())
	missing = map[string][]string{}
	for name, p := range loaded.byName {
		missing[name] = p.Report().Missing
	}
	return ListHooks(h), missing, nil
}
