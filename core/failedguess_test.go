package core_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/throttle"
)

// TestCountGuess: failures count per address and site, for a minute.
func TestCountGuess(t *testing.T) {
	h := newTestEngine(t, nil)
	here := core.FailedGuess{Site: "shop", Peer: netip.MustParseAddr("192.0.2.1"), Limit: 2}
	other, elsewhere, free := here, here, here
	other.Peer, elsewhere.Site, free.Limit = netip.MustParseAddr("192.0.2.2"), "blog", -1
	for i, want := range []bool{false, false, true} {
		if wait, out := h.GuessedOut(t.Context(), here); out != want || out && (wait <= 0 || wait > time.Minute) {
			t.Errorf("after %d failures: got %v, %s, want %v", i, out, wait, want)
		}
		h.CountGuess(t.Context(), here)
	}
	for name, g := range map[string]core.FailedGuess{"address": other, "site": elsewhere, "limit": free} {
		if _, out := h.GuessedOut(t.Context(), g); out {
			t.Errorf("another %s is throttled, too", name)
		}
	}
	far := here
	for i := range 3 { // from other addresses of one source
		far.Peer = netip.MustParseAddr(fmt.Sprintf("2001:db8:0:1::%d", i+1))
		if _, out := h.GuessedOut(t.Context(), far); out != (i == 2) {
			t.Errorf("after %d failures of the other addresses in a /64: got %v", i, out)
		}
		h.CountGuess(t.Context(), far)
	}
	if far.Peer = netip.MustParseAddr("2001:db8:0:2::1"); waits(h, far) {
		t.Error("another /64 must wait too")
	}
	h.clock.advance(time.Minute)
	if _, out := h.GuessedOut(t.Context(), here); out {
		t.Error("it must wait a minute later")
	}
}

func waits(h *testEngine, g core.FailedGuess) bool {
	_, out := h.GuessedOut(context.Background(), g)
	return out
}

// TestCountGuess_hungUp: a failure counts even if the client has disconnected.
func TestCountGuess_hungUp(t *testing.T) {
	h := newTestEngine(t, nil)
	guess := core.FailedGuess{Site: "shop", Peer: netip.MustParseAddr("192.0.2.1"), Limit: 1}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	h.CountGuess(ctx, guess)
	if _, out := h.GuessedOut(t.Context(), guess); !out {
		t.Error("the guess was not counted")
	}
}

// TestConfig_counter: engines of several processes can share their counters.
func TestConfig_counter(t *testing.T) {
	uses := map[string]throttle.Counter{}
	shared := func(c *core.Config) {
		c.Counter = func(use string) throttle.Counter {
			if uses[use] == nil {
				uses[use] = throttle.NewMemoryCounter(0, c.Now)
			}
			return uses[use]
		}
	}
	one, other := newTestEngine(t, shared), newTestEngine(t, shared)
	guess := core.FailedGuess{Site: "shop", Peer: netip.MustParseAddr("192.0.2.1"), Limit: 1}
	one.CountGuess(t.Context(), guess)
	if _, out := other.GuessedOut(t.Context(), guess); !out {
		t.Error("another process does not know of the guess")
	}
	if q, err := one.Counter("calls").Take(t.Context(), "k", 1, time.Minute); err != nil || !q.OK {
		t.Errorf("Take = %+v, %v; want OK", q, err)
	}
	if q, err := other.Counter("calls").Take(t.Context(), "k", 1, time.Minute); err != nil || q.OK {
		t.Errorf("another process: got %+v, %v", q, err)
	}
	if q, err := other.Counter("others").Take(t.Context(), "k", 1, time.Minute); err != nil || !q.OK {
		t.Errorf("for another use: got %+v, %v", q, err)
	}
}

// counterFunc is a counter that returns the same result from all its methods.
type counterFunc func() (throttle.Quota, error)

func (f counterFunc) Look(context.Context, string, int) (throttle.Quota, error) { return f() }

func (f counterFunc) Take(context.Context, string, int, time.Duration) (throttle.Quota, error) {
	return f()
}

