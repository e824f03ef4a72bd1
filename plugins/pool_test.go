package plugins_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/plugins/internal/asm"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// compiler starts the test binary again to compile modules in another process.
var compiler plugins.Compiler

func TestMain(m *testing.M) {
	compiler = plugins.SelfCompiler()
	goleak.VerifyTestMain(m)
}

// blocker is a log handler that blocks guests in a log call, so that tests can count running
// calls.
type blocker struct {
	running, most atomic.Int32
	enter, leave  chan struct{}
}

// blocking returns a guest that reads the clock, and a clock that blocks.
func blocking() (*guest, *blocker, plugins.Config) {
	g := newGuest()
	g.hook("auth-expire", g.call("now_ms"), asm.Op(asm.Drop), asm.I32(0))
	w := &blocker{enter: make(chan struct{}, 64), leave: make(chan struct{})}
	return g, w, plugins.Config{Now: func() time.Time {
		n := w.running.Add(1)
		for most := w.most.Load(); n > most && !w.most.CompareAndSwap(most, n); most = w.most.Load() {
		}
		w.enter <- struct{}{}
		<-w.leave
		w.running.Add(-1)
		return time.Time{}
	}}
}

func TestPool_bounded(t *testing.T) {
	for _, isolation := range []string{plugins.Reuse, plugins.Reset} {
		g, w, cfg := blocking()
		p := load(t, cfg, plugins.Spec{Module: g.Bytes(), Isolation: isolation, Limits: manifest.Limits{Instances: 2, Wait: time.Minute}})
		point := bind(t, p, "auth-expire", plugins.Deny)
		var calls sync.WaitGroup
		for range 8 {
			calls.Go(func() {
				if _, err := point.Apply(context.Background(), newEvent()); err != nil {
					t.Error(err)
				}
			})
		}
		for range 8 {
			<-w.enter
			w.leave <- struct{}{}
		}
		calls.Wait()
		if got := w.most.Load(); got > 2 {
			t.Errorf("%s: %d calls at a time, want at most 2", isolation, got)
		}
	}
}

func TestPool_busy(t *testing.T) {
	g, w, cfg := blocking()
	fault := make(chan string, 2)
	cfg.OnFault = func(_ context.Context, f *plugins.Fault) { fault <- f.Class }
	p := load(t, cfg, plugins.Spec{Module: g.Bytes(), Limits: manifest.Limits{Instances: 1, Wait: 30 * time.Millisecond}})
	point := bind(t, p, "auth-expire", plugins.Deny)
	done := make(chan struct{})
	go func() {
		defer close(done)
		point.Apply(context.Background(), newEvent())
	}()
	<-w.enter
	if _, err := point.Apply(context.Background(), newEvent()); api.ReasonOf(err) != api.ReasonHookFailed {
		t.Errorf("Apply: got %v, want reason %q", err, api.ReasonHookFailed)
	}
	if got := <-fault; got != plugins.FaultBusy {
		t.Errorf("class %s, want %s", got, plugins.FaultBusy)
	}
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := point.Apply(cancelled, newEvent()); !errors.Is(err, context.Canceled) {
		t.Errorf("a caller that left: got %v, want error %q", err, context.Canceled)
	}
	w.leave <- struct{}{}
	<-done
}

// TestClose_waits: Close waits for running calls, refuses new ones, and stops waiting with
// its context.
func TestClose_waits(t *testing.T) {
	g, w, cfg := blocking()
	p := load(t, cfg, plugins.Spec{Module: g.Bytes(), Limits: manifest.Limits{Wait: time.Minute}})
	point := bind(t, p, "auth-expire", plugins.Deny)
	result, closed := make(chan error, 1), make(chan error, 1)
	go func() {
		_, err := point.Apply(context.Background(), newEvent())
		result <- err
	}()
	<-w.enter
	go func() { closed <- p.Close(context.Background()) }()
	for len(point.Bindings()) > 0 {
		runtime.Gosched()
	}
	select {
	case err := <-closed:
		t.Fatalf("Close returned (%v) while a call ran", err)
	default:
	}
	w.leave <- struct{}{}
	if err := <-result; err != nil {
		t.Errorf("the running call: %v", err)
	}
	if err := <-closed; err != nil {
		t.Errorf("Close: %v", err)
	}
	if err := p.Close(context.Background()); err != nil {
		t.Errorf("a second Close: %v", err)
	}
}

