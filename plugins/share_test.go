package plugins_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/plugins/internal/asm"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// TestShare: if a plugin uses more than its share of time, its calls wait, then fail as
// busy, and then the plugin is disabled; each is counted, and another plugin is not
// affected. Calls and their patience are short, so that the result does not depend on when
// a call starts.
func TestShare(t *testing.T) {
	plugins.NeedsCompiler(t)
	var mu sync.Mutex
	classes := map[string]int{}
	cfg := plugins.Config{Breaker: plugins.Breaker{Failures: 3, Window: time.Minute}, OnFault: func(_ context.Context, f *plugins.Fault) {
		mu.Lock()
		defer mu.Unlock()
		classes[f.Plugin+" "+f.Class]++
	}}
	host := openHost(t, cfg)
	m := &asm.Module{}
	m.Memory(1, 0)
	m.Marker()
	count := asm.Cat(asm.Local(0), asm.I32(1), asm.Op(asm.Add), []byte{0x22, 0}, asm.I32(300_000), asm.Op(asm.LtU), asm.BrIf(0))
	m.Export("on_auth_expire", m.FuncLocals("", "i", "i", asm.Loop(count), asm.I32(0)))
	greedy, err := host.Load(context.Background(), plugins.Spec{Name: "greedy", Module: m.Bytes(), Limits: manifest.Limits{Share: 1, Instances: 4, Wait: time.Microsecond}})
	if err != nil {
		t.Fatal(err)
	}
	modest, err := host.Load(context.Background(), plugins.Spec{Name: "modest", Module: good().Bytes()})
	if err != nil {
		t.Fatal(err)
	}
	long, short := bind(t, greedy, "auth-expire", plugins.Skip), bind(t, modest, "auth-expire", plugins.Deny)
	var callers sync.WaitGroup
	begun := time.Now()
	for range 4 {
		callers.Go(func() {
			for greedy.Paused().IsZero() && time.Since(begun) < 30*time.Second {
				if _, err := long.Apply(context.Background(), newEvent()); err != nil {
					t.Error(err)
				}
				time.Sleep(time.Millisecond)
			}
		})
	}
	for greedy.Paused().IsZero() && time.Since(begun) < 30*time.Second {
		if _, err := short.Apply(context.Background(), newEvent()); err != nil {
			t.Errorf("beside it: %v", err)
		}
		time.Sleep(time.Millisecond)
	}
	callers.Wait()
	if _, err := long.Apply(context.Background(), newEvent()); err != nil {
		t.Error(err)
	}
	spent, waited := greedy.Time()
	t.Logf("computed %s and waited %s of %s; faults %v", spent, waited, time.Since(begun), classes)
	if spent == 0 || waited == 0 || classes["greedy "+plugins.FaultBusy] < 3 || classes["greedy "+plugins.FaultPaused] == 0 || len(classes) != 2 {
		t.Errorf("computed %s, waited %s, faults %v; want busy calls and a pause", spent, waited, classes)
	}
}

