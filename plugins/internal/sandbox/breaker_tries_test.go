package sandbox

import (
	"testing"
	"time"
)

// TestBreaker_tries: one call tests whether a disabled plugin works again.
func TestBreaker_tries(t *testing.T) {
	now := time.Unix(1e9, 0)
	open := func() *breaker {
		b := &breaker{cfg: BreakerLimits{Failures: 2, Pause: time.Second, MaxPause: 3 * time.Second}.withDefaults(), now: func() time.Time { return now }}
		if b.done(true, false) || !b.done(true, false) {
			t.Fatal("two failures do not disable it")
		}
		return b
	}
	b := open()
	if b.enter() == nil || b.done(true, true) {
		t.Error("disabled, it runs, or fails anew")
	}
	now = now.Add(time.Second)
	if b.enter() != nil || b.enter() == nil {
		t.Error("after the pause more or less than one may try")
	}
	if b.undecided(); b.enter() != nil {
		t.Error("after one that did not run, none may try")
	}
	for _, pause := range []time.Duration{2 * time.Second, 3 * time.Second, 3 * time.Second} { // doubled, up to the longest
		if !b.done(true, false) || !b.state().Equal(now.Add(pause)) {
			t.Errorf("disabled until %v, want %v", b.state(), now.Add(pause))
		}
		if now = now.Add(pause); b.enter() != nil {
			t.Error("none may try")
		}
	}
	if b.done(false, false) || !b.state().IsZero() || b.troubled.Load() || b.enter() != nil {
		t.Error("a success does not end it")
	}
	if b = open(); !b.state().Equal(now.Add(time.Second)) {
		t.Errorf("another pause begins with %v", b.state().Sub(now))
	}
	fatal := &breaker{cfg: BreakerLimits{}.withDefaults(), now: func() time.Time { return now }}
	if !fatal.done(true, true) {
		t.Error("a fatal failure counts as one")
	}
	never := &breaker{cfg: BreakerLimits{Failures: -1}.withDefaults(), now: func() time.Time { return now }}
	for range 10 {
		if never.done(true, true) || never.enter() != nil {
			t.Error("below zero is not never")
		}
	}
	quiet := &breaker{cfg: BreakerLimits{}.withDefaults(), now: func() time.Time { return now }}
	if quiet.undecided(); quiet.done(false, false) || quiet.troubled.Load() {
		t.Error("without a failure there is trouble")
	}
	if got := (BreakerLimits{}).withDefaults(); got != (BreakerLimits{5, 10 * time.Second, time.Second, 5 * time.Minute}) {
		t.Errorf("withDefaults() = %+v, want the documented defaults", got)
	}
}
