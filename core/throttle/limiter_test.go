package throttle_test

import (
	"fmt"
	"net/netip"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/cardea-auth/cardea/core/throttle"
)

var moment = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// clock stands still unless forward is called.
type clock struct{ time.Time }

func (c *clock) now() time.Time          { return c.Time }
func (c *clock) forward(d time.Duration) { c.Time = c.Add(d) }

func newLimiter(cfg throttle.Config) (*throttle.Limiter, *clock) {
	c := &clock{moment}
	cfg.Now = c.now
	return throttle.New(cfg), c
}

var (
	home  = netip.MustParseAddr("192.0.2.1")
	other = netip.MustParseAddr("198.51.100.1")
)

// source returns the nth address of an attacker who has many.
func source(n int) netip.Addr {
	return netip.AddrFrom16([16]byte{0x20, 0x01, 0x0d, 0xb8, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n), 15: 1})
}

// fail makes this many failed attempts, waiting as required, and returns how long it took.
func fail(l *throttle.Limiter, c *clock, times int, user string, peer netip.Addr) time.Duration {
	begun := c.now()
	for range times {
		for {
			wait, ok := l.Allow(user, peer)
			if ok {
				break
			}
			c.forward(wait)
		}
		l.Failed(user, peer)
	}
	return c.now().Sub(begun)
}

func wantWait(t *testing.T, l *throttle.Limiter, user string, peer netip.Addr, want time.Duration) {
	t.Helper()
	got, ok := l.Allow(user, peer)
	if got != want || ok != (want == 0) {
		t.Errorf("%s from %s: got %v, %v, want to wait %v", user, peer, got, ok, want)
	}
}

func TestLimiter_delaysGrow(t *testing.T) {
	l, c := newLimiter(throttle.Config{})
	if took := fail(l, c, 10, "alice", home); took != 0 {
		t.Errorf("the first ten failures took %v", took)
	}
	for i, want := range []time.Duration{1, 2, 4, 8, 16, 32} {
		if l.Allow("alice", home); i == 0 {
			l.Failed("alice", home) // the eleventh, let through
		}
		wantWait(t, l, "alice", home, want*time.Second)
		c.forward(want*time.Second - 1)
		wantWait(t, l, "alice", home, 1)
		c.forward(1)
		fail(l, c, 1, "alice", home)
	}
	fail(l, c, 10, "alice", home)
	wantWait(t, l, "alice", home, 15*time.Minute)
	c.forward(24 * time.Hour)
	wantWait(t, l, "alice", home, 0)
}

func TestLimiter_succeeded(t *testing.T) {
	l, c := newLimiter(throttle.Config{})
	fail(l, c, 12, "alice", home)
	c.forward(time.Minute)
	wantWait(t, l, "alice", home, 0)
	l.Succeeded("alice", home)
	if took := fail(l, c, 10, "alice", home); took != 0 {
		t.Errorf("ten failures after a success took %v", took)
	}
}

// TestLimiter_ownSuccessPaysForNothing: an attacker logs in as itself between guesses at
// others, which must not help.
func TestLimiter_ownSuccessPaysForNothing(t *testing.T) {
	l, c := newLimiter(throttle.Config{})
	begun := c.now()
	for i := range 200 {
		fail(l, c, 1, fmt.Sprint("victim", i), home)
		if _, ok := l.Allow("mallory", home); ok {
			l.Succeeded("mallory", home)
		}
	}
	if took := c.now().Sub(begun); took < time.Hour {
		t.Errorf("200 guesses from one source took %v, want more than an hour", took)
	}
}

func TestLimiter_void(t *testing.T) {
	l, _ := newLimiter(throttle.Config{})
	for range 100 {
		wantWait(t, l, "alice", home, 0)
		l.Void("alice", home)
	}
}

// TestLimiter_burst starts many attempts before any of them has finished.
func TestLimiter_burst(t *testing.T) {
	l, _ := newLimiter(throttle.Config{})
	var passed atomic.Int64
	var all sync.WaitGroup
	for range 200 {
		all.Go(func() {
			if _, ok := l.Allow("alice", home); ok {
				passed.Add(1)
			}
		})
	}
	all.Wait()
	if n := passed.Load(); n != 11 {
		t.Errorf("%d of a burst passed, want 11", n)
	}
}

