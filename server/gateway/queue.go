package gateway

import (
	"sync/atomic"
	"time"
)

// An upstream is stuck if requests wait for it and it has answered nobody for stuckAfter:
// its workers may all wait for slow clients. Anonymous ones are then cut off.
const (
	stuckAfter = 2 * time.Second
	stuckLook  = 500 * time.Millisecond // between two looks while a client is waited for
)

// queue notes whether an upstream is stuck. It is safe for concurrent use.
type queue struct {
	base    time.Time
	waiting atomic.Int64 // requests that were sent completely and have no response
	moved   atomic.Int64 // when the last response began, or the first of them began to wait, in ns since base
	until   atomic.Int64 // it counts as stuck, in ns since base
}

func newQueue() *queue { return &queue{base: time.Now()} }

func (q *queue) move() { q.moved.Store(int64(time.Since(q.base))) }

// enter notes a complete request; leave follows.
func (q *queue) enter() {
	if q.waiting.Load() == 0 {
		q.move()
	}
	q.waiting.Add(1)
}

func (q *queue) leave() { q.waiting.Add(-1) }

// stuck reports whether the upstream is stuck, or was when it was looked at last: the
// first worker that is freed answers somebody, and the others should be freed as well.
// Without a queue, nil, it never is.
func (q *queue) stuck() bool {
	if q == nil {
		return false
	}
	now := int64(time.Since(q.base))
	if q.waiting.Load() > 0 && now-q.moved.Load() >= int64(stuckAfter) {
		q.until.Store(now + int64(2*stuckLook))
	}
	return now < q.until.Load()
}

// place is that of a request in the queue of its upstream. The zero value is outside.
type place struct {
	queue   *queue
	waiting bool
}

// enter notes that a request is handed to the upstream. It waits if its body is complete.
func (p *place) enter(q *queue, complete bool) {
	if p.queue = q; complete {
		q.enter()
		p.waiting = true
	}
}

// answered notes that the response has begun.
func (p *place) answered() {
	p.queue.move()
	p.leave()
}

// leave notes that the request does not wait any longer; calling it twice is harmless.
func (p *place) leave() {
	if p.waiting {
		p.queue.leave()
		p.waiting = false
	}
}

// anonymousQueue returns the queue of the upstream for a request whose client is cut off
// when others wait; nil for a client with an identity.
func (g *Gateway) anonymousQueue(f *forward) *queue {
	if f.decision.Identity.Subject != "" {
		return nil
	}
	return g.queues[f.upstream]
}