// TestConfig_counterFails: an attempt that cannot be counted is refused and logged.
func TestConfig_counterFails(t *testing.T) {
	for name, c := range map[string]struct {
		counter counterFunc
		want    api.Code
	}{
		"an error": {func() (throttle.Quota, error) { return throttle.Quota{OK: true}, errors.New("the counter is away") }, api.Unavailable},
		"a panic":  {func() (throttle.Quota, error) { panic("the counter is away") }, api.Internal},
	} {
		h := newTestEngine(t, func(cfg *core.Config) { cfg.Counter = func(string) throttle.Counter { return c.counter } })
		guess := core.FailedGuess{Site: "shop", Peer: netip.MustParseAddr("192.0.2.1"), Limit: 1}
		if wait, out := h.GuessedOut(t.Context(), guess); !out || wait <= 0 {
			t.Errorf("%s: got %v, %v, want blocked", name, wait, out)
		}
		h.CountGuess(t.Context(), guess)
		if log := h.log.String(); !strings.Contains(log, "the counter is away") {
			t.Errorf("%s: the log does not say why: %s", name, log)
		}
		if q, err := h.Counter("calls").Take(t.Context(), "k", 1, time.Minute); q.OK || api.CodeOf(err) != c.want {
			t.Errorf("%s: got %+v, %v, want %s", name, q, err, c.want)
		}
		free := guess
		free.Limit = 0
		if _, out := h.GuessedOut(t.Context(), free); out {
			t.Errorf("%s: blocked where there is no limit", name)
		}
	}
}

// TestConfig_counterMissing: an engine does not open without the counter that its
// configuration promises, and of one that is missing later every call fails.
func TestConfig_counterMissing(t *testing.T) {
	for name, open := range map[string]func() throttle.Counter{
		"none": func() throttle.Counter { return nil }, "a nil one": func() throttle.Counter { return (*throttle.MemoryCounter)(nil) },
		"a panic": func() throttle.Counter { panic("the counter is away") },
	} {
		e, err := core.New(t.Context(), core.Config{Counter: func(string) throttle.Counter { return open() }})
		if err == nil {
			e.Close()
			t.Errorf("%s: an engine opened", name)
		}
		h := newTestEngine(t, func(cfg *core.Config) {
			cfg.Counter = func(use string) throttle.Counter {
				if use == "failed-guesses" {
					return throttle.NewMemoryCounter(0, cfg.Now)
				}
				return open()
			}
		})
		if q, err := h.Counter("calls").Take(t.Context(), "k", 1, time.Minute); q.OK || api.CodeOf(err) != api.Internal {
			t.Errorf("%s: Take = %+v, %v; want code %s", name, q, err, api.Internal)
		}
		if log := h.log.String(); !strings.Contains(log, "a counter cannot be opened") {
			t.Errorf("%s: the log does not say so: %s", name, log)
		}
	}
}

// hanging is a counter that blocks until its context is done.
type hanging struct{}

func (hanging) Look(ctx context.Context, _ string, _ int) (throttle.Quota, error) {
	<-ctx.Done()
	return throttle.Quota{}, ctx.Err()
}

func (hanging) Take(ctx context.Context, _ string, _ int, _ time.Duration) (throttle.Quota, error) {
	<-ctx.Done()
	return throttle.Quota{}, ctx.Err()
}

// TestConfig_counterHangs: a counter that hangs delays a call only for a bounded time.
func TestConfig_counterHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newTestEngine(t, func(cfg *core.Config) { cfg.Counter = func(string) throttle.Counter { return hanging{} } })
		defer h.Close()
		guess := core.FailedGuess{Site: "shop", Peer: netip.MustParseAddr("192.0.2.1"), Limit: 1}
		begun := time.Now()
		if _, out := h.GuessedOut(context.Background(), guess); !out {
			t.Error("not blocked")
		}
		h.CountGuess(context.Background(), guess)
		if _, err := h.Counter("calls").Take(context.Background(), "k", 1, time.Minute); api.CodeOf(err) != api.Unavailable {
			t.Errorf("Take: got %v, want code %s", err, api.Unavailable)
		}
		if took := time.Since(begun); took > 5*time.Second {
			t.Errorf("it took %s", took)
		}
	})
}
