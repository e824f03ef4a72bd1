package app

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"go.uber.org/fx"

	"github.com/cardea-auth/cardea/core"
	shortexpiry "github.com/cardea-auth/cardea/examples/plugins/short-expiry"
	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/server/config"
)

// extension is the plugins and what is bound to the hook points.
var extension = fx.Options(
	fx.Module("plugins", fx.Provide(newFaults, newHost, loadPlugins)),
	fx.Module("hooks", fx.Provide(newHooks, fx.Annotate(pluginBindings, fx.ResultTags(`group:"bindings,flatten"`)),
		fx.Annotate(exprBindings, fx.ResultTags(`group:"bindings,flatten"`)),
		fx.Annotate(guestBindings, fx.ResultTags(`group:"bindings,flatten"`)))),
)

// binding is one handler on its way to a hook point.
type binding struct {
	order int
	id    string
	bind  func(*core.Hooks) error
}

func newHost(opened *cleanup, cfg *config.Config, log *slog.Logger, f *faults, o Options) (*plugins.Host, error) {
	c := plugins.Config{Logger: log, OnFault: f.tell, OnCall: o.Guest.onCall(), InProcess: true}
	if cfg.Store.Driver != "memory" && (len(cfg.Plugins) > 0 || o.Guest != nil) {
		c.CacheDir = filepath.Join(cfg.Data, "wasm-cache")
	}
	host, err := plugins.Open(context.Background(), c)
	if err != nil {
		return nil, err
	}
	opened.addFunc(host.Close)
	return host, nil
}

func loadPlugins(cfg *config.Config, host *plugins.Host) (map[string]*plugins.Plugin, error) {
	loaded := map[string]*plugins.Plugin{}
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	for _, p := range cfg.Plugins {
		spec, err := pluginSpec(p)
		if err != nil {
			return nil, err
		}
		if loaded[p.Name], err = host.Load(ctx, spec); err != nil {
			return nil, err
		}
	}
	return loaded, nil
}

// builtins are the modules that the binary carries.
func builtins() map[string]plugins.Spec {
	return map[string]plugins.Spec{
		shortexpiry.Name: {Module: shortexpiry.Module(), Manifest: shortexpiry.Manifest(), SHA256: shortexpiry.SHA256()},
	}
}

func pluginSpec(p config.Plugin) (plugins.Spec, error) {
	spec := plugins.Spec{File: p.File}
	if name, ok := strings.CutPrefix(p.File, config.BuiltinPlugin); ok {
		if spec, ok = builtins()[name]; !ok {
			return spec, fmt.Errorf("plugin %s: no plugin %q is built in: choose one of %s, or give a file",
				p.Name, name, strings.Join(slices.Sorted(maps.Keys(builtins())), ", "))
		}
	}
	spec.Name, spec.Config, spec.Isolation = p.Name, p.Config, p.Isolation
	if p.SHA256 != "" {
		spec.SHA256 = p.SHA256
	}
	spec.Grants = plugins.Grants{Read: p.Grants["read"], Write: p.Grants["write"], Allow: p.Grants["allow"]}
	l := p.Limits
	spec.Limits = plugins.Limits{
		ModuleBytes: l.ModuleBytes, MemoryPages: l.MemoryBytes >> 16, HostCalls: l.HostCalls,
		JournalEntries: l.JournalEntries, JournalBytes: l.JournalBytes, LogBytes: l.LogBytes,
		Instances: l.Instances, Wait: l.Wait.Std(), Fuel: int64(l.Fuel), StartFuel: int64(l.StartFuel),
		Functions: l.Functions, TableEntries: l.TableEntries,
	}
	return spec, nil
}

func pluginBindings(cfg *config.Config, loaded map[string]*plugins.Plugin) []binding {
	var list []binding
	for _, h := range cfg.Hooks {
		if h.Expr != "" {
			continue
		}
		list = append(list, binding{order: h.Order, id: h.Plugin, bind: func(hs *core.Hooks) error {
			point, ok := hs.Point(h.Point)
			if !ok {
				return fmt.Errorf("hooks: no point is called %q: 'cardea hooks list' names them", h.Point)
			}
			p := loaded[h.Plugin]
			if p == nil {
				return fmt.Errorf("hooks: no plugin is called %q: add it under plugins", h.Plugin)
			}
			return p.Bind(point, plugins.Binding{Order: h.Order, OnError: h.OnError})
		}})
	}
	return list
}

// hooksIn collects the bindings of all parts.
type hooksIn struct {
	fx.In
	Bindings []binding `group:"bindings"`
}

func newHooks(in hooksIn, f *faults) (*core.Hooks, error) {
	slices.SortStableFunc(in.Bindings, func(a, b binding) int {
		return cmp.Or(cmp.Compare(a.order, b.order), strings.Compare(a.id, b.id))
	})
	h := core.NewHooks()
	for _, b := range in.Bindings {
		if err := b.bind(h); err != nil {
			return nil, err
		}
	}
	f.hooks.Store(h)
	return h, nil
}