// TestShare_once: calls that come while a plugin exceeds its share once are one failure.
func TestShare_once(t *testing.T) {
	plugins.NeedsCompiler(t)
	m := &asm.Module{}
	m.Memory(1, 0)
	m.Marker()
	count := asm.Cat(asm.Local(0), asm.I32(1), asm.Op(asm.Add), []byte{0x22, 0}, asm.I32(30_000_000), asm.Op(asm.LtU), asm.BrIf(0))
	m.Export("on_auth_expire", m.FuncLocals("", "i", "i", asm.Loop(count), asm.I32(0)))
	var busy atomic.Int64
	p := load(t, plugins.Config{
		Breaker: plugins.Breaker{Failures: 10, Window: time.Minute},
		OnFault: func(_ context.Context, f *plugins.Fault) {
			if f.Class == plugins.FaultBusy {
				busy.Add(1)
			}
		},
	}, plugins.Spec{Module: m.Bytes(), Limits: manifest.Limits{Share: 10, Wait: time.Microsecond, Fuel: 1 << 40, Time: 10 * time.Second, Deadline: 20 * time.Second}})
	point := bind(t, p, "auth-expire", plugins.Skip)
	var callers sync.WaitGroup
	begun := time.Now()
	for range 2 { // while one is above the share, the calls of the other are busy
		callers.Go(func() {
			for busy.Load() < 20 && time.Since(begun) < 30*time.Second {
				if _, err := point.Apply(t.Context(), newEvent()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	callers.Wait()
	if busy.Load() < 20 || !p.Paused().IsZero() {
		t.Errorf("%d calls are busy, and the plugin is paused until %v; want 20 busy calls and no pause", busy.Load(), p.Paused())
	}
}

// TestShare_small: calls of a few microseconds never wait, though only some are measured.
func TestShare_small(t *testing.T) {
	p := load(t, plugins.Config{}, plugins.Spec{Module: good().Bytes()})
	point := bind(t, p, "auth-expire", plugins.Deny)
	for begun := time.Now(); time.Since(begun) < 300*time.Millisecond; {
		for range 100 {
			if _, err := point.Apply(context.Background(), newEvent()); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Millisecond) // as callers do
	}
	if spent, waited := p.Time(); spent == 0 || waited != 0 {
		t.Errorf("computed %s and waited %s", spent, waited)
	}
}

// slowKV takes its time for everything.
type slowKV struct {
	plugins.MemoryKV
	takes time.Duration
}

func (s *slowKV) PluginGet(ctx context.Context, plugin, key string, now time.Time) ([]byte, error) {
	time.Sleep(s.takes)
	return s.MemoryKV.PluginGet(ctx, plugin, key, now)
}

func (s *slowKV) PluginPut(ctx context.Context, e api.PluginEntry, now time.Time, q api.PluginQuota) error {
	time.Sleep(s.takes)
	return s.MemoryKV.PluginPut(ctx, e, now, q)
}

func (s *slowKV) PluginIncr(ctx context.Context, e api.PluginEntry, by int64, now time.Time, q api.PluginQuota) (int64, error) {
	time.Sleep(s.takes)
	return s.MemoryKV.PluginIncr(ctx, e, by, now, q)
}

// TestShare_stored: time that the store works for a plugin is charged to it, up to a bound;
// time spent waiting for a store that hangs is not.
func TestShare_stored(t *testing.T) {
	const calls = 20
	for name, call := range map[string]func(g *guest) []byte{
		"kv_get": func(g *guest) []byte { return g.call("kv_get", g.text("x"), asm.I32(40000), asm.I32(9000)) },
		"kv_put": func(g *guest) []byte { return g.call("kv_put", g.text("x"), g.text("y"), asm.I32(1000)) },
		"kv_incr": func(g *guest) []byte {
			return g.call("kv_incr", g.text("n"), asm.I64(1), asm.I32(1000), asm.I32(512))
		},
	} {
		for _, tt := range []struct{ takes, least, most time.Duration }{
			{2 * time.Millisecond, calls * 2 * time.Millisecond, calls * 6 * time.Millisecond},
			{30 * time.Millisecond, calls * 2 * time.Millisecond, calls * 10 * time.Millisecond},
		} {
			g := newGuest(name)
			g.hook("token-claims", asm.Repeat(calls, asm.Cat(call(g), asm.Op(asm.Drop))), asm.I32(0))
			host := openHost(t, plugins.Config{KV: &slowKV{takes: tt.takes}})
			grants := all()
			grants.KV = true
			p, err := host.Load(t.Context(), plugins.Spec{Name: "kv", Module: g.Bytes(), Grants: grants, Limits: manifest.Limits{Deadline: 10 * time.Second}})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := bind(t, p, "token-claims", plugins.Deny).Apply(t.Context(), newEvent()); err != nil {
				t.Fatal(err)
			}
			if spent, _ := p.Time(); spent < tt.least || spent > tt.most {
				t.Errorf("%s that takes %v, %d times: the plugin spent %v, want %v to %v", name, tt.takes, calls, spent, tt.least, tt.most)
			}
		}
	}
}
