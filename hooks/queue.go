package hooks

import (
	"context"
	"sync"
	"time"
)

// Queue describes the queue of one handler of an action.
type Queue struct {
	Handler string
	Depth   int           // values in the queue, including the current one
	Bytes   int64         // their total size
	Age     time.Duration // of the oldest one
	Done    int64         // values handled since it was bound
	Dropped int64         // values dropped since it was bound: queue full, or closed
}

// queue is the queue of one handler. It is safe for concurrent use.
type queue[T any] struct {
	point, id string
	fn        func(context.Context, T) error

	mu            sync.Mutex
	list          []told[T] // the first one is being handled while working
	bytes         int64
	working       bool
	done, dropped int64
}

// told is a queued value.
type told[T any] struct {
	value T
	size  int64
	at    time.Time
}

var _ worker = (*queue[int])(nil)

// add appends a value, and starts a goroutine if none is running.
func (q *queue[T]) add(b *Background, x told[T]) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if b.closed.Load() || len(q.list) >= b.cfg.Events || q.bytes+x.size > b.cfg.Bytes {
		q.dropped++
		return
	}
	if !q.working {
		s := b.begin(q)
		if s == nil {
			q.dropped++
			return
		}
		q.working = true
		go q.work(b, s)
	}
	q.list, q.bytes = append(q.list, x), q.bytes+x.size
}

// work handles the queue until it is empty.
func (q *queue[T]) work(b *Background, s *stint) {
	defer b.end(s)
	for x, ok := q.first(); ok; x, ok = q.next() {
		if err := call(b.ctx, q.fn, x.value); err != nil {
			b.cfg.OnError(b.ctx, &Error{Point: q.point, Handler: q.id, Err: err})
		}
	}
}

func (q *queue[T]) first() (told[T], bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.list[0], true
}

// next removes the handled value and returns the next one, or false if there is none.
func (q *queue[T]) next() (told[T], bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.bytes -= q.list[0].size
	q.list[0] = told[T]{} // do not retain what it refers to
	q.list = q.list[1:]
	q.done++
	if len(q.list) == 0 {
		q.list, q.working = nil, false
		return told[T]{}, false
	}
	return q.list[0], true
}

// discard drops all values but the one being handled.
func (q *queue[T]) discard() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.list) == 0 {
		return 0
	}
	lost := len(q.list) - 1
	q.list, q.bytes = q.list[:1:1], q.list[0].size
	q.dropped += int64(lost)
	return lost
}

func (q *queue[T]) state(now time.Time) Queue {
	q.mu.Lock()
	defer q.mu.Unlock()
	s := Queue{Handler: q.id, Depth: len(q.list), Bytes: q.bytes, Done: q.done, Dropped: q.dropped}
	if s.Depth > 0 {
		s.Age = now.Sub(q.list[0].at)
	}
	return s
}
