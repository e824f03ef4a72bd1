package throttle_test

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/throttle"
)

// v6 returns the nth address of an attacker who varies the bytes of a prefix from at on.
func v6(at int) func(n int) netip.Addr {
	return func(n int) netip.Addr {
		a := [16]byte{0x20, 0x01, 0x0d, 0xb8, 15: 1}
		a[at], a[at+1] = byte(n>>8), byte(n)
		return netip.AddrFrom16(a)
	}
}

// v4 returns the nth address of an attacker whose IPv4 addresses are step apart.
func v4(step uint32) func(n int) netip.Addr {
	return func(n int) netip.Addr {
		at := 0xc0000000 + uint32(n)*step
		return netip.AddrFrom4([4]byte{byte(at >> 24), byte(at >> 16), byte(at >> 8), byte(at)})
	}
}

// rented returns how many attempts pass within span if each of many addresses tries again
// as soon as it may.
func rented(cfg throttle.Config, addresses int, addr func(int) netip.Addr, user func(int) string, span time.Duration) int {
	l, c := newLimiter(cfg)
	next, passed := make([]time.Time, addresses), 0
	for end := c.Add(span); c.now().Before(end); c.forward(50 * time.Millisecond) {
		for i := range next {
			if c.now().Before(next[i]) {
				continue
			}
			wait, ok := l.Allow(user(i), addr(i))
			if ok {
				l.Failed(user(i), addr(i))
				passed++
			}
			next[i] = c.now().Add(wait)
		}
	}
	return passed
}

// TestLimiter_rented: the attempts of an attacker with many addresses are limited by
// network and account, not by the number of addresses.
func TestLimiter_rented(t *testing.T) {
	alice := func(int) string { return "alice" }
	each := func(n int) string { return fmt.Sprint("user", n) }
	for _, c := range []struct {
		name      string
		addresses int
		addr      func(int) netip.Addr
		user      func(int) string
		span      time.Duration
		most      int
	}{
		{"one account, the /64s of a /48, 40 s", 1500, v6(6), alice, 40 * time.Second, 110},
		{"one account, the /64s of a /56, 40 s", 256, v6(6), alice, 40 * time.Second, 110},
		{"one account, /56s of many /48s, 40 s", 1500, v6(5), alice, 40 * time.Second, 110},
		{"one account, /48s, 40 s", 1500, v6(4), alice, 40 * time.Second, 110},
		{"one account, IPv4 of one /24, 40 s", 256, v4(1), alice, 40 * time.Second, 110},
		{"one account, IPv4 everywhere, 40 s", 1500, v4(257), alice, 40 * time.Second, 110},
		{"one account, IPv4 everywhere, an hour", 300, v4(257), alice, time.Hour, 110 + 61},
		{"all accounts, the /64s of a /56, 40 s", 256, v6(6), each, 40 * time.Second, 100},
		{"all accounts, the /64s of a /48, 40 s", 1500, v6(6), each, 40 * time.Second, 230},
		{"all accounts, the /64s of a /48, an hour", 300, v6(6), each, time.Hour, 1000},
		{"all accounts, IPv4 of one /24, 40 s", 256, v4(1), each, 40 * time.Second, 500},
	} {
		passed := rented(throttle.After(20), c.addresses, c.addr, c.user, c.span)
		t.Logf("%s: %d tries", c.name, passed)
		if passed > c.most {
			t.Errorf("%s: %d tries pass, want %d at most", c.name, passed, c.most)
		}
	}
}

// TestLimiter_knownPass: a user does not wait at an address where they recently logged in,
// whatever comes from its network and elsewhere.
func TestLimiter_knownPass(t *testing.T) {
	for name, addr := range map[string]func(int) netip.Addr{"IPv6": v6(6), "IPv4": v4(1)} {
		l, c := newLimiter(throttle.Config{})
		owner := addr(7)
		wantWait(t, l, "alice", owner, 0)
		l.Succeeded("alice", owner)
		for i := range 2000 {
			peer := addr(8 + i%200)
			if _, ok := l.Allow("alice", peer); ok {
				l.Failed("alice", peer)
			}
			c.forward(100 * time.Millisecond)
		}
		if _, ok := l.Allow("alice", addr(9)); ok {
			t.Errorf("%s: another address passes after 2000 tries", name)
		}
		wantWait(t, l, "alice", owner, 0)
	}
}

// TestLimiter_neighbours: occasional failures of a network's own users delay no one.
func TestLimiter_neighbours(t *testing.T) {
	for name, of := range map[string]struct {
		addr  func(int) netip.Addr
		every int // one login a second, of which one in every fails
	}{"a household": {v6(6), 20}, "a campus": {func(n int) netip.Addr { return v6(6)(100 * n) }, 6}, "a carrier": {v4(1), 3}} {
		l, c := newLimiter(throttle.Config{})
		for i := range 2000 {
			user, peer := fmt.Sprint("user", i), of.addr(i%200)
			if wait, ok := l.Allow(user, peer); !ok {
				t.Fatalf("%s: login %d waits %s", name, i, wait)
			}
			if i%of.every == 0 {
				l.Failed(user, peer)
			} else {
				l.Succeeded(user, peer)
			}
			c.forward(time.Second)
		}
	}
}

// TestAfter_never: failures of a network cause no delay either.
func TestAfter_never(t *testing.T) {
	if got := rented(throttle.After(0), 10, v6(6), func(int) string { return "alice" }, 50*time.Second); got != 10*1000 {
		t.Errorf("%d of 10000 tries pass", got)
	}
}