func TestLimiter_spraying(t *testing.T) {
	l, c := newLimiter(throttle.Config{})
	for i := range 21 {
		wantWait(t, l, fmt.Sprint("user", i), home, 0)
	}
	wantWait(t, l, "alice", home, time.Second)
	wantWait(t, l, "alice", other, 0)
	l.Succeeded("alice", other)
	c.forward(time.Second)
	wantWait(t, l, "alice", home, 0)
}

func TestLimiter_sources(t *testing.T) {
	for name, test := range map[string]struct {
		a, b string
		same bool
	}{
		"IPv4 neighbours":  {"192.0.2.1", "192.0.2.2", false},
		"IPv4 in IPv6":     {"192.0.2.1", "::ffff:192.0.2.1", true},
		"one /64":          {"2001:db8::1", "2001:db8::ffff:ffff:ffff:ffff", true},
		"two /64s":         {"2001:db8::1", "2001:db8:0:1::1", false},
		"zones":            {"fe80::1%eth0", "fe80::1%eth1", true},
		"IPv4 and an IPv6": {"192.0.2.1", "2001:db8::1", false},
	} {
		if got := throttle.Source(netip.MustParseAddr(test.a)) == throttle.Source(netip.MustParseAddr(test.b)); got != test.same {
			t.Errorf("%s: got %v, want %v", name, got, test.same)
		}
	}
	if throttle.Source(netip.Addr{}).IsValid() {
		t.Error("no address has a source")
	}
}

func TestLimiter_canonicalUser(t *testing.T) {
	l, c := newLimiter(throttle.Config{})
	for i, user := range []string{"alice", "ALICE", " Alice", "aLiCe\t"} {
		fail(l, c, 3-i/3, user, home)
	}
	wantWait(t, l, "alice", home, time.Second)
}

// TestLimiter_noPeer: without addresses to distinguish clients, no one waits long.
func TestLimiter_noPeer(t *testing.T) {
	l, c := newLimiter(throttle.Config{})
	fail(l, c, 100, "alice", netip.Addr{})
	wantWait(t, l, "alice", netip.Addr{}, 5*time.Second)
	c.forward(5 * time.Second)
	wantWait(t, l, "alice", netip.Addr{}, 0)
}

func TestLimiter_known(t *testing.T) {
	l, c := newLimiter(throttle.Config{})
	wantWait(t, l, "alice", home, 0)
	l.Succeeded("alice", home)
	for i := range 500 {
		fail(l, c, 1, "alice", source(i))
	}
	wantWait(t, l, "alice", home, 0)
	l.Void("alice", home)
	wantWait(t, l, "alice", other, time.Minute) // by now all unknown clients take turns
	c.forward(31 * 24 * time.Hour)
	for i := range 500 {
		fail(l, c, 1, "alice", source(i))
	}
	c.forward(time.Second)
	if _, ok := l.Allow("alice", source(9999)); ok {
		t.Error("the user's failures do not slow down other sources")
	}
}

// TestLimiter_noLock: whatever others do from elsewhere, before and while the owner waits,
// the owner waits once, for at most five seconds.
func TestLimiter_noLock(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l, c := newLimiter(throttle.Config{})
		others := func(label string) {
			for range rapid.IntRange(0, 60).Draw(t, label) {
				user := rapid.SampledFrom([]string{"alice", "bob"}).Draw(t, "user")
				peer := source(rapid.IntRange(1, 40).Draw(t, "source"))
				for range rapid.IntRange(1, 30).Draw(t, "tries") {
					if _, ok := l.Allow(user, peer); ok && rapid.Bool().Draw(t, "answered") {
						l.Failed(user, peer)
					}
				}
				if label == "before" {
					c.forward(time.Duration(rapid.IntRange(0, 5000).Draw(t, "ms")) * time.Millisecond)
				}
			}
		}
		others("before")
		wait, ok := l.Allow("alice", home)
		if wait > 5*time.Second {
			t.Fatalf("the owner has to wait %v", wait)
		}
		if ok {
			return
		}
		others("meanwhile")
		c.forward(5 * time.Second)
		if wait, ok := l.Allow("alice", home); !ok {
			t.Fatalf("after five seconds the owner has to wait another %v", wait)
		}
	})
}

