package plugins_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/internal/asm"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

const extend = 0xAC // i64.extend_i32_s

// result loads a guest whose hook stores the value pushed by call as claim.result.
func result(t *testing.T, point string, grants manifest.Grants, call func(g *guest) []byte) string {
	t.Helper()
	g := newGuest()
	key := map[string]string{"token-claims": "claim.result", "auth-expire": "lifetime"}[point]
	g.hook(point, g.callWithResult(key, call(g)), asm.I32(0))
	p := load(t, plugins.Config{}, plugins.Spec{Module: g.Bytes(), Grants: grants, Config: map[string]string{"k": "value"}})
	got, err := bind(t, p, point, plugins.Deny).Apply(context.Background(), newEvent())
	if err != nil {
		t.Fatal(err)
	}
	return got.text(key)
}

func (g *guest) callWithResult(key string, call []byte) []byte {
	return asm.Cat(g.text(key), call, asm.Op(extend), asm.Call(g.calls["set_i64"]), asm.Op(asm.Drop))
}

func TestHostCalls_results(t *testing.T) {
	grants := manifest.Grants{Read: []string{"user.login"}, Write: []string{"claim.*"}}
	long := strings.Repeat("x", abi.MaxValue+1)
	for _, test := range []struct {
		name string
		call func(g *guest) []byte
		want string
	}{
		{"get", func(g *guest) []byte { return g.call("get", g.text("user.login"), asm.I32(0), asm.I32(8)) }, "3"},
		{"get of what may be written", func(g *guest) []byte { return g.call("get", g.text("claim.old"), asm.I32(0), asm.I32(8)) }, "3"},
		{"get integer as text", func(g *guest) []byte { return g.call("get", g.text("claim.n"), asm.I32(0), asm.I32(8)) }, "1"},
		{"get absent", func(g *guest) []byte { return g.call("get", g.text("claim.none"), asm.I32(0), asm.I32(8)) }, "-1"},
		{"get unknown key", func(g *guest) []byte { return g.call("get", g.text("password"), asm.I32(0), asm.I32(8)) }, "-1"},
		{"get not granted", func(g *guest) []byte { return g.call("get", g.text("user.email"), asm.I32(0), asm.I32(8)) }, "-2"},
		{"get too small a buffer", func(g *guest) []byte { return g.call("get", g.text("user.login"), asm.I32(0), asm.I32(2)) }, "3"},
		{"get no buffer", func(g *guest) []byte { return g.call("get", g.text("user.login"), asm.I32(-1), asm.I32(0)) }, "3"},
		{"get buffer outside", func(g *guest) []byte { return g.call("get", g.text("user.login"), asm.I32(65535), asm.I32(64)) }, "-3"},
		{"key outside", func(g *guest) []byte { return g.call("get", asm.I32(-16), asm.I32(32), asm.I32(0), asm.I32(8)) }, "-3"},
		{"key of length -1", func(g *guest) []byte { return g.call("get", asm.I32(0), asm.I32(-1), asm.I32(0), asm.I32(8)) }, "-3"},
		{"key over the edge", func(g *guest) []byte { return g.call("get", asm.I32(65535), asm.I32(2), asm.I32(0), asm.I32(8)) }, "-3"},
		{"empty key", func(g *guest) []byte { return g.call("get", asm.I32(0), asm.I32(0), asm.I32(0), asm.I32(8)) }, "-3"},
		{"key not UTF-8", func(g *guest) []byte { return g.call("get", g.text("claim.\xff"), asm.I32(0), asm.I32(8)) }, "-3"},
		{"key with a line break", func(g *guest) []byte { return g.call("set", g.text("claim.a\nb"), g.text("x")) }, "-3"},
		{"key too long", func(g *guest) []byte {
			return g.call("set", g.text("claim."+strings.Repeat("k", abi.MaxKey)), g.text("x"))
		}, "-3"},
		{"set", func(g *guest) []byte { return g.call("set", g.text("claim.a"), g.text("x")) }, "0"},
		{"set empty", func(g *guest) []byte { return g.call("set", g.text("claim.a"), asm.I32(0), asm.I32(0)) }, "0"},
		{"set not granted", func(g *guest) []byte { return g.call("set", g.text("user.login"), g.text("root")) }, "-2"},
		{"set unknown key", func(g *guest) []byte { return g.call("set", g.text("nonsense"), g.text("x")) }, "-3"},
		{"set value outside", func(g *guest) []byte { return g.call("set", g.text("claim.a"), asm.I32(-1), asm.I32(2)) }, "-3"},
		{"set value not UTF-8", func(g *guest) []byte { return g.call("set", g.text("claim.a"), g.text("\xed\xa0\x80")) }, "-3"},
		{"set too large", func(g *guest) []byte { return g.call("set", g.text("claim.a"), g.text(long)) }, "-4"},
		{"set_json", func(g *guest) []byte { return g.call("set_json", g.text("claim.a"), g.text(`{"a":[1,null,true]}`)) }, "0"},
		{"set_json twice a name", func(g *guest) []byte { return g.call("set_json", g.text("claim.a"), g.text(`{"a":1,"a":2}`)) }, "-3"},
		{"set_json two values", func(g *guest) []byte { return g.call("set_json", g.text("claim.a"), g.text(`1 2`)) }, "-3"},
		{"set_json half", func(g *guest) []byte { return g.call("set_json", g.text("claim.a"), g.text(`{"a":`)) }, "-3"},
		{"set_json deep", func(g *guest) []byte {
			return g.call("set_json", g.text("claim.a"), g.text(strings.Repeat("[", 100)+strings.Repeat("]", 100)))
		}, "-3"},
		{"set_json out of range", func(g *guest) []byte { return g.call("set_json", g.text("claim.a"), g.text(`1e999`)) }, "-3"},
		{"set_json NaN", func(g *guest) []byte { return g.call("set_json", g.text("claim.a"), g.text(`NaN`)) }, "-3"},
		{"del", func(g *guest) []byte { return g.call("del", g.text("claim.old")) }, "0"},
		{"del not granted", func(g *guest) []byte { return g.call("del", g.text("user.login")) }, "-2"},
		{"keys", func(g *guest) []byte { return g.call("keys", g.text("claim."), asm.I32(0), asm.I32(64)) }, "18"},
		{"keys after del", func(g *guest) []byte {
			return asm.Cat(g.call("del", g.text("claim.old")), asm.Op(asm.Drop), g.call("keys", g.text("claim."), asm.I32(0), asm.I32(64)))
		}, "8"},
		{"keys after set", func(g *guest) []byte {
			return asm.Cat(g.set("claim.z", "1"), g.call("keys", g.text("claim."), asm.I32(0), asm.I32(64)))
		}, "26"},
		{"keys hides what is not granted", func(g *guest) []byte { return g.call("keys", g.text("user."), asm.I32(0), asm.I32(64)) }, "11"},
		{"keys of nothing", func(g *guest) []byte { return g.call("keys", g.text("x"), asm.I32(0), asm.I32(64)) }, "0"},
		{"reads its own writes", func(g *guest) []byte {
			return asm.Cat(g.set("claim.old", "longer"), g.call("get", g.text("claim.old"), asm.I32(0), asm.I32(64)))
		}, "6"},
		{"reads its own deletes", func(g *guest) []byte {
			return asm.Cat(g.call("del", g.text("claim.old")), asm.Op(asm.Drop), g.call("get", g.text("claim.old"), asm.I32(0), asm.I32(64)))
		}, "-1"},
		{"config", func(g *guest) []byte { return g.call("config_get", g.text("k"), asm.I32(0), asm.I32(64)) }, "5"},
		{"config absent", func(g *guest) []byte { return g.call("config_get", g.text("none"), asm.I32(0), asm.I32(64)) }, "-1"},
		{"config key outside", func(g *guest) []byte { return g.call("config_get", asm.I32(-1), asm.I32(2), asm.I32(0), asm.I32(64)) }, "-3"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := result(t, "token-claims", grants, test.call); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// TestHostCalls_capped: without the right, a lifetime can only be shortened, and a route
// only be closed.
func TestHostCalls_capped(t *testing.T) {
	lifetime := manifest.Grants{Write: []string{"lifetime", "exp"}}
	extended := manifest.Grants{Write: []string{"*"}, Allow: []string{abi.AllowExtend}}
	for _, test := range []struct {
		name, key string
		n         int64
		grants    manifest.Grants
		want      string
	}{
		{"shorter", "lifetime", 7200, lifetime, "7200"},
		{"longer", "lifetime", 604801, lifetime, "604800"},
		{"negative", "lifetime", -1, lifetime, "-1"}, // the engine's minimum comes after
		{"longer by exp", "exp", 1604801, lifetime, "604800"},
		{"longer with the right", "lifetime", 604801, extended, "604801"},
		{"no grant", "lifetime", 7200, manifest.Grants{}, "604800"},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := newGuest()
			g.hook("auth-expire", g.call("set_i64", g.text(test.key), asm.I64(test.n)), asm.Op(asm.Drop), asm.I32(0))
			p := load(t, plugins.Config{}, plugins.Spec{Module: g.Bytes(), Grants: test.grants})
			got, err := bind(t, p, "auth-expire", plugins.Deny).Apply(context.Background(), newEvent())
			if err != nil || got.text("lifetime") != test.want {
				t.Errorf("lifetime %s (%v), want %s", got.text("lifetime"), err, test.want)
			}
		})
	}
	for _, test := range []struct {
		value, was, want string
		allow            []string
	}{{"true", "false", "false", nil}, {"true", "false", "true", []string{abi.AllowWiden}}, {"false", "true", "false", nil}, {"maybe", "false", "false", []string{abi.AllowWiden}}} {
		g := newGuest()
		g.hook("route-exclusion", g.set("public", test.value), asm.I32(0))
		p := load(t, plugins.Config{}, plugins.Spec{Module: g.Bytes(), Grants: manifest.Grants{Write: []string{"public"}, Allow: test.allow}})
		e := newEvent()
		e.fields["public"] = hooks.Bool(test.was == "true")
		got, err := bind(t, p, "route-exclusion", plugins.Deny).Apply(context.Background(), e)
		if err != nil || got.text("public") != test.want {
			t.Errorf("public %s set to %s with %v: %s (%v), want %s", test.was, test.value, test.allow, got.text("public"), err, test.want)
		}
	}
}

// TestHostCalls_readOnly: no grant makes a read-only key writable.
func TestHostCalls_readOnly(t *testing.T) {
	got := result(t, "token-claims", all(), func(g *guest) []byte { return g.call("set", g.text("user.login"), g.text("root")) })
	if got != "-2" {
		t.Errorf("got %s, want -2", got)
	}
}

// TestHostCalls_manifestBounds: what the manifest does not request is not granted.
func TestHostCalls_manifestBounds(t *testing.T) {
	g := newGuest()
	g.hook("token-claims", g.set("claim.asked", "1"), g.set("claim.other", "1"), asm.I32(0))
	manifest := `{"name":"m","version":"1","abi":{"major":1,"minor":0},"hooks":["token-claims"],"grants":{"write":["claim.asked"]}}`
	p := load(t, plugins.Config{}, plugins.Spec{Module: g.Bytes(), Manifest: []byte(manifest), Grants: all()})
	got, err := bind(t, p, "token-claims", plugins.Deny).Apply(context.Background(), newEvent())
	if err != nil || got.text("claim.asked") != "1" || got.text("claim.other") != "" {
		t.Errorf("got %v, %v; want claim.asked 1 and no claim.other", got.fields, err)
	}
}

// TestHostCalls_headerText: a value that would become a second header fails at commit, like
// every value that the point refuses.
func TestHostCalls_headerText(t *testing.T) {
	for value, want := range map[string]string{"a b": "", "a\r\nX-Auth-User: root": plugins.FaultCommit, "Anna ": plugins.FaultCommit} {
		g := newGuest()
		g.hook("identity-headers", g.set("header.X-Tier", value), asm.I32(0))
		p := load(t, plugins.Config{}, plugins.Spec{Module: g.Bytes(), Grants: manifest.Grants{Write: []string{"header.X-Tier"}}})
		judge := func(_ context.Context, _, after *event, keyed bool) error {
			if v := after.text("header.X-Tier"); !keyed || strings.TrimSpace(v) != v || strings.Contains(v, "\n") {
				return &hooks.ValueError{Key: "header.X-Tier", Rule: "must be one line"}
			}
			return nil
		}
		_, err := bind(t, p, "identity-headers", plugins.Deny).ApplyJudged(context.Background(), newEvent(), judge)
		class := ""
		if f, ok := errors.AsType[*plugins.Fault](err); ok {
			class = f.Class
		}
		if class != want || want != "" && api.AsError(err).Public != "refused: plugin test failed at identity-headers: header.X-Tier must be one line" {
			t.Errorf("%q: got %v, want class %q", value, err, want)
		}
	}
}

func TestHostCalls_flood(t *testing.T) {
	g := newGuest()
	g.hook("auth-expire", g.set("lifetime", "1"), asm.Loop(g.call("now_ms"), asm.Op(asm.Drop), asm.Br(0)), asm.I32(0))
	fault := ""
	p := load(t, plugins.Config{OnFault: func(_ context.Context, f *plugins.Fault) { fault = f.Class }},
		plugins.Spec{Module: g.Bytes(), Grants: all()})
	if _, err := bind(t, p, "auth-expire", plugins.Deny).Apply(context.Background(), newEvent()); err == nil || fault != plugins.FaultCalls {
		t.Errorf("got %v, class %q; want %q", err, fault, plugins.FaultCalls)
	}
}

func TestHostCalls_badResultPointer(t *testing.T) {
	g := newGuest()
	g.hook("auth-expire", g.call("get_i64", g.text("lifetime"), asm.I32(-2)), asm.Op(asm.Drop), asm.I32(0))
	if _, err := run(t, g, "auth-expire", plugins.Deny); err == nil || !strings.Contains(err.Error(), "result pointer") {
		t.Errorf("got %v, want an error with %q", err, "result pointer")
	}
}

func TestHostCalls_journalLimits(t *testing.T) {
	for name, limits := range map[string]manifest.Limits{"entries": {JournalEntries: 1}, "bytes": {JournalBytes: 14}} {
		g := newGuest()
		g.hook("token-claims", g.set("claim.a", "1234"), g.set("claim.b", "1234"), asm.I32(0))
		p := load(t, plugins.Config{}, plugins.Spec{Module: g.Bytes(), Grants: all(), Limits: limits})
		got, err := bind(t, p, "token-claims", plugins.Deny).Apply(context.Background(), newEvent())
		if err != nil || got.text("claim.a") != "1234" || got.text("claim.b") != "" {
			t.Errorf("%s: got %v, %v; want only claim.a", name, got.fields, err)
		}
	}
}

func TestHostCalls_log(t *testing.T) {
	g := newGuest()
	g.hook("auth-expire",
		g.call("log", asm.I32(abi.Warn), g.text("first\nline")),
		g.call("log", asm.I32(99), g.text(strings.Repeat("x", 5000))),
		g.call("log", asm.I32(abi.Info), g.text("never seen")),
		g.call("log", asm.I32(abi.Info), asm.I32(-1), asm.I32(2)),
		asm.I32(0))
	var out strings.Builder
	p := load(t, plugins.Config{Logger: logTo(&out)}, plugins.Spec{Module: g.Bytes(), Grants: all()})
	if _, err := bind(t, p, "auth-expire", plugins.Deny).Apply(context.Background(), newEvent()); err != nil {
		t.Fatal(err)
	}
	got := out.String()
	if !strings.Contains(got, `level=WARN msg="first\nline" plugin=test`) || !strings.Contains(got, "point=auth-expire") || !strings.Contains(got, "level=ERROR msg=xxx") {
		t.Errorf("log is %.300s", got)
	}
	if strings.Contains(got, "never seen") || strings.Count(got, "x") > abi.LogBytes {
		t.Errorf("the log's limit did not hold: %d bytes", len(got))
	}
}

// TestHostCalls_configure: configure can read the configuration, and has no event.
func TestHostCalls_configure(t *testing.T) {
	g := newGuest()
	g.Export("configure", g.Func("", "i",
		g.call("set", g.text("claim.a"), g.text("x")), asm.I32(abi.Unavailable), asm.Op(0x47), asm.If(asm.I32(1), asm.Op(asm.Return)),
		g.call("keys", g.text(""), asm.I32(0), asm.I32(0)), asm.I32(abi.Unavailable), asm.Op(0x47), asm.If(asm.I32(2), asm.Op(asm.Return)),
		g.call("config_get", g.text("k"), asm.I32(0), asm.I32(4)), asm.I32(3), asm.Op(0x47), asm.If(asm.I32(3), asm.Op(asm.Return)),
		g.call("fail", g.text("k must be a number")), asm.I32(-1)))
	g.hook("auth-expire", asm.I32(0))
	_, err := openHost(t, plugins.Config{}).Load(context.Background(), plugins.Spec{Name: "c", Module: g.Bytes(), Config: map[string]string{"k": "abc"}})
	if err == nil || !strings.Contains(err.Error(), "refuses its configuration: k must be a number") {
		t.Errorf("got %v, want an error with %q", err, "refuses its configuration: k must be a number")
	}
}

func TestHostCalls_clock(t *testing.T) {
	g := newGuest()
	g.hook("token-claims", asm.Cat(g.text("claim.now"), g.call("now_ms"), asm.Call(g.calls["set_i64"])), asm.Op(asm.Drop), asm.I32(0))
	p := load(t, plugins.Config{Now: func() time.Time { return time.UnixMilli(1234567) }}, plugins.Spec{Module: g.Bytes(), Grants: all()})
	got, err := bind(t, p, "token-claims", plugins.Deny).Apply(context.Background(), newEvent())
	if err != nil || got.text("claim.now") != "1234567" {
		t.Errorf("got %v, %v; want claim.now 1234567", got.fields, err)
	}
}

// TestHostCalls_keyInPlace: rights are looked up by the key that is at the address now, not
// by an earlier one.
func TestHostCalls_keyInPlace(t *testing.T) {
	g := newGuest()
	key := g.text("claim.a")
	at := g.next - int32(len("claim.a")) - 1
	set := func(value string) []byte { return asm.Cat(g.call("set", key, g.text(value)), asm.Op(asm.Drop)) }
	g.hook("token-claims", set("x"), asm.I32(at+6), asm.I32('b'), []byte{0x3A, 0, 0}, set("of claim.b"), asm.I32(0))
	p := load(t, plugins.Config{}, plugins.Spec{Module: g.Bytes(), Grants: manifest.Grants{Write: []string{"claim.a"}}, Isolation: plugins.Reset})
	point := bind(t, p, "token-claims", plugins.Deny)
	for range 2 {
		got, err := point.Apply(context.Background(), newEvent())
		if _, there := got.fields["claim.b"]; err != nil || there || got.text("claim.a") != "x" {
			t.Errorf("got %v, %v; want claim.a x and no claim.b", got.fields, err)
		}
	}
}
