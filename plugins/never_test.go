package plugins_test

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/internal/asm"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// everyKey returns each key of each point, one of each family, and keys that no point has.
func everyKey() []string {
	keys := []string{"password", "user.password", "secret", "token", "access_token", "user", "claim", "req.header", ""}
	for _, p := range abi.Points() {
		for _, k := range p.Keys {
			keys = append(keys, strings.Replace(k.Name, "*", "x", 1))
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)[1:]
}

// TestNever: a guest with all grants tries to write every key at every point. The journal
// may contain only what the catalogue declares writable at that point, and nothing at
// events. What the engine enforces after hooks (stamped claims, bounds, reserved headers)
// is tested in core, as it applies to every handler.
func TestNever(t *testing.T) {
	g := newGuest()
	var tries []byte
	for _, key := range everyKey() {
		tries = asm.Cat(tries, g.set(key, "1"), g.call("del", g.text(key)), asm.Op(asm.Drop))
	}
	attempt := g.Func("", "i", tries, asm.I32(0))
	for _, p := range abi.Points() {
		g.Export(abi.Export(p.Name), attempt)
	}
	var call plugins.Call
	cfg := plugins.Config{OnCall: func(_ context.Context, c plugins.Call) { call = c }, Breaker: plugins.Breaker{Failures: -1}}
	p := load(t, cfg, plugins.Spec{Module: g.Bytes(), Grants: all(), Limits: manifest.Limits{HostCalls: 1000, JournalEntries: 1000}})
	catalogue := core.NewHooks()
	for _, point := range catalogue.Points() {
		if err := p.Bind(point, plugins.Binding{OnError: plugins.Skip}); err != nil {
			t.Fatal(err)
		}
	}
	fields := reflect.ValueOf(catalogue).Elem()
	for n := range fields.NumField() {
		field := fields.Field(n)
		if !fields.Type().Field(n).IsExported() {
			continue // the list of added points, which is empty
		}
		point, ok := field.Interface().(hooks.Point)
		if !ok {
			continue
		}
		call = plugins.Call{}
		run := field.MethodByName("Apply")
		if !point.IsFilter() {
			run = field.MethodByName("Do")
		}
		run.Call([]reflect.Value{reflect.ValueOf(context.Background()), reflect.Zero(run.Type().In(1))})
		if call.Point != point.Name() {
			t.Errorf("%s: the hook was not called: %+v", point.Name(), call)
		}
		known, _ := abi.Lookup(point.Name())
		for _, c := range call.Changes {
			if k, ok := known.Key(c.Key); !ok || !k.Write {
				t.Errorf("%s: %s was written", point.Name(), c.Key)
			}
		}
		if !point.IsFilter() && len(call.Changes) > 0 {
			t.Errorf("%s: an event was changed: %v", point.Name(), call.Changes)
		}
	}
}

// engineWith returns the hooks of an engine with one user and one plugin that has all
// grants but no further rights.
func engineWith(t *testing.T, g *guest, points ...string) *core.Hooks {
	t.Helper()
	h := core.NewHooks()
	grants := manifest.Grants{Read: []string{"*"}, Write: []string{"*"}}
	p := load(t, plugins.Config{}, plugins.Spec{Module: g.Bytes(), Grants: grants})
	for _, point := range h.Points() {
		if slices.Contains(points, point.Name()) {
			if err := p.Bind(point, plugins.Binding{OnError: plugins.Deny}); err != nil {
				t.Fatal(err)
			}
		}
	}
	return h
}

// TestNever_widens: without the right a guest cannot extend a lifetime, under either name,
// nor make a route public; it can only refuse access.
func TestNever_widens(t *testing.T) {
	g := newGuest()
	g.hook("auth-expire", g.call("set_i64", g.text("lifetime"), asm.I64(1<<40)), asm.Op(asm.Drop),
		g.call("set_i64", g.text("exp"), asm.I64(1<<40)), asm.Op(asm.Drop), asm.I32(0))
	g.hook("refresh-expire", g.call("set_i64", g.text("exp"), asm.I64(1<<62)), asm.Op(asm.Drop), asm.I32(0))
	g.hook("route-exclusion", g.set("public", "true"), asm.I32(0))
	g.hook("login-after", g.set("user.sub", "root"), g.set("user.id", "1"), asm.I32(0))
	h := engineWith(t, g, "auth-expire", "refresh-expire", "route-exclusion", "login-after")
	ctx := context.Background()
	in := core.Lifetime{Lifetime: time.Hour, IssuedAt: time.Unix(1_000_000, 0)}
	if out, err := h.AuthExpire.Apply(ctx, in); err != nil || out.Lifetime != time.Hour {
		t.Errorf("auth-expire: got %v, %v; want Lifetime %v", out.Lifetime, err, time.Hour)
	}
	if out, err := h.RefreshExpire.Apply(ctx, in); err != nil || out.Lifetime != time.Hour {
		t.Errorf("refresh-expire: got %v, %v; want Lifetime %v", out.Lifetime, err, time.Hour)
	}
	if out, err := h.RouteExclusion.Apply(ctx, core.Exclusion{}); err != nil || out.Public {
		t.Errorf("route-exclusion: %v, %v", out.Public, err)
	}
	if out, err := h.LoginAfter.Apply(ctx, core.LoginResult{Identity: api.Identity{Subject: "ada"}}); err != nil || out.Identity.Subject != "ada" {
		t.Errorf("login-after: %q, %v", out.Identity.Subject, err)
	}
}
