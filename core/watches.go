package core

import (
	"context"
	"sync"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/authenticate"
)

// watches are the requests under way that have lasted for a while. One goroutine
// looks at them when the revocation index or the keys change, and when the clock
// reaches an end; what must be looked up is looked up beside it.
type watches struct {
	e      *Engine
	pool   sync.Pool // of *Watch that have not begun
	poke   chan struct{}
	slots  chan struct{} // one for each look-up
	ctx    context.Context
	cancel context.CancelFunc
	done   sync.WaitGroup

	mu     sync.Mutex // guards the rest
	live   map[*Watch]struct{}
	closed bool
}

const (
	watchLookups = 16                     // at the same time
	watchTimeout = 5 * time.Second        // of one look-up
	watchGap     = 50 * time.Millisecond  // least time between two looks at all
	watchTick    = 500 * time.Millisecond // longest, for clocks may be set
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

// close ends the goroutines. Requests under way are not ended.
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

// look looks at all, and returns after how long it must look again at the latest; 0:
// nothing goes by the clock.
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

// wake has the goroutine look at all.
func (s *watches) wake() {
	select {
	case s.poke <- struct{}{}:
	default:
	}
}

// begin watches a request that has lasted for a while.
func (w *Watch) begin() {
	s := w.all
	s.mu.Lock()
	defer s.mu.Unlock()
	if w.stopped || s.closed {
		return
	}
	now := s.e.env.Now()
	w.user, w.until = w.decision.known.User, w.policy.End(w.identity())
	if w.policy.Foreign(w.identity()) {
		w.recheck = now.Add(authenticate.ForeignCacheFor)
	}
	s.live[w] = struct{}{}
	if s.check(w, now); !w.until.IsZero() || !w.recheck.IsZero() {
		s.wake()
	}
}

// remove reports whether the watch had not ended.
func (s *watches) remove(w *Watch) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	ended := w.stopped
	w.stopped = true
	delete(s.live, w)
	return !ended
}

// check ends a request, or begins to ask what memory does not tell. The caller holds
// mu.
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
		w.recheck = now.Add(authenticate.ForeignCacheFor)
		s.ask(w, s.stillMay)
	}
}

// ask has a look-up decide, which returns when the credential ends. An error ends the
// request, also one that is no verdict: nothing says any more that it may go on. The
// caller holds mu.
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

// answer takes what a look-up has found.
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
