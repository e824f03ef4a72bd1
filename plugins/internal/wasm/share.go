package wasm

import (
	"math"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/cardea-auth/cardea/plugins/internal/meter"
)

// Share is the part of the machine's time that the calls of one plugin may take, all
// of them together. What is over it waits. Safe for concurrent use.
type Share struct {
	base time.Time
	rate float64 // seconds of calls in a second

	paid   atomic.Int64 // when all that was spent is paid for, in ns since base
	over   atomic.Bool  // that is further ahead than shareBurst
	spent  atomic.Int64 // ns
	paused atomic.Int64 // ns
}

// shareBurst is what calls may take at once before the share counts.
const shareBurst = 50 * time.Millisecond

// NewShare returns a share of that many percent of all cores; all of them, from 100 on,
// have no bounds.
func NewShare(percent int) *Share {
	rate := math.Inf(1)
	if percent < 100 {
		rate = float64(percent) / 100 * float64(runtime.GOMAXPROCS(0))
	}
	return &Share{base: time.Now(), rate: rate}
}

// Spent returns what the calls have taken so far, and how long they were made to wait.
// Of calls that are over in microseconds only samples are measured.
func (s *Share) Spent() (spent, paused time.Duration) {
	return time.Duration(s.spent.Load()), time.Duration(s.paused.Load())
}

// Over reports whether more was spent than the share, as far as is known without a
// look at the clock.
func (s *Share) Over() bool { return s.over.Load() }

// Ahead returns how long to wait until the share is kept again.
func (s *Share) Ahead() time.Duration {
	ahead := time.Duration(s.paid.Load()) - time.Since(s.base) - shareBurst
	if ahead <= 0 {
		s.over.Store(false)
	}
	return max(0, ahead)
}

// Paused notes that a call has waited for the share.
func (s *Share) Paused(d time.Duration) { s.paused.Add(int64(d)) }

// Spend notes that calls, or work for them, have taken so long up to now.
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

// stopwatch measures what a call takes. Reading the clock takes as long as a tenth of a
// small call, so a call is measured from its first look on, and of the time before that,
// which may be all, one in sixteen.
type stopwatch struct {
	since  time.Time // zero: it is not measured
	sample bool      // it stands for sixteen
	yield  time.Time // when somebody else had a turn
}

const (
	sampled    = 16
	sampleBits = 28           // of 32, what is left of a number below 2^32/16
	mostSample = longLook / 2 // beyond that it was the machine that was slow, or will have its own looks
)

// begin starts the measurement of one in sixteen calls. Which ones the guest cannot
// know.
func (i *Instance) begin() {
	if i.share == nil {
		return
	}
	i.clock.since = time.Time{}
	if i.dice = i.dice*1664525 + 1013904223; i.dice>>sampleBits == 0 {
		i.clock.since, i.clock.sample = time.Now(), true
	}
}

// Rest ends the measurement, or stops it while the guest waits for others; Work goes
// on with it.
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

// The time that a guest should take between two looks, and the least fuel for it.
const (
	longLook  = time.Millisecond
	leastLook = 16
)

// pace notes the time that the guest has taken since the last look. It makes the next
// one shorter if that was long, lets others have a turn, and pauses a plugin that is
// over its share.
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

// adapt changes the slices of all instances of the module.
func (i *Instance) adapt(took time.Duration) {
	slice := i.from.slice.Load()
	switch {
	case took > longLook:
		i.from.slice.Store(max(leastLook, slice*int64(longLook)/int64(took)/2))
	case took < longLook/4 && slice < meter.Slice:
		i.from.slice.Store(min(meter.Slice, 2*slice))
	}
}
