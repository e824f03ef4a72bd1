package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/printable"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/hooks/expr"
	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/server/admin"
	"github.com/cardea-auth/cardea/server/config"
)

// exprBindings are the hooks that stand in the configuration as expressions.
// Their ids say which of hooks they are.
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
			return expr.Bind(point, b.id, h.Expr, expr.Options{Order: h.Order, OnError: onError(h), Allow: h.Allow, OnFault: tellExpr(log, failed, h.Point)})
		}
		list = append(list, b)
	}
	return list
}

// maxExprText is how many bytes of an expression's error are logged: it may quote what
// a client has sent.
const maxExprText = 2 << 10

// tellExpr counts an expression's failures, and logs them once a second.
func tellExpr(log *slog.Logger, failed func(float64, ...string), point string) func(context.Context, string, error) {
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
