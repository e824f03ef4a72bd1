package app

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
)

// TestReportExprFaults: an expression that fails on client input logs a short line at most once a
// second, and every failure is counted.
func TestReportExprFaults(t *testing.T) {
	var log bytes.Buffer
	n := 0.0
	report := reportExprFaults(slog.New(slog.NewTextHandler(&log, nil)), func(by float64, _ ...string) { n += by }, "route-access")
	for range 100 {
		report(t.Context(), "hooks[0]", errors.New(strings.Repeat("x\n", 30_000)))
	}
	if log.Len() == 0 || log.Len() > 10<<10 || n != 100 {
		t.Errorf("100 failures make %d bytes of log and are counted %v times", log.Len(), n)
	}
}
