package core_test

import (
	"context"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// TestEvents_hanging: a slow webhook does not delay a login or a refusal, no event is lost,
// and handlers get a copy without the credential.
func TestEvents_hanging(t *testing.T) {
	release := make(chan struct{})
	var got []core.Event // by one handler, one event at a time
	h := withHooks(t, func(hs *core.Hooks) {
		slow := func(context.Context, core.Event) error { <-release; return nil }
		hs.LoginSucceeded.Bind("webhook", slow)
		hs.RequestDenied.Bind("webhook", slow)
		hs.RequestDenied.Bind("notes", func(_ context.Context, ev core.Event) error { <-release; got = append(got, ev); return nil })
	})
	began := time.Now()
	h.token("alice")
	var all sync.WaitGroup
	for range 160 {
		all.Go(func() {
			a := get("/api/x", api.Header{"Authorization": {"Bearer secret"}, "X-Seen": {"as it was"}})
			a.Peer = netip.MustParseAddr("192.0.2.1")
			h.Decide(context.Background(), a)
			a.Header["X-Seen"][0], a.Method = "changed since", "DELETE"
		})
	}
	all.Wait()
	if d := time.Since(began); d > time.Minute {
		t.Errorf("a login and 160 refusals took %s", d)
	}
	close(release)
	h.drained()
	if len(got) != 160 {
		t.Fatalf("%d of 160 events arrived", len(got))
	}
	for _, ev := range got {
		if a := ev.Attempt; a.Method != "GET" || a.Header.Get("X-Seen") != "as it was" || a.Header.Get("Authorization") != "" || a.Credential.Text != "" {
			t.Fatalf("a handler saw %+v", a)
		}
	}
}

// TestEvents_close: Close returns in time although a handler hangs, logs the number of
// dropped events, and leaves no handler running.
func TestEvents_close(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ended := make(chan struct{})
		h := newTestEngine(t, func(c *core.Config) {
			c.Events.Drain = 50 * time.Millisecond
			c.Policy.Hooks = core.NewHooks()
			c.Policy.Hooks.RequestDenied.Bind("webhook", func(ctx context.Context, _ core.Event) error {
				defer close(ended)
				<-ctx.Done()
				return ctx.Err()
			})
		})
		h.decide("/api/x", nil)
		began := time.Now()
		h.must(h.Close())
		<-ended
		if d := time.Since(began); d > 3*time.Second {
			t.Errorf("Close took %s", d)
		}
		if !strings.Contains(h.log.String(), "events dropped at shutdown") {
			t.Errorf("the log has no line for it: %s", h.log.String())
		}
	})
}
