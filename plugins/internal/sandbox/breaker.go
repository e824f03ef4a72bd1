package sandbox

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// BreakerLimits says when a plugin that keeps failing is disabled, so that it no longer
// costs time. Zero means the default in brackets.
type BreakerLimits struct {
	Failures int           // within Window [5]; negative means never
	Window   time.Duration // [10 s]
	Pause    time.Duration // until one call is tried again; doubles each time it fails [1 s]
	MaxPause time.Duration // [5 min]
}

func (b BreakerLimits) withDefaults() BreakerLimits {
	if b.Failures == 0 {
		b.Failures = 5
	}
	if b.Window == 0 {
		b.Window = 10 * time.Second
	}
	if b.Pause == 0 {
		b.Pause = time.Second
	}
	if b.MaxPause == 0 {
		b.MaxPause = 5 * time.Minute
	}
	return b
}

var errDisabled = errors.New("it failed too often and is disabled")

// breaker counts the failures of one version. In the normal state, without failures in
// the window, a call costs two atomic loads. Safe for concurrent use.
type breaker struct {
	cfg BreakerLimits
	now func() time.Time

	troubled atomic.Bool // the fields below are not all zero

	mu     sync.Mutex
	recent []time.Time // failures within the window
	until  time.Time   // disabled up to then; zero if it is not
	pause  time.Duration
	trying bool // one call is testing whether it works again
}

// enter reports whether a call may run; done or undecided follows each call that may.
func (b *breaker) enter() error {
	if !b.troubled.Load() {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	switch now := b.now(); {
	case b.until.IsZero():
		return nil
	case now.Before(b.until) || b.trying:
		return fmt.Errorf("%w until %s", errDisabled, b.until.UTC().Format(time.TimeOnly))
	}
	b.trying = true
	return nil
}

// done records how a call ended. One fatal failure is enough to disable the version.
func (b *breaker) done(failed, fatal bool) (opened bool) {
	if !failed && !b.troubled.Load() {
		return false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if failed {
		return b.failed(fatal)
	}
	b.forget(b.now())
	if b.trying || b.until.IsZero() && len(b.recent) == 0 {
		b.recent, b.until, b.pause, b.trying = nil, time.Time{}, 0, false
		b.troubled.Store(false)
	}
	return false
}

// forget drops failures older than the window.
func (b *breaker) forget(now time.Time) {
	for len(b.recent) > 0 && now.Sub(b.recent[0]) > b.cfg.Window {
		b.recent = b.recent[1:]
	}
}

func (b *breaker) failed(fatal bool) (opened bool) {
	if b.cfg.Failures < 0 {
		return false
	}
	if !b.until.IsZero() && !b.trying {
		return false // a call that started before it was disabled
	}
	b.troubled.Store(true)
	now := b.now()
	b.forget(now)
	b.recent = append(b.recent, now)
	if !b.trying && !fatal && len(b.recent) < b.cfg.Failures {
		return false
	}
	b.pause = min(max(2*b.pause, b.cfg.Pause), b.cfg.MaxPause)
	b.recent, b.until, b.trying = nil, now.Add(b.pause), false
	return true
}

// undecided records that a call ended without running the guest.
func (b *breaker) undecided() {
	if !b.troubled.Load() {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.trying = false
}

// state returns until when the version is disabled; zero if it is not.
func (b *breaker) state() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.until
}
