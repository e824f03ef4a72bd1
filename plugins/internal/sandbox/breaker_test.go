package sandbox

import (
	"testing"
	"time"
)

// TestBreaker_forgets: after a failure calls take the lock only while the window is open.
func TestBreaker_forgets(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	b := breaker{cfg: BreakerLimits{}.withDefaults(), now: func() time.Time { return now }}
	call := func(failed bool) {
		t.Helper()
		if err := b.enter(); err != nil {
			t.Fatal(err)
		}
		b.done(failed, false)
	}
	call(true)
	now = now.Add(b.cfg.Window)
	if call(false); !b.troubled.Load() || len(b.recent) != 1 {
		t.Error("a failure within the window does not count")
	}
	now = now.Add(time.Second)
	if call(false); b.troubled.Load() || len(b.recent) != 0 {
		t.Error("a failure before the window still counts")
	}
	for range b.cfg.Failures {
		call(true)
	}
	if b.enter() == nil {
		t.Error("the breaker is closed after that many failures")
	}
	now = now.Add(b.cfg.Window + b.cfg.Pause)
	if call(false); b.troubled.Load() || !b.state().IsZero() {
		t.Error("it works again and is still in trouble")
	}
}
