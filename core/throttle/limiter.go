package throttle

import (
	"context"
	"net/netip"
	"sync"
	"time"
)

// Limiter decides when a password may be tried. Use [New]. Safe for concurrent use. A
// full one takes at most 16 MB, an idle one almost nothing.
//
// Failures count for the user, for the source (IPv4 address or IPv6 /64), for the pair
// of both, for the networks that contain the source, and globally. A source's own
// failures delay it exponentially. The failures of others delay it by at most
// Config.User.Max or Config.Global.Max, once per attempt. Beyond Config.Slash56,
// Slash48, Slash24 or Account, sources share one delay; otherwise an attacker with many
// addresses could go on guessing. None of this delays a source from which the user
// recently succeeded, so users cannot be locked out of their usual places. Unknown
// users of the same source share its delay.
//
// Each attempt that Allow or Await admits counts as failed until Succeeded or Void is
// called. This bounds concurrent attempts.
type Limiter struct {
	cfg     Config
	pairs   *table[pair]
	sources *table[source] // of all levels
	users   *table[account]

	mu      sync.Mutex // guards all below, and makes each attempt atomic
	all     tally
	begun   time.Time
	now     time.Duration // time of the current attempt since begun
	waiting waiting
}

// pair is the state of a user at a source.
type pair struct {
	tally
	asked time.Duration // first attempt delayed by others' failures, or the last one admitted
	known time.Duration // end of the period in which the source is known to the user

	user, source uint64 // keys of both, see Blocked
	untold       bool   // the source is not a valid address
}

// source is the state of a source or a network.
type source struct {
	tally
	level level
}

// account is the state of a user: each delays every source separately, turns all
// together.
type account struct{ each, turns tally }

// New returns an empty limiter.
func New(cfg Config) *Limiter {
	l := &Limiter{cfg: cfg.withDefaults()}
	l.waiting = newWaiting()
	l.sources = newTable(l.cfg.Entries, func(s *source) float64 { return s.left(l.cfg.scope(s.level), l.now, all) })
	l.users = newTable(l.cfg.Entries, func(a *account) float64 {
		return max(a.each.left(l.cfg.User, l.now, all), a.turns.left(l.cfg.Account, l.now, all))
	})
	l.pairs = newTable(l.cfg.Entries, func(p *pair) float64 { return p.worth(l.cfg.Pair, l.now) })
	return l
}

// worth is the number of failures, plus one if the source is known to the user.
func (p *pair) worth(s Scope, now time.Duration) float64 {
	if now < p.known {
		return p.left(s, now, all) + 1
	}
	return p.left(s, now, all)
}

// Allow reports whether the user may try from the peer now, and if not, how long to
// wait; a delayed attempt is not counted. User names are compared by [api.LoginKey];
// pass the name in the directory if there is one, so that the login and the e-mail
// address of a user count together. All invalid peers share one source, for which no
// wait exceeds Config.User.Max.
//
// After true, call exactly one of Failed, Succeeded and Void.
func (l *Limiter) Allow(user string, peer netip.Addr) (retryAfter time.Duration, ok bool) {
	k := l.keys(user, peer)
	l.mu.Lock()
	defer l.mu.Unlock()
	retryAfter, _ = l.take(k)
	return retryAfter, retryAfter == 0
}

// Await is like Allow, but if only attempts in flight delay this one, it waits for
// their results, for at most Config.Patience or until ctx ends. The number of waiting
// calls is bounded per network and in total.
func (l *Limiter) Await(ctx context.Context, user string, peer netip.Addr) (retryAfter time.Duration, ok bool) {
	k := l.keys(user, peer)
	l.mu.Lock()
	defer l.mu.Unlock()
	retryAfter, busy := l.take(k)
	if !busy || !l.waiting.enter(k.widest()) {
		return retryAfter, retryAfter == 0
	}
	defer l.waiting.leave(k.widest())
	ctx, cancel := context.WithTimeout(ctx, l.cfg.Patience)
	defer cancel()
	for busy && ctx.Err() == nil {
		l.waiting.next(ctx, &l.mu)
		retryAfter, busy = l.take(k)
	}
	return retryAfter, retryAfter == 0
}

// Wait returns how long the user has to wait at the peer because of completed failures,
// 0 if Await could admit the attempt. It counts nothing.
func (l *Limiter) Wait(user string, peer netip.Addr) time.Duration {
	k := l.keys(user, peer)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tick()
	if l.wait(k, answered) <= 0 {
		return 0
	}
	return l.wait(k, all)
}

