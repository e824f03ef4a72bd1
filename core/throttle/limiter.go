package throttle

import (
	"context"
	"net/netip"
	"sync"
	"time"
)

// Limiter decides when a password may be tried. Use [New]. Safe for concurrent
// use. A full one takes 16 MB at most, an idle one next to nothing.
//
// Failures count for the user, for the source (IPv4 address or IPv6 /64), for
// both together, for the networks that the source is in, and for all. A source
// waits longer and longer for its own failures. The failures of others make it
// wait Config.User.Max or Config.Global.Max at most, once for each try, until
// those of its network or of the user from everywhere are beyond Config.Slash56,
// Slash48, Slash24 or Account: from then on sources take turns, or whoever rents
// many could go on guessing. Where the user has lately succeeded, none of this
// makes it wait: nobody can lock users out of where they come from. Strangers who
// share the source share its wait.
//
// Each try that Allow or Await lets pass counts as failed at once, so that many at
// the same time are not all let in, until Succeeded or Void takes that back.
type Limiter struct {
	cfg     Config
	pairs   *table[pair]
	sources *table[source] // of all levels
	users   *table[account]

	mu      sync.Mutex // guards all below, and each try as a whole
	all     tally
	begun   time.Time
	now     time.Duration // the time of the try that is judged, since begun
	waiting waiting
}

// pair is what is known of a user at a source.
type pair struct {
	tally
	asked time.Duration // first try that others' failures held up, or the last that passed
	known time.Duration // until when the user is known to come from there
}

// source is what is known of a source, or of a network.
type source struct {
	tally
	level level
}

// account is what is known of a user: for each source alone, and for all in turn.
type account struct{ each, turns tally }

// New returns a limiter that remembers nothing yet.
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

// worth is the failures, and one for being known.
func (p *pair) worth(s Scope, now time.Duration) float64 {
	if now < p.known {
		return p.left(s, now, all) + 1
	}
	return p.left(s, now, all)
}

// Allow reports whether the user may try from the peer now, and if not, how long
// to wait; asking too early costs nothing. The user's name is compared by
// [api.LoginKey]; use the name in the directory where there is one, so that the
// login and the e-mail address of a user count together. Peers that are not
// valid are one source, whose failures are everybody's: there no wait exceeds
// Config.User.Max.
//
// After true, call exactly one of Failed, Succeeded and Void.
func (l *Limiter) Allow(user string, peer netip.Addr) (retryAfter time.Duration, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	retryAfter, _ = l.take(l.keys(user, peer))
	return retryAfter, retryAfter == 0
}

// Await is Allow, but where nothing holds the try up save others in flight, which
// may yet succeed, it waits for them: for Config.Patience, or until ctx ends. Only
// so many wait at a time, from one network and in all.
func (l *Limiter) Await(ctx context.Context, user string, peer netip.Addr) (retryAfter time.Duration, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	k := l.keys(user, peer)
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

// Wait returns how long the user has to wait at the peer for failures that are known,
// 0 for a try that Await could let pass. It counts nothing.
func (l *Limiter) Wait(user string, peer netip.Addr) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	k := l.keys(user, peer)
	l.tick()
	if l.wait(k, answered) <= 0 {
		return 0
	}
	return l.wait(k, all)
}

// take counts the try, or returns how long it has to wait, and whether that is for
// tries in flight alone. The caller holds the lock.
func (l *Limiter) take(k keys) (wait time.Duration, busy bool) {
	l.tick()
	if wait = l.wait(k, all); wait > 0 {
		return wait, l.wait(k, answered) <= 0
	}
	l.add(k, change{1, 1})
	l.pairs.with(k.pair, func(p *pair) { p.asked = l.now })
	return 0, false
}

// tick reads the clock. The time never falls below 1, so that 0 is never.
func (l *Limiter) tick() {
	now := l.cfg.Now()
	if l.begun.IsZero() {
		l.begun = now
	}
	l.now = max(now.Sub(l.begun)+1, 1)
}

// wait returns how long the try has to wait where the tries of the view count.
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

// asked returns when the pair first asked for this try. Each pair waits on its own
// for what strangers did, from then on: there is no turn that they could take away.
func (l *Limiter) asked(k keys, p *pair) time.Duration {
	if p.asked == 0 || p.asked > l.now {
		l.pairs.with(k.pair, func(p *pair) { p.asked = l.now })
		return l.now
	}
	return p.asked
}

// Failed says that the try was wrong: the delay begins now that it is answered.
func (l *Limiter) Failed(user string, peer netip.Addr) { l.settle(user, peer, 0, false) }

// Succeeded says that the try was right: the user's failures from this source
// are forgotten, and the source is known for the user. What the source did to
// others still counts: a success of one's own must not pay for guessing.
func (l *Limiter) Succeeded(user string, peer netip.Addr) { l.settle(user, peer, -1, true) }

// Void says that the try came to nothing, as when a store did not answer.
func (l *Limiter) Void(user string, peer netip.Addr) { l.settle(user, peer, -1, false) }

func (l *Limiter) settle(user string, peer netip.Addr, failures float64, known bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	k := l.keys(user, peer)
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

// add makes the change wherever the try counts.
func (l *Limiter) add(k keys, c change) {
	l.pairs.with(k.pair, func(p *pair) { p.add(l.cfg.Pair, l.now, c) })
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
