package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"go.uber.org/fx"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/printable"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/hooks/expr"
	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/server/admin"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/internal/setting"
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

// binding is one handler to be bound to a hook point.
type binding struct {
	order int
	id    string
	key   string // of the setting that configures it; "" if none does
	bind  func(*core.Hooks) error
}

func pluginBindings(cfg *config.Config, loaded *pluginSet) []binding {
	var list []binding
	for i, h := range cfg.Hooks {
		if h.Expr != "" {
			continue
		}
		list = append(list, binding{order: h.Order, id: h.Plugin, key: fmt.Sprintf("hooks[%d]", i), bind: func(hs *core.Hooks) error {
			point, ok := hs.Point(h.Point)
			if !ok {
				return fmt.Errorf("hooks: no point is called %q: 'cardea hooks list' names them", h.Point)
			}
			p := loaded.byName[h.Plugin]
			if p == nil {
				return fmt.Errorf("hooks: no plugin is called %q: add it under plugins", h.Plugin)
			}
			return p.Bind(point, plugins.Binding{Order: h.Order, OnError: onError(h), Shadow: h.Shadow})
		}})
	}
	return list
}

// aboutBinding adds the setting of the binding to an error.
func aboutBinding(b binding, err error) error {
	if b.key == "" {
		return err
	}
	return setting.About(b.key, err)
}

// onError returns the on_error value of a hook; "" for auto, the point's default.
func onError(h config.Hook) string {
	if h.OnError == "auto" {
		return ""
	}
	return h.OnError
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

// exprBindings returns the bindings of hooks that are expressions. The ID of each is its
// entry in the configuration, such as hooks[2].
func exprBindings(cfg *config.Config, m *admin.Metrics, log *slog.Logger) []binding {
	var list []binding
	failed := m.Counter("cardea_expression_failures_total", "Calls in which an expression failed.", "hook", "point", "class")
	for i, h := range cfg.Hooks {
		if h.Expr == "" {
			continue
		}
		b := binding{order: h.Order, id: fmt.Sprintf("hooks[%d]", i), key: fmt.Sprintf("hooks[%d].expr", i)}
		b.bind = func(hs *core.Hooks) error {
			point, ok := hs.Point(h.Point)
			if !ok {
				return fmt.Errorf("hooks: no point is called %q: 'cardea hooks list' names them", h.Point)
			}
			return expr.Bind(point, b.id, h.Expr, expr.Options{Order: h.Order, OnError: onError(h), Allow: h.Allow, OnFault: reportExprFaults(log, failed, h.Point)})
		}
		list = append(list, b)
	}
	return list
}

// maxExprText bounds the logged error of an expression in bytes, since it may quote client
// input.
const maxExprText = 2 << 10

// reportExprFaults counts an expression's failures, and logs at most one per class and second.
func reportExprFaults(log *slog.Logger, failed func(float64, ...string), point string) func(context.Context, string, error) {
	var lines api.LogLimit
	return func(ctx context.Context, id string, err error) {
		class, facts := "error", []any{"point", point, "hook", id}
		if value, ok := errors.AsType[*hooks.ValueError](err); ok {
			class = plugins.FaultCommit
			facts = append(facts, "key", value.Key, "rule", value.Rule)
		}
		failed(1, id, point, class)
		if skipped, ok := lines.Admit(class, time.Now()); ok {
			text := printable.Escape(err.Error(), maxExprText)
			log.WarnContext(ctx, "expression broke", append(facts, "class", class, "error", text, "not_logged", skipped)...)
		}
	}
}
