package plugins_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// slice is how long the Go scheduler lets a goroutine run: on a busy core others wait that
// long, whatever runs there.
const slice = 10 * time.Millisecond

// TestAbuse_neighbours repeats every attack, as many at a time as there are cores, next to
// unrelated requests, and compares this with goroutines that do harmless work. Next to
// attacks the 99th percentile of the requests may be twice as high, and a garbage
// collection may take 100 ms or, on a busy machine, four times as long. A worse result is
// measured again, since the rest of the machine may have caused it. The breaker is off,
// since it would hide the effect. Finally the memory must be as before.
func TestAbuse_neighbours(t *testing.T) {
	host := openHost(t, plugins.Config{CacheDir: filepath.Join(t.TempDir(), "cache"), Breaker: plugins.Breaker{Failures: -1}})
	n := &neighbour{request: request(t, host), window: 50 * time.Millisecond}
	cores := runtime.GOMAXPROCS(0)
	n.watch(t, harmless(cores)) // so that one-time allocations are done
	heapBefore, before := heap(), resident()
	var alone, beside samples
	for range 4 {
		alone = append(alone, n.watch(t, harmless(cores)))
	}
	list := attacks()
	if raceEnabled { // it is ten times slower
		list = slices.DeleteFunc(list, func(a attack) bool { return a.stage != atCall })[:12]
	}
	for group := range slices.Chunk(list, cores) {
		alone = append(alone, n.watch(t, harmless(cores)))
		limit := alone.limit()
		loads, end := hostiles(t, host, group)
		got := n.watch(t, loads)
		for tries := 1; tries < 6 && got.worse(limit); tries++ {
			got = got.better(n.watch(t, loads))
		}
		end()
		if allowed := limit.allowed(); got.worse(allowed) {
			t.Errorf("beside %s and so on: p99 %s, a collection %s; at most %s and %s are allowed", group[0].name, got.p99, got.gc, allowed.p99, allowed.gc)
		}
		beside = append(beside, got)
	}
	with, without := beside.p99(), alone.p99()
	t.Logf("p99 of all requests %s, beside harmless work %s: %.2f times", with, without, float64(with)/float64(without))
	t.Logf("windows, each by its p99: median %s, worst %s; beside harmless work %s and %s", beside.median().p99, beside.worst().p99, alone.median().p99, alone.worst().p99)
	t.Logf("the longest collection in each: median %s, worst %s; beside harmless work %s and %s", beside.median().gc, beside.worst().gc, alone.median().gc, alone.worst().gc)
	if with > 2*max(slice, without) {
		t.Errorf("p99 %s beside attacks, %s beside harmless work", with, without)
	}
	settles(t, heapBefore, before)
}

// settles waits until memory use is as before.
func settles(t *testing.T, heapBefore, before uint64) {
	t.Helper()
	begun := time.Now()
	for heap() > heapBefore+16<<20 || resident() > before+64<<20 {
		if time.Since(begun) > 30*time.Second {
			t.Fatalf("after 30 s: heap %d MiB, %d before; resident %d MiB, %d before", heap()>>20, heapBefore>>20, resident()>>20, before>>20)
		}
		debug.FreeOSMemory()
	}
	t.Logf("after %s: heap %d MiB, %d before; resident %d MiB, %d before", time.Since(begun).Round(time.Millisecond), heap()>>20, heapBefore>>20, resident()>>20, before>>20)
}

// resident returns the resident memory of the process, if the system reports it. The race
// detector keeps memory of its own.
func resident() uint64 {
	if raceEnabled {
		return 0
	}
	var size, pages uint64
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	_, _ = fmt.Sscan(string(text), &size, &pages)
	return pages * uint64(os.Getpagesize())
}

// request returns a request unrelated to attacks: a signature, a text to parse, and a hook
// of another plugin.
func request(t *testing.T, host *plugins.Host) func() {
	t.Helper()
	g := newGuest()
	g.hook("token-claims", g.set("claim.tier", "gold"), g.set("claim.plan", "free"), []byte{0x41, 0})
	p, err := host.Load(context.Background(), plugins.Spec{Name: "benign", Module: g.Bytes(), Grants: all()})
	if err != nil {
		t.Fatal(err)
	}
	point := bind(t, p, "token-claims", plugins.Deny)
	claims := []byte(`{"iss":"https://id.example","sub":"u-1","aud":["a","b"],"exp":1800000000,"roles":["editor","author"],"name":"Ada"}`)
	want := signature(claims)
	return func() {
		var read map[string]any
		if !hmac.Equal(signature(claims), want) || json.Unmarshal(claims, &read) != nil {
			t.Error("the request is no longer what it was")
		}
		got, err := point.Apply(context.Background(), newEvent())
		if err != nil || got.text("claim.tier") != "gold" {
			t.Errorf("a request beside attacks: %v, %v", got.fields, err)
		}
	}
}

