package plugins_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/internal/asm"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// TestHostCalls_ranges: every host call that reads a text refuses one outside of the
// memory, one that is not UTF-8, and one that is too long.
func TestHostCalls_ranges(t *testing.T) {
	outside := asm.Cat(asm.I32(-16), asm.I32(32))
	edge := asm.Cat(asm.I32(65535), asm.I32(2))
	cfg := plugins.Config{Rand: bytes.NewReader(make([]byte, 1<<10))}
	spec := plugins.Spec{Grants: granted(manifest.HTTPGrant{URL: "https://a.example"}), Secrets: map[string]api.Secret{"token": "x"}, Config: map[string]string{"k": "v"}}
	for name, tc := range map[string]struct{ binary, long string }{
		"get": {"-3", "-3"}, "keys": {"-3", "-3"}, "get_all": {"-3", "-3"}, "config_get": {"-1", "-1"}, "secret_get": {"-3", "-3"}, "kv_get": {"-3", "-3"}, "http_fetch": {"-3", "-3"},
	} {
		buffer := asm.Cat(asm.I32(0), asm.I32(8))
		for what, row := range map[string]struct {
			text func(g *guest) []byte
			want string
		}{
			"outside": {func(*guest) []byte { return outside }, "-3"}, "over the edge": {func(*guest) []byte { return edge }, "-3"},
			"no text": {func(g *guest) []byte { return g.text("a\xff") }, tc.binary}, "too long": {func(g *guest) []byte { return g.text(strings.Repeat("k", abi.MaxKey+1)) }, tc.long},
		} {
			got := outcome(t, cfg, spec, []string{"secret_get", "kv_get", "kv_put", "kv_incr", "http_fetch"}, func(g *guest) []byte { return g.call(name, row.text(g), buffer) })
			if got != row.want {
				t.Errorf("%s, %s: got %s, want %s", name, what, got, row.want)
			}
		}
	}
	for name, tc := range map[string]struct {
		call func(g *guest) []byte
		want string
	}{
		"random":             {func(g *guest) []byte { return g.call("random", asm.I32(64), asm.I32(4)) }, "0"},
		"random outside":     {func(g *guest) []byte { return g.call("random", asm.I32(-4), asm.I32(8)) }, "-3"},
		"an enabled level":   {func(g *guest) []byte { return g.call("log_enabled", asm.I32(3)) }, "0"}, // nobody reads it
		"a value of no text": {func(g *guest) []byte { return g.call("kv_put", g.text("k"), g.text("\xff"), asm.I32(60)) }, "-3"},
		"a value outside":    {func(g *guest) []byte { return g.call("kv_put", g.text("k"), edge, asm.I32(60)) }, "-3"},
		"a value that is large": {func(g *guest) []byte {
			return g.call("kv_put", g.text("k"), g.text(strings.Repeat("v", abi.MaxValue+1)), asm.I32(60))
		}, "-4"},
		"no time to live":  {func(g *guest) []byte { return g.call("kv_put", g.text("k"), g.text("v"), asm.I32(0)) }, "-3"},
		"the longest life": {func(g *guest) []byte { return g.call("kv_put", g.text("k"), g.text("v"), asm.I32(abi.MaxTTL)) }, "0"},
		"a longer life":    {func(g *guest) []byte { return g.call("kv_put", g.text("k"), g.text("v"), asm.I32(abi.MaxTTL+1)) }, "-3"},
	} {
		if got := outcome(t, cfg, spec, []string{"kv_put"}, tc.call); got != tc.want {
			t.Errorf("%s: got %s, want %s", name, got, tc.want)
		}
	}
}
