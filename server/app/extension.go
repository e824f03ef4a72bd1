package app

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"go.uber.org/fx"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/plugins"
)

// extension provides the plugins and the hooks with their bindings.
var extension = fx.Options(
	fx.Module("plugins", fx.Provide(newMetrics, newHost, loadPlugins)),
	fx.Module("hooks", fx.Provide(newHooks, fx.Annotate(pluginBindings, fx.ResultTags(`group:"bindings,flatten"`)),
		fx.Annotate(exprBindings, fx.ResultTags(`group:"bindings,flatten"`)),
		fx.Annotate(devPluginBindings, fx.ResultTags(`group:"bindings,flatten"`)),
		fx.Annotate(goBindings, fx.ResultTags(`group:"bindings,flatten"`)))),
)

// kept stores the entries of plugins in the store; forgotten keeps them in memory, for
// commands that only inspect plugins and must not open a store.
var (
	kept      = fx.Provide(newEntries)
	forgotten = fx.Provide(func() plugins.KV { return &plugins.MemoryKV{} })
)

// newEntries returns the key-value store for plugins: the store, or memory if the store
// does not implement it.
func newEntries(s store.Store) plugins.KV {
	if kv, ok := s.(plugins.KV); ok {
		return kv
	}
	return &plugins.MemoryKV{}
}

// hooksIn holds the dependencies of newHooks.
type hooksIn struct {
	fx.In
	Options  Options
	Bindings []binding `group:"bindings"`
}

func newHooks(in hooksIn, f *faults) (*core.Hooks, error) {
	slices.SortStableFunc(in.Bindings, func(a, b binding) int {
		return cmp.Or(cmp.Compare(a.order, b.order), strings.Compare(a.id, b.id), cmp.Compare(len(a.key), len(b.key)), strings.Compare(a.key, b.key))
	})
	h := core.NewHooks()
	var errs []error
	for _, p := range in.Options.points() {
		errs = append(errs, h.Add(p))
	}
	for _, b := range in.Bindings {
		errs = append(errs, aboutBinding(b, b.bind(h)))
	}
	f.hooks.Store(h)
	return h, errors.Join(errs...)
}