func signature(text []byte) []byte {
	mac := hmac.New(sha256.New, []byte("a key of the test's own, of some length"))
	mac.Write(text)
	return mac.Sum(nil)
}

// harmless returns n goroutines that hash, as any server does.
func harmless(n int) []func() {
	return slices.Repeat([]func(){func() {
		block := make([]byte, 16<<10)
		for range 10 {
			sum := sha256.Sum256(block)
			block[0] = sum[0]
		}
	}}, n)
}

// hostiles returns attacks as work: calls of those that load, and attempts to load the
// others.
func hostiles(t *testing.T, host *plugins.Host, group []attack) (loads []func(), end func()) {
	t.Helper()
	var loaded []*plugins.Plugin
	for n, a := range group {
		spec := plugins.Spec{Name: fmt.Sprintf("hostile-%d", n), Module: a.form(true), Grants: manifest.Grants{Read: []string{"*"}, Write: []string{"*"}}}
		p, err := host.Load(context.Background(), spec)
		if err != nil {
			loads = append(loads, func() {
				if p, err := host.Load(context.Background(), spec); err == nil {
					t.Errorf("%s: loaded the second time", a.name)
					_ = p.Close(context.Background()) // the test has reported what matters
				}
			})
			continue
		}
		loaded = append(loaded, p)
		point := bind(t, p, p.Points()[0], plugins.Skip)
		loads = append(loads, func() { _, _ = point.Apply(context.Background(), newEvent()) })
	}
	return loads, func() {
		for _, p := range loaded {
			if err := p.Close(context.Background()); err != nil {
				t.Error(err)
			}
		}
	}
}

// neighbour makes requests at a steady rate and collects garbage now and then.
type neighbour struct {
	request func()
	window  time.Duration
}

// sample has the times of the requests in a window, from their arrival on, and of the
// longest collection.
type sample struct {
	took    []time.Duration
	p99, gc time.Duration
}

func (s sample) worse(limit sample) bool { return s.p99 > limit.p99 || s.gc > limit.gc }

// better returns the better of the two in each value.
func (s sample) better(other sample) sample {
	gc := min(s.gc, other.gc)
	if other.p99 < s.p99 {
		s = other
	}
	s.gc = gc
	return s
}

type samples []sample

// limit is the result above which a window next to attacks is measured again, if l was
// measured next to harmless work. Medians are least affected by other load.
func (l samples) limit() sample {
	usual := l.median()
	return sample{p99: 2 * max(slice, usual.p99), gc: max(100*time.Millisecond, 4*usual.gc)}
}

// allowed is the final limit for a window if s is the limit for measuring again. The race
// detector slows down some attacks more than others.
func (s sample) allowed() sample {
	if raceEnabled {
		s.p99, s.gc = 5*s.p99, 5*s.gc
	}
	return s
}

func (l samples) median() sample { return l.at(50) }
func (l samples) worst() sample  { return l.at(100) }

func (l samples) at(percent int) sample {
	var p99, gc []time.Duration
	for _, s := range l {
		p99, gc = append(p99, s.p99), append(gc, s.gc)
	}
	return sample{p99: percentile(p99, percent), gc: percentile(gc, percent)}
}

// p99 is that of all requests.
func (l samples) p99() time.Duration {
	var all []time.Duration
	for _, s := range l {
		all = append(all, s.took...)
	}
	return percentile(all, 99)
}

func percentile(list []time.Duration, n int) time.Duration {
	slices.Sort(list)
	return list[(len(list)-1)*n/100]
}

// watch makes requests for a while next to loads that run continuously.
func (n *neighbour) watch(t *testing.T, loads []func()) sample {
	t.Helper()
	var stop atomic.Bool
	var running sync.WaitGroup
	for _, load := range loads {
		running.Go(func() {
			for !stop.Load() {
				load()
			}
		})
	}
	var s sample
	collected := make(chan time.Duration)
	go func() { collected <- collecting(&stop) }()
	const pace = time.Millisecond
	begun := time.Now()
	for at := begun.Add(pace); at.Before(begun.Add(n.window)); at = at.Add(pace) {
		time.Sleep(time.Until(at))
		n.request()
		s.took = append(s.took, time.Since(at))
	}
	stop.Store(true)
	s.gc = <-collected
	running.Wait()
	s.p99 = percentile(s.took, 99)
	return s
}

// collecting collects garbage until it is stopped, and returns the longest duration.
func collecting(stop *atomic.Bool) (longest time.Duration) {
	for !stop.Load() {
		begun := time.Now()
		runtime.GC()
		longest = max(longest, time.Since(begun))
		time.Sleep(slice)
	}
	return longest
}
