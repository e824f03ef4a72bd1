package core_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
)

// TestHook_failuresLogged: a client cannot fill the log through a failing hook.
func TestHook_failuresLogged(t *testing.T) {
	h := newTestEngine(t, nil)
	h.Hooks().RouteAccess.Bind("broken", func(_ context.Context, a core.Access) (core.Access, error) {
		return a, errors.New(strings.Repeat(a.Attempt.Header.Get("X-Text"), 100))
	})
	header := bearer(h.token("alice"))
	header["X-Text"] = []string{strings.Repeat("text\n", 1000)}
	before := len(h.log.String())
	for range 50 {
		h.decide("/api/x", header)
	}
	if size := len(h.log.String()) - before; size == 0 || size > 10<<10 {
		t.Errorf("50 failures of a hook make %d bytes of log", size)
	}
	h.logged("hook=broken")
}
