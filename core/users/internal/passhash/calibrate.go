package passhash

import (
	"math"
	"sync"
	"time"

	"golang.org/x/crypto/bcrypt"
)

// Stopwatch measures how long work takes on this machine. Each cost is measured on
// first use, which takes some ten milliseconds. Safe for concurrent use.
type Stopwatch struct {
	mu    sync.Mutex
	times map[Cost]duration
}

// duration is the time of a cost in nanoseconds: a fixed part, and a part per block of
// MD5 in a round.
type duration struct{ fixed, block float64 }

// mostTimes bounds the measurements that are kept.
const mostTimes = 256

// Of returns how many nanoseconds the work takes for a password of this length.
func (w *Stopwatch) Of(c Cost, length int) float64 {
	if c.Kind == Quick {
		return 0
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	d, ok := w.times[c]
	if !ok {
		if d = measure(c); len(w.times) >= mostTimes || w.times == nil {
			w.times = map[Cost]duration{}
		}
		w.times[c] = d
	}
	return d.fixed + d.block*c.blocks(length)
}

// sum is the sum of Of for several costs.
func (w *Stopwatch) sum(list []Cost, length int) (nanoseconds float64) {
	for _, c := range list {
		nanoseconds += w.Of(c, length)
	}
	return nanoseconds
}

// measure runs a cost, or a part of it that is short enough to complete without
// preemption even on a busy machine, and extrapolates.
func measure(c Cost) duration {
	switch c.Kind {
	case Bcrypted:
		if c.N <= 5 {
			return duration{fixed: fastest(trial{c, 8})}
		}
		a, b := fastestPair(trial{Cost{Kind: Bcrypted, N: 4}, 8}, trial{Cost{Kind: Bcrypted, N: 5}, 8})
		return duration{fixed: a + max(0, b-a)*float64(uint64(1)<<(c.N-4)-1)} // all but the setup doubles
	case Argon: // dominated by memory, so a smaller part is not representative
		small := c
		small.N = min(c.N, 64<<10)
		return duration{fixed: fastest(trial{small, 8}) * float64(c.N) / float64(small.N)}
	}
	const short, long = 8, 512
	small, scale := c, 1.0
	if c.Kind == Stretched {
		small.N = min(c.N, 1<<12)
		scale = float64(c.N) / float64(small.N)
	}
	a, b := fastestPair(trial{small, short}, trial{small, long})
	block := max(0, b-a) / (c.blocks(long) - c.blocks(short))
	return duration{fixed: (a - block*c.blocks(short)) * scale, block: block * scale}
}

// trial is work that is measured, with a password of length bytes.
type trial struct {
	cost   Cost
	length int
}

// fastest returns the shortest of several runs in nanoseconds, the least disturbed one.
func fastest(t trial) float64 {
	best, _ := fastestPair(t, trial{})
	return best
}

// fastestPair returns the shortest of several runs of each in nanoseconds. They take
// turns: what disturbs the machine for a while must not disturb only one, because their
// difference is extrapolated.
func fastestPair(a, b trial) (x, y float64) {
	const fewest, most, enough = 3, 60, 120 * time.Millisecond
	bestA, bestB := time.Duration(math.MaxInt64), time.Duration(math.MaxInt64)
	var total time.Duration
	for i := 0; i < fewest || i < most && total < enough; i++ {
		tookA, tookB := a.run(), b.run()
		bestA, bestB, total = min(bestA, tookA), min(bestB, tookB), total+tookA+tookB
	}
	return float64(max(bestA, 0)), float64(max(bestB, 0))
}

// run returns how long one run takes. Wall time includes time in which other processes
// ran, and CPU time includes other goroutines of this process; the smaller is returned.
func (t trial) run() time.Duration {
	password := string(make([]byte, t.length))
	begun, used := time.Now(), startProcessor()
	t.cost.run(password)
	return min(time.Since(begun), used())
}

// spend does work like c's for this many nanoseconds. It counts rounds instead of
// reading the clock, so a busy machine slows it down as much as a hash.
func (w *Stopwatch) spend(c Cost, nanoseconds float64) {
	const password, rounds = "filler", 1 << 13
	for n := c.N; c.Kind == Bcrypted && n > uint32(bcrypt.MinCost); {
		n--
		part := Cost{Kind: Bcrypted, N: n}
		if takes := w.Of(part, len(password)); takes <= nanoseconds {
			part.run(password)
			nanoseconds -= takes
		}
	}
	each := w.Of(Cost{Kind: Stretched, N: rounds}, len(password)) / rounds
	if each <= 0 || nanoseconds < each {
		return
	}
	stretch("saltsalt", password, int(nanoseconds/each))
}
