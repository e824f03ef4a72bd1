package app

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
)

// TestTellExpr: an expression that fails on client input logs a short line at most once a
// second, and every failure is counted.
func TestTellExpr(t *testing.T) {
	var log bytes.Buffer
	n := 0.0
	tell := tellExpr(slog.New(slog.NewTextHandler(&log, nil)), func(by float64, _ ...string) { n += by }, "route-access")
	for range 100 {
		tell(t.Context(), "hooks[0]", errors.New(strings.Repeat("x\n", 30_000)))
	}
	if log.Len() == 0 || log.Len() > 10<<10 || n != 100 {
		t.Errorf("100 failures make %d bytes of log and are counted %v times", log.Len(), n)
	}
}
