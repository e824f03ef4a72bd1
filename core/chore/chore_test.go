package chore_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/chore"
)

// TestChore_failures: a repeated failure is logged the 1st, 2nd, 4th... time with the
// count, and once when it is over.
func TestChore_failures(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	log := &strings.Builder{}
	calls := 0
	do := func(context.Context) error {
		calls++
		switch {
		case calls <= 20:
			return errors.New("no keys")
		case calls == 23:
			cancel()
		}
		return nil
	}
	chore.Chore{Name: "keys", Every: time.Millisecond, Do: do}.Repeat(ctx, slog.New(slog.NewTextHandler(log, nil)))
	got := log.String()
	for _, want := range []string{"failures=1 ", "failures=2 ", "failures=4 ", "failures=8 ", "failures=16 ", `msg="background task works again" task=keys failures=20`} {
		if !strings.Contains(got, want) {
			t.Errorf("no line with %s in\n%s", want, got)
		}
	}
	if n := strings.Count(got, "\n"); n != 6 {
		t.Errorf("%d lines, want 6:\n%s", n, got)
	}
}