// TestLimiter_guesses bounds how often one address can guess one user's password in a day,
// however it times its attempts.
func TestLimiter_guesses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l, c := newLimiter(throttle.Config{})
		passed := 0
		for c.now().Before(moment.Add(24 * time.Hour)) {
			wait, ok := l.Allow("alice", home)
			if ok {
				passed++
				if rapid.Bool().Draw(t, "answered") {
					l.Failed("alice", home)
				}
			}
			c.forward(wait + time.Duration(rapid.IntRange(0, 3600).Draw(t, "s"))*time.Second)
		}
		if passed > 10+10+96 {
			t.Fatalf("%d tries in a day", passed)
		}
	})
}

// TestLimiter_eviction floods a full limiter with new names and addresses: the delays of an
// attacker must not be evicted.
func TestLimiter_eviction(t *testing.T) {
	l, c := newLimiter(throttle.Config{Entries: 256, Global: throttle.Scope{Free: 1 << 30}})
	fail(l, c, 12, "alice", home)
	for i := range 20_000 {
		user := fmt.Sprint("u", i)
		l.Allow(user, source(i))
		l.Failed(user, source(i))
	}
	if wait, ok := l.Allow("alice", home); ok || wait > 2*time.Second {
		t.Errorf("got %v, %v after a flood, want the wait that was there", wait, ok)
	}
	if n := l.Len(); n > 3*256 {
		t.Errorf("%d entries, want 768 at most", n)
	}
}

func TestLimiter_clockGoesBack(t *testing.T) {
	l, c := newLimiter(throttle.Config{})
	fail(l, c, 30, "alice", home)
	c.forward(-time.Hour)
	if wait, ok := l.Allow("alice", home); ok || wait > 15*time.Minute {
		t.Errorf("Allow = %v, %v; want a wait of at most 15 minutes", wait, ok)
	}
	wantWait(t, l, "bob", other, 0)
}

func TestLimiter_memory(t *testing.T) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	l, _ := newLimiter(throttle.Config{Global: throttle.Scope{Free: 1 << 30}})
	for i := range 200_000 {
		l.Allow(fmt.Sprint("u", i), netip.AddrFrom16([16]byte{0x20, byte(i >> 16), byte(i >> 8), byte(i)}))
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	megabytes := float64(after.HeapAlloc-before.HeapAlloc) / (1 << 20)
	t.Logf("%d entries take %.1f MB", l.Len(), megabytes)
	if full := 3 * (1 << 16); l.Len() < full*9/10 {
		t.Errorf("%d entries, want a full limiter, of about %d", l.Len(), full)
	}
	if megabytes > 16 {
		t.Errorf("a full limiter takes %.1f MB, want 16 at most", megabytes)
	}
	runtime.KeepAlive(l)
}

func ExampleNew() {
	l := throttle.New(throttle.Config{})
	peer := netip.MustParseAddr("192.0.2.1")
	if wait, ok := l.Allow("alice", peer); !ok {
		fmt.Println("wait", wait)
		return
	}
	l.Failed("alice", peer)
	fmt.Println("try again")
	// Output: try again
}

func BenchmarkLimiter(b *testing.B) {
	l := throttle.New(throttle.Config{})
	b.ReportAllocs()
	for b.Loop() {
		l.Allow("alice", home)
		l.Succeeded("alice", home)
	}
}

// Simultaneous attempts may read the clock in a different order than they take the locks.
func TestLimiter_atOnce(t *testing.T) {
	moments := []time.Time{moment.Add(time.Millisecond), moment}
	l := throttle.New(throttle.Config{Now: func() time.Time {
		now := moments[0]
		moments = moments[1:]
		return now
	}})
	for i := range 2 {
		if wait, ok := l.Allow("alice", home); !ok {
			t.Errorf("try %d: has to wait %s without a failure", i+1, wait)
		}
	}
}

// TestLimiter_Known: a user is known from where they lately succeeded, for a month, and
// nowhere else.
func TestLimiter_Known(t *testing.T) {
	l, c := newLimiter(throttle.Config{})
	if l.Known("alice", home) {
		t.Error("known before any success")
	}
	wantWait(t, l, "alice", home, 0)
	l.Succeeded("alice", home)
	if !l.Known("alice", home) || l.Known("alice", other) || l.Known("bob", home) {
		t.Errorf("known at home: %v, elsewhere: %v, another user: %v", l.Known("alice", home), l.Known("alice", other), l.Known("bob", home))
	}
	c.forward(31 * 24 * time.Hour)
	if l.Known("alice", home) {
		t.Error("known after a month")
	}
}
