package plugins_test

import (
	"context"
	"testing"

	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/internal/asm"
)

// TestOnCall: OnCall gets the result and cost of every call.
func TestOnCall(t *testing.T) {
	var calls []plugins.Call
	cfg := plugins.Config{OnCall: func(_ context.Context, c plugins.Call) { calls = append(calls, c) }}
	g := newGuest()
	g.hook("token-claims", g.set("claim.tier", "gold"), asm.Cat(g.call("del", g.text("claim.old")), asm.Op(asm.Drop)), asm.I32(int32(abi.Stop)))
	p := load(t, cfg, plugins.Spec{Module: g.Bytes(), Grants: all()})
	if _, err := bind(t, p, "token-claims", plugins.Deny).Apply(context.Background(), newEvent()); err != nil {
		t.Fatal(err)
	}
	if len(calls) != 1 {
		t.Fatalf("observed %d calls, want 1", len(calls))
	}
	got := calls[0]
	if got.Plugin != "test" || got.Point != "token-claims" || got.Status != abi.Stop || got.Err != nil || got.HostCalls != 2 || got.Fuel <= 0 {
		t.Errorf("got the call %+v, want one stopped at token-claims after two host calls", got)
	}
	if len(got.Changes) != 2 || got.Changes[0].Value.Text() != "gold" || !got.Changes[1].Deleted {
		t.Errorf("changes = %+v", got.Changes)
	}
}
