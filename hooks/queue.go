package hooks

import (
	"context"
	"sync"
	"time"
)

// Queue describes what waits for one handler of an action.
type Queue struct {
	Handler string
	Depth   int           // values that wait, with the one that is being handled
	Bytes   int64         // of them
	Age     time.Duration // of the oldest
	Done    int64         // handled since it was bound
	Dropped int64         // since it was bound: no room, or given up at the end
}

// queue is what waits for one handler. Safe for concurrent use.
type queue[T any] struct {
	point, id string
	fn        func(context.Context, T) error

	mu            sync.Mutex
	list          []told[T] // the first one is being handled while working
	bytes         int64
	working       bool
	done, dropped int64
}

// told is a value that was kept for a handler.
type told[T any] struct {
	value T
	size  int64
	at    time.Time
}

var _ worker = (*queue[int])(nil)

// add puts a value in line, and starts a goroutine if there is none.
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

// work handles what is in line until nothing is.
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

// next lets go of the value that was handled; false when it was the last.
func (q *queue[T]) next() (told[T], bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.bytes -= q.list[0].size
	q.list[0] = told[T]{} // it would keep alive what it holds
	q.list = q.list[1:]
	q.done++
	if len(q.list) == 0 {
		q.list, q.working = nil, false
		return told[T]{}, false
	}
	return q.list[0], true
}

// discard drops what waits behind the value that is being handled.
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
