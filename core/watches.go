package core

import (
	"context"
	"sync"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/authenticate"
)

// watches is the set of watched requests in flight. One goroutine checks them when the
// revocation index or the keys change, and when a credential expires; lookups run in other
// goroutines.
type watches struct {
	e      *Engine
	pool   sync.Pool // of *Watch that are not running
	poke   chan struct{}
	slots  chan struct{} // one per lookup
	ctx    context.Context
	cancel context.CancelFunc
	done   sync.WaitGroup

	mu     sync.Mutex // guards the rest
	live   map[*Watch]struct{}
	closed bool
}

const (
	watchLookups = 16                     // maximum number of concurrent lookups
	watchTimeout = 5 * time.Second        // of one lookup
	watchGap     = 50 * time.Millisecond  // minimum time between two checks of all
	watchTick    = 500 * time.Millisecond // maximum, since the clock may be set
)

func openWatches(e *Engine) *watches {
	s := &watches{
		e: e, live: map[*Watch]struct{}{},
		poke: make(chan struct{}, 1), slots: make(chan struct{}, watchLookups),
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.pool.New = func() any {
		w := &Watch{all: s}
		w.timer = time.AfterFunc(time.Hour, w.begin)
		w.timer.Stop()
		return w
	}
	s.done.Go(s.run)
	return s
}

// close stops the goroutines. It does not end the requests.
func (s *watches) close() {
	s.mu.Lock()
	s.closed = true
	clear(s.live)
	s.mu.Unlock()
	s.cancel()
	s.done.Wait()
}

func (s *watches) run() {
	tick := time.NewTimer(0)
	defer tick.Stop()
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-s.e.env.Index.Changed():
		case <-s.e.env.Keys.Changed():
		case <-s.poke:
		case <-tick.C:
		}
		if next := s.look(); next > 0 {
			tick.Reset(next)
		}
		select {
		case <-s.ctx.Done():
		case <-time.After(watchGap):
		}
	}
}

// look checks all requests and returns the time until the next check, or 0 if none is
// scheduled.
func (s *watches) look() (next time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.live) == 0 {
		return 0
	}
	now := s.e.env.Now()
	for w := range s.live {
		s.check(w, now)
		for _, end := range [...]time.Time{w.until, w.recheck} {
			if left := end.Sub(now); !w.stopped && !end.IsZero() && (next == 0 || left < next) {
				next = max(left, time.Millisecond)
			}
		}
	}
	return min(next, watchTick)
}

// wake makes the goroutine check all requests.
func (s *watches) wake() {
	select {
	case s.poke <- struct{}{}:
	default:
	}
}

// begin starts to watch a request that has lasted for watchAfter.
func (w *Watch) begin() {
	s := w.all
	s.mu.Lock()
	defer s.mu.Unlock()
	if w.stopped || s.closed {
		return
	}
	now := s.e.env.Now()
	w.user, w.until = w.decision.known.User, w.policy.End(w.identity())
	if w.policy.External(w.identity()) {
		w.recheck = now.Add(authenticate.ExternalCacheFor)
	}
	s.live[w] = struct{}{}
	if s.check(w, now); !w.until.IsZero() || !w.recheck.IsZero() {
		s.wake()
	}
}

// remove removes the watch and reports whether End was not called for it.
func (s *watches) remove(w *Watch) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	ended := w.stopped
	w.stopped = true
	delete(s.live, w)
	return !ended
}

// check ends the request if its credential is invalid, or starts a lookup if memory alone
// cannot tell. The caller holds mu.
func (s *watches) check(w *Watch, now time.Time) {
	known, id := w.decision.known, w.identity()
	switch version := s.e.auth.Version(known); {
	case s.takenBack(w):
		w.end(errEndRevoked)
	case w.asking:
	case version != w.user:
		w.user = version
		s.ask(w, s.stillMay)
	case !w.until.IsZero() && !now.Before(w.until):
		if id.Proof.Session == "" {
			w.end(errEndExpired)
			return
		}
		s.ask(w, s.sessionGoesOn)
	case !w.recheck.IsZero() && !now.Before(w.recheck):
		w.recheck = now.Add(authenticate.ExternalCacheFor)
		s.ask(w, s.stillMay)
	}
}

// ask runs a lookup, which returns when the credential expires. Any error ends the request,
// even a technical one: nothing confirms the credential any more. The caller holds mu.
func (s *watches) ask(w *Watch, look func(context.Context, *Watch) (time.Time, error)) {
	w.asking = true
	s.done.Go(func() {
		select {
		case s.slots <- struct{}{}:
		case <-s.ctx.Done():
			return
		}
		defer func() { <-s.slots }()
		ctx, cancel := context.WithTimeout(s.ctx, watchTimeout)
		defer cancel()
		until, err := look(ctx, w)
		s.answer(w, until, err)
	})
}

// answer applies the result of a lookup.
func (s *watches) answer(w *Watch, until time.Time, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w.asking, w.until = false, until
	switch {
	case w.stopped, s.closed:
	case err != nil:
		w.end(api.AsError(err))
	default:
		s.wake()
	}
}