// Known reports whether the user recently succeeded from the peer's source. It counts
// nothing.
func (l *Limiter) Known(user string, peer netip.Addr) bool {
	k := l.keys(user, peer)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tick()
	p := l.pairs.get(k.pair)
	return l.now < p.known
}

// take counts the attempt, or returns how long it has to wait and whether only attempts
// in flight delay it. The caller holds the lock.
func (l *Limiter) take(k keys) (wait time.Duration, busy bool) {
	l.tick()
	if wait = l.wait(k, all); wait > 0 {
		return wait, l.wait(k, answered) <= 0
	}
	l.add(k, change{1, 1})
	l.pairs.with(k.pair, func(p *pair) { p.asked = l.now })
	return 0, false
}

// tick reads the clock. The time is at least 1, so that 0 means never.
func (l *Limiter) tick() {
	now := l.cfg.Now()
	if l.begun.IsZero() {
		l.begun = now
	}
	l.now = max(now.Sub(l.begun)+1, 1)
}

// wait returns how long the attempt has to wait, counting the attempts of the view.
func (l *Limiter) wait(k keys, v view) time.Duration {
	p, ofPair := l.pairs.get(k.pair), k.bound(l.cfg.Pair, l.cfg.User.Max)
	longest := p.wait(ofPair, l.now, v)
	if l.now < p.known {
		return longest
	}
	for _, n := range k.networks() {
		s := l.sources.get(n.key)
		longest = max(longest, s.wait(k.bound(l.cfg.scope(n.level), l.cfg.User.Max), l.now, v))
	}
	user := l.users.get(k.user)
	longest = max(longest, user.turns.wait(k.bound(l.cfg.Account, l.cfg.User.Max), l.now, v))
	others := max(l.cfg.User.delay(user.each.left(l.cfg.User, l.now, v)), l.cfg.Global.delay(l.all.left(l.cfg.Global, l.now, v)))
	if others == 0 {
		return longest
	}
	return max(longest, l.asked(k, &p)+others-l.now)
}

// asked returns when the pair first asked for this attempt. Each pair waits separately
// for the failures of others, measured from that time.
func (l *Limiter) asked(k keys, p *pair) time.Duration {
	if p.asked == 0 || p.asked > l.now {
		l.pairs.with(k.pair, func(p *pair) { p.asked = l.now })
		return l.now
	}
	return p.asked
}

// Failed records a wrong password: the delay starts now.
func (l *Limiter) Failed(user string, peer netip.Addr) { l.settle(user, peer, 0, false) }

// Succeeded records a correct password: the user's failures from this source are reset,
// and the source becomes known for the user. The source's failures for other users
// still count, so an attacker's own login does not reset them.
func (l *Limiter) Succeeded(user string, peer netip.Addr) { l.settle(user, peer, -1, true) }

// Void cancels an attempt without a result, for example if a store did not answer.
func (l *Limiter) Void(user string, peer netip.Addr) { l.settle(user, peer, -1, false) }

func (l *Limiter) settle(user string, peer netip.Addr, failures float64, known bool) {
	k := l.keys(user, peer)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tick()
	l.add(k, change{failures, -1})
	if known {
		l.pairs.with(k.pair, func(p *pair) {
			p.tally, p.known = tally{held: p.held}, l.now+l.cfg.Known
			p.count = float64(p.held)
		})
	}
	l.waiting.wake()
}

// add applies the change to every tally of the attempt.
func (l *Limiter) add(k keys, c change) {
	l.pairs.with(k.pair, func(p *pair) {
		p.add(l.cfg.Pair, l.now, c)
		p.user, p.source, p.untold = k.user, k.sources[0].key, !k.told
	})
	for _, n := range k.networks() {
		l.sources.with(n.key, func(s *source) {
			s.level = n.level
			s.add(l.cfg.scope(n.level), l.now, c)
		})
	}
	l.users.with(k.user, func(a *account) {
		a.each.add(l.cfg.User, l.now, c)
		a.turns.add(l.cfg.Account, l.now, c)
	})
	l.all.add(l.cfg.Global, l.now, c)
}

// Len returns the number of entries in memory, for metrics.
func (l *Limiter) Len() int { return l.pairs.len() + l.sources.len() + l.users.len() }
