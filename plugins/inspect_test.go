package plugins_test

import (
	"context"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/plugins/internal/asm"
)

// TestHost_Inspect reports the fuel of a start, and describes even a plugin that cannot
// start.
func TestHost_Inspect(t *testing.T) {
	plugins.NeedsCompiler(t)
	forever := asm.Loop(asm.Br(0))
	for _, test := range []struct {
		name, says string
		configure  []byte
		forever    bool
	}{
		{"starts", "", asm.I32(0), false},
		{"refuses", "it refuses its configuration: status -7", asm.I32(-7), false},
		{"runs on", "out of fuel", asm.Cat(forever, asm.I32(0)), true},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := newGuest().hook("token-claims", asm.I32(0))
			g.Export("_initialize", g.Func("", ""))
			g.Export("configure", g.Func("", "i", test.configure))
			got, err := openHost(t, plugins.Config{}).Inspect(context.Background(), plugins.Spec{Name: "test", Module: g.Bytes(), Grants: all()})
			if err != nil || len(got.Start) != 2 || len(got.Hooks) != 1 {
				t.Fatalf("got %+v, %v; want one hook and two steps", got, err)
			}
			first, last := got.Start[0], got.Start[1]
			if first.Error != "" || first.Fuel < 1 || first.Fuel >= first.Limit {
				t.Errorf("_initialize: %+v", first)
			}
			if (last.Fuel == last.Limit) != test.forever || !strings.Contains(last.Error, test.says) || (last.Error == "") != (test.says == "") {
				t.Errorf("configure: %+v, want %q", last, test.says)
			}
		})
	}
}

func TestHost_Inspect_mistakes(t *testing.T) {
	host := openHost(t, plugins.Config{})
	if _, err := host.Inspect(context.Background(), plugins.Spec{Name: "test", Module: []byte("no module")}); err == nil || !strings.Contains(err.Error(), "plugin test: not a module") {
		t.Errorf("Inspect: got %v, want an error with %q", err, "plugin test: not a module")
	}
	if _, err := host.Inspect(context.Background(), plugins.Spec{Name: "test", Module: (&asm.Module{}).Bytes()}); err == nil || !strings.Contains(err.Error(), "exports no hook") {
		t.Errorf("Inspect: got %v, want an error with %q", err, "exports no hook")
	}
}
