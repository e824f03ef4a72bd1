package api_test

import (
	"context"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

type key string

// TestAllowance: in a batch all hooks of a plugin share one allowance, in a single request
// each has its own; without an allowance nothing is counted.
func TestAllowance(t *testing.T) {
	alone := new(api.Counted)
	alone.Begin(context.WithValue(t.Context(), key("k"), 7))
	for name, tc := range map[string]struct {
		ctx          context.Context
		both, single int64
	}{
		"nothing": {context.Background(), 0, 0},
		"batch":   {api.WithAllowance(t.Context()), 5, 5},
		"request": {alone, 2, 3},
		"inner":   {api.WithAllowance(alone), 5, 5},
	} {
		a := api.AllowanceOf(tc.ctx)
		a.Add("p", "x", 1, time.Second)
		a.Add("p", "x", 1, time.Second)
		a.Add("p", "y", 3, time.Second)
		a.Add("q", "x", 100, time.Second)
		if x, y := a.Used("p", "x").Fuel, a.Used("p", "y").Fuel; x != tc.both || y != tc.single {
			t.Errorf("%s: got %d, %d; want %d and %d", name, x, y, tc.both, tc.single)
		}
		if got := a.IsOneRequest(); got != (name == "request") {
			t.Errorf("%s: one request is %t", name, got)
		}
	}
	if alone.Value(key("k")) != 7 || api.AllowanceOf(context.WithValue(alone, key("l"), 1)) != api.AllowanceOf(alone) {
		t.Error("values are not those of the context below")
	}
}
