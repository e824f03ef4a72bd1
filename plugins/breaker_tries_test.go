package plugins

import (
	"testing"
	"time"

	"github.com/cardea-auth/cardea/plugins/internal/concurrency"
)

// TestVersion_try: a plugin with more instances than its share counts its own calls, too.
func TestVersion_try(t *testing.T) {
	for _, tc := range []struct {
		greedy      bool
		own, others int // calls that may run
		want        bool
	}{{false, 1, 1, true}, {true, 1, 1, true}, {false, 0, 1, true}, {true, 0, 1, false}, {false, 1, 0, false}, {true, 1, 0, false}} {
		v := &version{greedy: tc.greedy, plugin: &Plugin{calls: concurrency.New(tc.own)}, host: &Host{calls: concurrency.New(tc.others)}}
		if got := v.try(); got != tc.want {
			t.Errorf("%+v: got %v", tc, got)
		}
		if tc.want {
			v.rise()
		}
		if own, others := v.plugin.calls.Running(), v.host.calls.Running(); own != 0 || others != 0 {
			t.Errorf("%+v: %d and %d calls still count", tc, own, others)
		}
	}
}

// TestBreaker_tries: one call tries whether a plugin works again, and what becomes of it.
func TestBreaker_tries(t *testing.T) {
	now := time.Unix(1e9, 0)
	open := func() *breaker {
		b := &breaker{cfg: Breaker{Failures: 2, Pause: time.Second, MaxPause: 3 * time.Second}.withDefaults(), now: func() time.Time { return now }}
		if b.done(true, false) || !b.done(true, false) {
			t.Fatal("two failures do not put it aside")
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
	fatal := &breaker{cfg: Breaker{}.withDefaults(), now: func() time.Time { return now }}
	if !fatal.done(true, true) {
		t.Error("a fatal failure counts as one")
	}
	never := &breaker{cfg: Breaker{Failures: -1}.withDefaults(), now: func() time.Time { return now }}
	for range 10 {
		if never.done(true, true) || never.enter() != nil {
			t.Error("below zero is not never")
		}
	}
	quiet := &breaker{cfg: Breaker{}.withDefaults(), now: func() time.Time { return now }}
	if quiet.undecided(); quiet.done(false, false) || quiet.troubled.Load() {
		t.Error("without a failure there is trouble")
	}
	if got := (Breaker{}).withDefaults(); got != (Breaker{5, 10 * time.Second, time.Second, 5 * time.Minute}) {
		t.Errorf("got %+v", got)
	}
}
