package plugins_test

import (
	"context"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/plugins/internal/asm"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// TestAllowance: all requests of a batch share the work that a plugin may do in one call,
// whatever on_error says; beyond it they are refused, which is not a failure of the plugin.
// Separate requests are not limited together.
func TestAllowance(t *testing.T) {
	const calls = 40
	m := &asm.Module{}
	m.Memory(1, 0)
	m.Marker()
	count := asm.Cat(asm.Local(0), asm.I32(1), asm.Op(asm.Add), []byte{0x22, 0}, asm.I32(20_000), asm.Op(asm.LtU), asm.BrIf(0))
	m.Export("on_auth_expire", m.FuncLocals("", "i", "i", asm.Loop(count), asm.I32(0)))
	for _, tc := range []struct {
		name     string
		binding  plugins.Binding
		together string
		fuel     int64
		refused  bool
	}{
		{"alone", plugins.Binding{OnError: plugins.Deny}, "", 100_000, false},
		{"together", plugins.Binding{OnError: plugins.Deny}, "batch", 100_000, true},
		{"together, skipped on error", plugins.Binding{OnError: plugins.Skip}, "batch", 100_000, true},
		{"together, a shadow", plugins.Binding{Shadow: true}, "batch", 100_000, false},
		{"together, a modest one", plugins.Binding{OnError: plugins.Deny}, "batch", 100_000_000, false},
		{"one request", plugins.Binding{OnError: plugins.Deny}, "request", 100_000, true},
		{"one request, skipped on error", plugins.Binding{OnError: plugins.Skip}, "request", 100_000, true},
		{"one request, a shadow", plugins.Binding{Shadow: true}, "request", 100_000, false},
		{"one request, a modest one", plugins.Binding{OnError: plugins.Deny}, "request", 100_000_000, false},
		{"a batch in a request", plugins.Binding{OnError: plugins.Deny}, "both", 100_000, true},
	} {
		p := load(t, plugins.Config{}, plugins.Spec{Module: m.Bytes(), Limits: manifest.Limits{Fuel: tc.fuel}})
		point := filter("auth-expire")
		if err := p.Bind(point, tc.binding); err != nil {
			t.Fatal(err)
		}
		for range 2 { // batches
			ctx, refused, reason := context.Background(), 0, api.ReasonManyReadings
			if tc.together == "request" || tc.together == "both" {
				counted := new(api.Counted)
				counted.Begin(ctx)
				ctx = counted
			}
			if tc.together == "batch" || tc.together == "both" {
				ctx, reason = api.WithAllowance(ctx), route.ReasonBadBatch
			}
			for i := range calls {
				_, err := point.Apply(ctx, newEvent())
				if err == nil && refused == 0 {
					continue
				}
				refused++
				if e := api.AsError(err); err == nil || e.Code != api.Invalid || e.Reason != reason || i == 0 {
					t.Errorf("%s: call %d: %v", tc.name, i, err)
				}
			}
			if (refused > 0) != tc.refused {
				t.Errorf("%s: %d of %d calls are refused", tc.name, refused, calls)
			}
		}
		if !p.Paused().IsZero() {
			t.Errorf("%s: the plugin is disabled", tc.name)
		}
	}
}
