package core

import (
	"context"
	"time"
)

// tellBounded logs, once for each kind of token of a layout, that the policy bounds a
// lifetime which configuration or a hook chose.
func (e *Engine) tellBounded(ctx context.Context, kind, layout string, chosen, bounded time.Duration) {
	if chosen.Truncate(time.Second) == bounded {
		return
	}
	if _, told := e.bounded.LoadOrStore(kind+" "+layout, true); told {
		return
	}
	e.log.WarnContext(ctx, "the lifetime of tokens is bounded by the policy: change it, or the shortest and longest lifetime",
		"kind", kind, "layout", layout, "chosen", chosen.String(), "lifetime", bounded.String())
}