func TestClose_bounded(t *testing.T) {
	g, w, cfg := blocking()
	p := load(t, cfg, plugins.Spec{Module: g.Bytes(), Limits: manifest.Limits{Wait: time.Minute}})
	point := bind(t, p, "auth-expire", plugins.Deny)
	done := make(chan struct{})
	go func() { defer close(done); point.Apply(context.Background(), newEvent()) }()
	<-w.enter
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := p.Close(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
	w.leave <- struct{}{}
	<-done
	if err := p.Close(context.Background()); err != nil {
		t.Errorf("closing again: %v", err)
	}
}

func TestHost_closed(t *testing.T) {
	host, err := plugins.Open(context.Background(), plugins.Config{InProcess: true})
	if err != nil {
		t.Fatal(err)
	}
	p, err := host.Load(context.Background(), plugins.Spec{Name: "x", Module: good().Bytes()})
	if err != nil {
		t.Fatal(err)
	}
	point := bind(t, p, "auth-expire", plugins.Deny)
	for range 2 {
		if err := host.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	if len(point.Bindings()) != 0 {
		t.Error("still bound after the host was closed")
	}
	if _, err := host.Load(context.Background(), plugins.Spec{Name: "y", Module: good().Bytes()}); !errors.Is(err, plugins.ErrClosed) {
		t.Errorf("Load: %v, want %v", err, plugins.ErrClosed)
	}
}

// TestHosts_apart: two hosts use the same plugin and cache directory at the same time, each
// with its own configuration; closing one does not affect the other.
func TestHosts_apart(t *testing.T) {
	g := newGuest()
	g.hook("token-claims",
		g.text("claim.who"), asm.I32(0), g.call("config_get", g.text("who"), asm.I32(0), asm.I32(16)),
		asm.Call(g.calls["set"]), asm.Op(asm.Drop), asm.I32(0))
	cfg := plugins.Config{CacheDir: filepath.Join(t.TempDir(), "cache")}
	points := map[string]*hooks.Filter[event]{}
	hosts := map[string]*plugins.Host{}
	for _, who := range []string{"one", "two"} {
		hosts[who] = openHost(t, cfg)
		p, err := hosts[who].Load(context.Background(), plugins.Spec{Name: "same", Module: g.Bytes(), Grants: all(), Config: map[string]string{"who": who}})
		if err != nil {
			t.Fatal(err)
		}
		points[who] = bind(t, p, "token-claims", plugins.Deny)
	}
	check := func(who string) {
		got, err := points[who].Apply(context.Background(), newEvent())
		if err != nil || got.text("claim.who") != who {
			t.Errorf("host %s: %q, %v", who, got.text("claim.who"), err)
		}
	}
	var calls sync.WaitGroup
	for range 20 {
		calls.Go(func() { check("one") })
		calls.Go(func() { check("two") })
	}
	calls.Wait()
	if err := hosts["one"].Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	check("two")
	if entries, err := os.ReadDir(cfg.CacheDir); err != nil || len(entries) == 0 {
		t.Errorf("nothing in the cache directory: %v", err)
	}
}

// TestReload_flat reloads, calls and closes repeatedly, a thousand times with
// CARDEA_TORTURE; heap, goroutines and file descriptors must not grow. Half of the guests
// have a mapped memory.
func TestReload_flat(t *testing.T) {
	rounds := 60
	if os.Getenv("CARDEA_TORTURE") != "" {
		rounds = 1000
	}
	host := openHost(t, plugins.Config{CacheDir: filepath.Join(t.TempDir(), "cache")})
	small, large := &asm.Module{}, &asm.Module{}
	small.Memory(1, 0)
	large.Memory(20, 0)
	for _, m := range []*asm.Module{small, large} {
		m.Marker()
		m.Export("on_auth_expire", m.Func("", "i", asm.I32(0)))
	}
	cycle := func(n int) {
		p, err := host.Load(context.Background(), plugins.Spec{Name: "again", Module: small.Bytes()})
		if err != nil {
			t.Fatal(err)
		}
		point := bind(t, p, "auth-expire", plugins.Deny)
		for range n {
			for _, m := range []*asm.Module{large, small} {
				if err := p.Replace(context.Background(), plugins.Spec{Module: m.Bytes()}); err != nil {
					t.Fatal(err)
				}
				if _, err := point.Apply(context.Background(), newEvent()); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := p.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	cycle(10)
	heapBefore, goroutines, files := heap(), runtime.NumGoroutine(), openFiles()
	cycle(rounds / 2)
	if now := heap(); now > heapBefore+4<<20 {
		t.Errorf("%d reloads took the heap from %d to %d bytes", rounds, heapBefore, now)
	}
	if now := runtime.NumGoroutine(); now > goroutines+2 {
		t.Errorf("%d goroutines, %d before", now, goroutines)
	}
	if now := openFiles(); now > files {
		t.Errorf("%d open files, %d before", now, files)
	}
	t.Logf("%d reloads: heap %d to %d KiB, goroutines %d to %d, files %d to %d", rounds, heapBefore>>10, heap()>>10, goroutines, runtime.NumGoroutine(), files, openFiles())
}

// openFiles returns the number of open files, if the system reports it.
func openFiles() int {
	entries, _ := os.ReadDir("/proc/self/fd")
	return len(entries)
}

// TestPool_handsOver: with one instance, every waiting caller gets it in the end, however
// it is returned. A caller that is missed waits a minute.
func TestPool_handsOver(t *testing.T) {
	p := load(t, plugins.Config{Calls: 8}, plugins.Spec{Module: good().Bytes(), Isolation: plugins.Reuse, Limits: manifest.Limits{Instances: 1, Wait: time.Minute}})
	point := bind(t, p, "auth-expire", plugins.Deny)
	begun := time.Now()
	var calls sync.WaitGroup
	for range 8 {
		calls.Go(func() {
			for range 500 {
				if _, err := point.Apply(context.Background(), newEvent()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	calls.Wait()
	if took := time.Since(begun); took > 50*time.Second {
		t.Errorf("it took %s", took)
	}
}

// TestPool_oneCallAtATime: no instance is given to two callers while many call, some wait,
// and the plugin is reloaded. The guest checks that what it wrote is still there after a
// host call during which others could run.
func TestPool_oneCallAtATime(t *testing.T) {
	g := newGuest()
	load32, store32 := []byte{0x28, 2, 0}, []byte{0x36, 2, 0}
	g.Export("on_auth_expire", g.FuncLocals("", "i", "i",
		asm.I32(0), asm.I32(0), load32, asm.I32(1), asm.Op(asm.Add), []byte{0x22, 0}, store32,
		g.call("now_ms"), asm.Op(asm.Drop),
		asm.I32(0), asm.I32(-1), asm.I32(0), load32, asm.Local(0), asm.Op(0x46), asm.Op(0x1B)))
	for _, isolation := range []string{plugins.Reuse, plugins.Reset} {
		for _, limit := range []int{2, 32} { // a limit at which calls must wait, and one at which they need not
			cfg := plugins.Config{Calls: limit, Now: func() time.Time { runtime.Gosched(); return time.Now() }}
			spec := plugins.Spec{Module: g.Bytes(), Isolation: isolation, Limits: manifest.Limits{Instances: 3, Wait: time.Minute}}
			p := load(t, cfg, spec)
			point := bind(t, p, "auth-expire", plugins.Deny)
			var calls sync.WaitGroup
			for range 8 {
				calls.Go(func() {
					for range 300 {
						if _, err := point.Apply(context.Background(), newEvent()); err != nil {
							t.Errorf("%s, %d at a time: %v", isolation, limit, err)
							return
						}
					}
				})
			}
			for range 5 {
				if err := p.Replace(context.Background(), spec); err != nil {
					t.Error(err)
				}
			}
			calls.Wait()
		}
	}
}
