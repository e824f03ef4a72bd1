package plugins_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/internal/asm"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// burned returns the fuel that a hook with that body uses at token-claims, and the class of
// its fault.
func burned(t *testing.T, limits manifest.Limits, body func(g *guest) []byte) (fuel int64, class string) {
	t.Helper()
	network := roundTripper(func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 204, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
	})
	g := newGuest("kv_put", "http_fetch")
	g.hook("token-claims", body(g), asm.I32(0))
	cfg := plugins.Config{
		HTTP: network, OnCall: func(_ context.Context, c plugins.Call) { fuel = c.Fuel },
		OnFault: func(_ context.Context, f *plugins.Fault) { class = f.Class },
	}
	spec := plugins.Spec{Module: g.Bytes(), Grants: granted(manifest.HTTPGrant{URL: "https://a.example/"}), Limits: limits, Config: map[string]string{"long": strings.Repeat("x", 1600)}}
	_, _ = bind(t, load(t, cfg, spec), "token-claims", plugins.Deny).Apply(context.Background(), newEvent())
	return fuel, class
}

// TestHostFuel_bySize: the fuel for work of the host depends on the size of its arguments.
func TestHostFuel_bySize(t *testing.T) {
	long := strings.Repeat("x", 1600)
	drop := asm.Op(asm.Drop)
	for _, test := range []struct {
		name         string
		short, large func(g *guest) []byte
		more         int64
	}{
		{"set", func(g *guest) []byte { return g.set("claim.x", "") }, func(g *guest) []byte { return g.set("claim.x", long) }, 1600 / abi.FuelBytes},
		{"set_json",
			func(g *guest) []byte { return asm.Cat(g.call("set_json", g.text("claim.x"), g.text("")), drop) },
			func(g *guest) []byte {
				return asm.Cat(g.call("set_json", g.text("claim.x"), g.text(`"`+long[2:]+`"`)), drop)
			},
			1600/abi.FuelBytes + 1600*abi.FuelJSON},
		{"key", func(g *guest) []byte { return g.set("", "") }, func(g *guest) []byte { return g.set(long, "") }, 1600 / abi.FuelBytes},
		{"config_get",
			func(g *guest) []byte {
				return asm.Cat(g.call("config_get", g.text("none"), asm.I32(8192), asm.I32(4096)), drop)
			},
			func(g *guest) []byte {
				return asm.Cat(g.call("config_get", g.text("long"), asm.I32(8192), asm.I32(4096)), drop)
			},
			1600 / abi.FuelBytes},
		{"kv_put",
			func(g *guest) []byte { return asm.Cat(g.call("kv_put", g.text("k"), g.text(""), asm.I32(60)), drop) },
			func(g *guest) []byte { return asm.Cat(g.call("kv_put", g.text("k"), g.text(long), asm.I32(60)), drop) },
			1600 / abi.FuelBytes},
		{"http_fetch",
			func(g *guest) []byte {
				return asm.Cat(g.call("http_fetch", g.text(""), asm.I32(8192), asm.I32(0)), drop)
			},
			func(g *guest) []byte {
				return asm.Cat(g.call("http_fetch", g.text(long), asm.I32(8192), asm.I32(0)), drop)
			},
			1600/abi.FuelBytes + 1600*abi.FuelRequest},
		{"keys",
			func(g *guest) []byte {
				return asm.Cat(g.call("keys", g.text("none."), asm.I32(8192), asm.I32(0)), drop)
			},
			func(g *guest) []byte {
				return asm.Cat(g.call("keys", g.text("claim"), asm.I32(8192), asm.I32(0)), drop)
			},
			2*abi.FuelName + int64(len("claim.n\x00claim.old\x00"))/abi.FuelBytes},
	} {
		little, _ := burned(t, manifest.Limits{}, test.short)
		much, _ := burned(t, manifest.Limits{}, test.large)
		if again, _ := burned(t, manifest.Limits{}, test.large); again != much {
			t.Errorf("%s: %d units, then %d", test.name, much, again)
		}
		if much-little != test.more {
			t.Errorf("%s: %d units more, want %d", test.name, much-little, test.more)
		}
	}
}

// TestHostFuel_bounds: repeatedly parsing invalid JSON runs out of fuel, and a value too
// large for the journal is not parsed.
func TestHostFuel_bounds(t *testing.T) {
	twice := `{"a":0,` + strings.Repeat(`"b":[1,1,1,1,1,1,1,1],`, 350) + `"a":1}`
	parse := func(g *guest) []byte {
		return asm.Repeat(250, asm.Cat(g.call("set_json", g.text("claim.x"), g.text(twice)), asm.Op(asm.Drop)))
	}
	if _, class := burned(t, manifest.Limits{}, parse); class != plugins.FaultFuel {
		t.Errorf("class %q, want %s", class, plugins.FaultFuel)
	}
	fuel, class := burned(t, manifest.Limits{JournalBytes: 1000}, parse)
	if class != "" || fuel > 250*200 {
		t.Errorf("without memory: %d units, class %q", fuel, class)
	}
}
