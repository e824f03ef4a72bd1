package app

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/hooks/expr"
	"github.com/cardea-auth/cardea/server/config"
)

// exprBindings are the hooks that stand in the configuration as expressions.
// Their ids say which of hooks they are.
func exprBindings(cfg *config.Config, log *slog.Logger) []binding {
	var list []binding
	for i, h := range cfg.Hooks {
		if h.Expr == "" {
			continue
		}
		b := binding{order: h.Order, id: fmt.Sprintf("hooks[%d]", i)}
		b.bind = func(hs *core.Hooks) error {
			point, ok := hs.Point(h.Point)
			if !ok {
				return fmt.Errorf("hooks: no point is called %q: 'cardea hooks list' names them", h.Point)
			}
			return expr.Bind(point, b.id, h.Expr, expr.Options{Order: h.Order, OnError: onError(h), Allow: h.Allow, OnFault: logExpr(log, h.Point)})
		}
		list = append(list, b)
	}
	return list
}

func logExpr(log *slog.Logger, point string) func(context.Context, string, error) {
	return func(ctx context.Context, id string, err error) {
		log.WarnContext(ctx, "expression broke", "point", point, "hook", id, "error", err)
	}
}
