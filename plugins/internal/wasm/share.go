package wasm

import (
	"math"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/cardea-auth/cardea/plugins/internal/meter"
)

// Share limits the CPU time that all calls of one plugin may use together. Calls over the
// limit are delayed. Safe for concurrent use.
type Share struct {
	base time.Time
	rate float64 // seconds of call time per second

	paid   atomic.Int64 // when all time spent so far is paid for, in ns since base
	over   atomic.Bool  // paid is further ahead than shareBurst
	told   atomic.Int64 // end of the excess that NewlyOver reported last, in ns since base
	spent  atomic.Int64 // ns
	paused atomic.Int64 // ns
}

// shareBurst is the time that calls may use at once before the share applies.
const shareBurst = 50 * time.Millisecond

// NewShare returns a share of that many percent of all cores; 100 or more means no limit.
func NewShare(percent int) *Share {
	rate := math.Inf(1)
	if percent < 100 {
		rate = float64(percent) / 100 * float64(runtime.GOMAXPROCS(0))
	}
	return &Share{base: time.Now(), rate: rate}
}

// Spent returns the time that calls have used so far, and how long they were delayed.
// Calls of a few microseconds are measured by sampling.
func (s *Share) Spent() (spent, paused time.Duration) {
	return time.Duration(s.spent.Load()), time.Duration(s.paused.Load())
}

// Over reports whether the share was exceeded, without reading the clock.
func (s *Share) Over() bool { return s.over.Load() }

// Ahead returns how long to wait until the plugin is within its share again.
func (s *Share) Ahead() time.Duration {
	ahead := time.Duration(s.paid.Load()) - time.Since(s.base) - shareBurst
	if ahead <= 0 {
		s.over.Store(false)
	}
	return max(0, ahead)
}

// NewlyOver reports whether the plugin exceeds its share, and this was not reported before
// for the same excess: until all that was spent by then is within its share.
func (s *Share) NewlyOver() bool {
	told, now := s.told.Load(), int64(time.Since(s.base))
	return now >= told && s.Ahead() > 0 && s.told.CompareAndSwap(told, s.paid.Load()-int64(shareBurst))
}

// Paused records that a call was delayed by d.
func (s *Share) Paused(d time.Duration) { s.paused.Add(int64(d)) }

// Spend records that calls, or work for them, used d up to now.
func (s *Share) Spend(d time.Duration) {
	s.spent.Add(int64(d))
	now, cost := int64(time.Since(s.base)), int64(float64(d)/s.rate)
	for {
		was := s.paid.Load()
		next := max(was, now) + cost
		if !s.paid.CompareAndSwap(was, next) {
			continue
		}
		if next-now > int64(shareBurst) {
			s.over.Store(true)
		}
		return
	}
}

// stopwatch measures the time of a call. Reading the clock takes a tenth of a small call,
// so a call is measured only from its first look on; of the time before that, which may
// be the whole call, one in sixteen is measured.
type stopwatch struct {
	since  time.Time // zero: not measured
	sample bool      // the measurement counts sixteen times
	yield  time.Time // when other goroutines last had a turn
}

const (
	sampled    = 16
	sampleBits = 28           // dice>>sampleBits is 0 for one in sixteen
	mostSample = longLook / 2 // longer means that the machine was slow, or the call is measured by look
)

// begin starts the measurement of one in sixteen calls, chosen at random so that a guest
// cannot know which.
func (i *Instance) begin() {
	if i.share == nil {
		return
	}
	i.clock.since = time.Time{}
	if i.dice = i.dice*1664525 + 1013904223; i.dice>>sampleBits == 0 {
		i.clock.since, i.clock.sample = time.Now(), true
	}
}

// Rest ends the measurement, or pauses it while the guest waits for kv or http; Work
// continues it.
func (i *Instance) Rest() {
	if i.clock.since.IsZero() {
		return
	}
	took := time.Since(i.clock.since)
	i.clock.since = time.Time{}
	i.adapt(took)
	if i.clock.sample {
		took = min(took, mostSample) * sampled
	}
	i.share.Spend(took)
}

// Work starts the measurement.
func (i *Instance) Work() {
	if i.share != nil {
		i.clock.since, i.clock.sample = time.Now(), false
	}
}

// The intended time between two looks at a guest, and the minimum fuel of a slice.
const (
	longLook  = time.Millisecond
	leastLook = 16
)

// pace records the time that the guest used since the last look. It makes the next slice
// smaller if that was long, yields to other goroutines, and delays a plugin that is over
// its share.
func (i *Instance) pace() {
	if i.share == nil {
		return
	}
	i.Rest()
	if i.share.Over() {
		if d := min(i.share.Ahead(), watchTick); d > 0 {
			time.Sleep(max(d, longLook))
			i.share.Paused(max(d, longLook))
			i.clock.yield = time.Now()
		}
	} else if now := time.Now(); now.Sub(i.clock.yield) > longLook {
		runtime.Gosched()
		i.clock.yield = now
	}
	i.Work()
}

// adapt changes the slice size of all instances of the module.
func (i *Instance) adapt(took time.Duration) {
	slice := i.from.slice.Load()
	switch {
	case took > longLook:
		i.from.slice.Store(max(leastLook, slice*int64(longLook)/int64(took)/2))
	case took < longLook/4 && slice < meter.Slice:
		i.from.slice.Store(min(meter.Slice, 2*slice))
	}
}
