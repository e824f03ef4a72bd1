package throttle

import (
	"cmp"
	"net/netip"
	"sync"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// Config is how a [Limiter] slows down; the zero value works.
type Config struct {
	Pair    Scope            // of one user from one source; default {10, 1s, 15m, 15m}
	Source  Scope            // from one source, whoever the user; default {20, 1s, 1m, 30s}
	User    Scope            // of one user from everywhere; default {10, 1s, 5s, 1m}
	Global  Scope            // all; default {1000, 1s, 2s, 100ms}
	Known   time.Duration    // how long a source is known after a success; default 30 days
	Entries int              // users, sources, and pairs of them that are remembered; default 65,536 of each
	Now     func() time.Time // default time.Now
}

// Limiter decides when a password may be tried. Use [New]. Safe for concurrent
// use. A full one takes 16 MB at most, an idle one next to nothing.
//
// Failures count for the user, for the source (IPv4 address or IPv6 /64), for
// both together, and for all. A source waits longer and longer for its own
// failures. The failures of others make it wait Config.User.Max or
// Config.Global.Max at most, once for each try, and not at all where the user
// has lately succeeded: nobody can lock somebody else out. Strangers who share
// the source share its wait.
//
// Each try that Allow lets pass counts as failed at once, so that many at the
// same time are not all let in, until Succeeded or Void takes that back.
type Limiter struct {
	cfg     Config
	pairs   *table[pair]
	sources *table[tally]
	users   *table[tally]

	mu  sync.Mutex
	all tally
}

// pair is what is known of a user at a source.
type pair struct {
	tally
	asked time.Time // first try that others' failures held up, or the last that passed
	known time.Time // until when the user is known to come from there
}

// New returns a limiter that remembers nothing yet.
func New(cfg Config) *Limiter {
	cfg.Pair = cfg.Pair.or(Scope{10, time.Second, 15 * time.Minute, 15 * time.Minute})
	cfg.Source = cfg.Source.or(Scope{20, time.Second, time.Minute, 30 * time.Second})
	cfg.User = cfg.User.or(Scope{10, time.Second, 5 * time.Second, time.Minute})
	cfg.Global = cfg.Global.or(Scope{1000, time.Second, 2 * time.Second, 100 * time.Millisecond})
	cfg.Known = cmp.Or(cfg.Known, 30*24*time.Hour)
	cfg.Entries = cmp.Or(cfg.Entries, 1<<16)
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	l := &Limiter{cfg: cfg}
	l.sources = newTable(cfg.Entries, func(t *tally) float64 { return t.left(cfg.Source, cfg.Now()) })
	l.users = newTable(cfg.Entries, func(t *tally) float64 { return t.left(cfg.User, cfg.Now()) })
	l.pairs = newTable(cfg.Entries, func(p *pair) float64 { return p.worth(cfg.Pair, cfg.Now()) })
	return l
}

// worth is the failures, and one for being known.
func (p *pair) worth(s Scope, now time.Time) float64 {
	if now.Before(p.known) {
		return p.left(s, now) + 1
	}
	return p.left(s, now)
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
	now, k := l.cfg.Now(), l.keys(user, peer)
	strangers := l.strangers(k, now)
	l.pairs.with(k.pair, func(p *pair) {
		l.sources.with(k.source, func(s *tally) {
			if retryAfter = l.wait(p, s, k, strangers, now); retryAfter <= 0 {
				p.add(l.cfg.Pair, now, 1)
				s.add(l.cfg.Source, now, 1)
				p.asked = now
			}
		})
	})
	if retryAfter > 0 {
		return retryAfter, false
	}
	l.shared(k, now, 1)
	return 0, true
}

// strangers returns the delay for what others may have done: all failures of the
// user, and all there are.
func (l *Limiter) strangers(k keys, now time.Time) time.Duration {
	l.mu.Lock()
	all := l.cfg.Global.delay(l.all.left(l.cfg.Global, now))
	l.mu.Unlock()
	user := l.users.get(k.user)
	return max(l.cfg.User.delay(user.left(l.cfg.User, now)), all)
}

// wait returns how long the pair has to wait. Each pair waits on its own for what
// strangers did, from when it asked: there is no turn that they could take away.
func (l *Limiter) wait(p *pair, s *tally, k keys, strangers time.Duration, now time.Time) time.Duration {
	ofPair, ofSource := l.cfg.Pair, l.cfg.Source
	if !k.told { // everybody's failures look like one's own
		ofPair.Max = min(ofPair.Max, l.cfg.User.Max)
		ofSource.Max = min(ofSource.Max, l.cfg.User.Max)
	}
	own := p.wait(ofPair, now)
	if now.Before(p.known) {
		return own
	}
	own = max(own, s.wait(ofSource, now))
	if strangers == 0 {
		return own
	}
	if p.asked.IsZero() || p.asked.After(now) {
		p.asked = now
	}
	return max(own, p.asked.Add(strangers).Sub(now))
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
	now, k := l.cfg.Now(), l.keys(user, peer)
	l.pairs.with(k.pair, func(p *pair) {
		p.add(l.cfg.Pair, now, failures)
		if known {
			p.tally, p.known = tally{}, now.Add(l.cfg.Known)
		}
	})
	l.sources.with(k.source, func(s *tally) { s.add(l.cfg.Source, now, failures) })
	l.shared(k, now, failures)
}

// shared counts for the user from everywhere, and for all.
func (l *Limiter) shared(k keys, now time.Time, failures float64) {
	l.users.with(k.user, func(t *tally) { t.add(l.cfg.User, now, failures) })
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all.add(l.cfg.Global, now, failures)
}

// Len returns the number of entries in memory, for metrics.
func (l *Limiter) Len() int { return l.pairs.len() + l.sources.len() + l.users.len() }

// keys are where a try is counted.
type keys struct {
	pair, source, user uint64
	told               bool // the source is known, and so told from others
}

func (l *Limiter) keys(user string, peer netip.Addr) keys {
	type both struct {
		user   string
		source netip.Prefix
	}
	user, source := api.LoginKey(user), Source(peer)
	return keys{hash(l.pairs, both{user, source}), hash(l.sources, source), hash(l.users, user), source.IsValid()}
}

// Source returns what counts as one source: an IPv4 address, or the /64 that one
// customer has in IPv6 at least. An address that is not valid is the zero Prefix.
func Source(peer netip.Addr) netip.Prefix {
	peer = peer.Unmap().WithZone("")
	bits := 64
	if peer.Is4() {
		bits = 32
	}
	source, err := peer.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return source
}
