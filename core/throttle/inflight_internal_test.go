package throttle

import (
	"context"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"
)

// TestWait: Wait considers finished attempts only, and counts nothing.
func TestWait(t *testing.T) {
	h := &hand{time.Unix(1e9, 0)}
	l := New(Config{Pair: Scope{1, time.Minute, time.Hour, time.Hour}, Now: h.now})
	peer := netip.MustParseAddr("192.0.2.1")
	for range 2 {
		l.Allow("alice", peer)
	}
	if got := l.Wait("alice", peer); got != 0 {
		t.Errorf("got %v for tries in flight, want 0", got)
	}
	l.Failed("alice", peer)
	l.Failed("alice", peer)
	for range 3 {
		if got := l.Wait("alice", peer); got != time.Minute {
			t.Errorf("got %v for failures, want %v", got, time.Minute)
		}
	}
	h.at = h.at.Add(time.Minute)
	if got := l.Wait("alice", peer); got != 0 {
		t.Errorf("got %v once it is over, want 0", got)
	}
}

// TestSucceeded_inFlight: after a success, attempts in flight still count as failed.
func TestSucceeded_inFlight(t *testing.T) {
	h := &hand{time.Unix(1e9, 0)}
	l := New(Config{Pair: Scope{3, time.Minute, time.Hour, time.Hour}, Now: h.now})
	peer := netip.MustParseAddr("192.0.2.1")
	for range 4 {
		l.Allow("alice", peer)
	}
	l.Succeeded("alice", peer) // three are in flight
	if _, ok := l.Allow("alice", peer); !ok {
		t.Error("the fourth is refused")
	}
	if _, ok := l.Allow("alice", peer); ok {
		t.Error("a fifth is let pass beside four in flight")
	}
}

// TestWaiting: waiting attempts are bounded per network and in total.
func TestWaiting(t *testing.T) {
	w := newWaiting()
	for range mostOfNetwork {
		if !w.enter(1) {
			t.Fatal("enter refuses a waiting attempt below the bound of its network")
		}
	}
	if w.enter(1) {
		t.Error("one more of a network")
	}
	for i := range mostWaiting - mostOfNetwork {
		if !w.enter(uint64(2 + i)) {
			t.Fatal("enter refuses attempts of other networks")
		}
	}
	if w.enter(5000) || w.all != mostWaiting {
		t.Errorf("one more, %d wait", w.all)
	}
	w.leave(1)
	if !w.enter(5000) || w.enter(5001) {
		t.Error("a caller that leaves must free one slot")
	}
	w.leave(5000)
	for range mostOfNetwork - 1 {
		w.leave(1)
	}
	for i := range mostWaiting - mostOfNetwork {
		w.leave(uint64(2 + i))
	}
	if w.all != 0 || len(w.networks) != 0 {
		t.Errorf("%d wait, of %d networks", w.all, len(w.networks))
	}
}

// TestAwait_failures: an attempt delayed by failures does not wait for those in flight.
func TestAwait_failures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := New(Config{Pair: Scope{Free: 1, First: time.Hour, Max: time.Hour}})
		peer, begun := netip.MustParseAddr("192.0.2.1"), time.Now()
		for range 2 {
			l.Allow("alice", peer)
			l.Failed("alice", peer)
		}
		if wait, ok := l.Await(context.Background(), "alice", peer); ok || wait != time.Hour || time.Since(begun) > 0 {
			t.Errorf("got %v, %v after %v", wait, ok, time.Since(begun))
		}
		if l.waiting.all != 0 {
			t.Errorf("%d still wait", l.waiting.all)
		}
	})
}
