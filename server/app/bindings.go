package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/printable"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/hooks/expr"
	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/plugins/manifest"
	"github.com/cardea-auth/cardea/server/admin"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/internal/setting"
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
				return fmt.Errorf("hooks: there is no hook point %q: 'cardea hooks list' names them", h.Point)
			}
			p := loaded.byName[h.Plugin]
			if p == nil {
				return fmt.Errorf("hooks: there is no plugin %q: add it under plugins", h.Plugin)
			}
			return p.Bind(point, plugins.Binding{Order: h.Order, OnError: onError(h), Shadow: h.Shadow})
		}})
	}
	return list
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
				return fmt.Errorf("hooks: there is no hook point %q: 'cardea hooks list' names them", h.Point)
			}
			return expr.Bind(point, b.id, h.Expr, expr.Options{Order: h.Order, OnError: onError(h), Allow: h.Allow, OnFault: reportExprFaults(log, failed, h.Point)})
		}
		list = append(list, b)
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

// goBindings returns the bindings of the program's hooks.
func goBindings(o Options) ([]binding, error) {
	list := make([]binding, len(o.Hooks))
	for i, h := range o.Hooks {
		taken := func(other Hook) bool { return other.Name == h.Name }
		switch {
		case !manifest.ValidName(h.Name):
			return nil, fmt.Errorf("hook %q of the program: its name must consist of lower-case letters, digits and hyphens", h.Name)
		case h.Bind == nil:
			return nil, fmt.Errorf("hook %s of the program: Bind is nil, must be a function", h.Name)
		case slices.ContainsFunc(o.Hooks[:i], taken):
			return nil, fmt.Errorf("hook %s of the program: the name is used twice", h.Name)
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

// devPluginBindings loads the plugin and returns its binding.
func devPluginBindings(o Options, host *plugins.Host) ([]binding, error) {
	if o.DevPlugin == nil {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	p, err := host.Load(ctx, o.DevPlugin.Spec)
	if err != nil {
		return nil, err
	}
	return []binding{{order: devPluginOrder, id: p.Name(), bind: func(hs *core.Hooks) error { return o.DevPlugin.bind(hs, p) }}}, nil
}
