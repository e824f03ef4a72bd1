package users

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// Limits on calls that wait for a slot of a [queue].
const (
	mostWaiting = 256             // calls that go first, and as many others
	mostWait    = 5 * time.Second // of a call that does not go first
)

// firstKey is the context key of [First].
type firstKey struct{}

// First returns a context whose passwords are checked before those of others: for users
// who recently logged in from the same place, whom other people's guesses must not delay.
func First(ctx context.Context) context.Context { return context.WithValue(ctx, firstKey{}, true) }

// queue limits concurrent work. Calls that go first ([First]) have their own line and
// wait as long as their context. Others wait for a limited time; those that would wait
// longer, or behind too many, are refused. It is safe for concurrent use.
type queue struct {
	mu    sync.Mutex
	free  int // slots; 0 if a call is waiting
	first line
	rest  line
}

// line is the waiting calls in their order; each channel is closed when the call has a
// slot.
type line []chan struct{}

func newQueue(slots int) *queue { return &queue{free: slots} }

// acquire waits for a slot; without an error, release must follow. The error is that of
// the context, or [api.Unavailable] with reason busy.
func (q *queue) acquire(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return notTaken(err)
	}
	l := &q.rest
	var late <-chan time.Time // nil: never
	if ctx.Value(firstKey{}) != nil {
		l = &q.first
	} else {
		timer := time.NewTimer(mostWait)
		defer timer.Stop()
		late = timer.C
	}
	turn, err := q.enter(l)
	if err != nil {
		return err
	}
	select {
	case <-turn:
		return nil
	case <-late:
		err = errBusy()
	case <-ctx.Done():
		err = notTaken(ctx.Err())
	}
	q.leave(l, turn)
	return err
}

// enter takes a slot, or a place in the line.
func (q *queue) enter(l *line) (turn chan struct{}, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	turn = make(chan struct{})
	switch {
	case q.free > 0:
		q.free--
		close(turn)
	case len(*l) == mostWaiting:
		return nil, errBusy()
	default:
		*l = append(*l, turn)
	}
	return turn, nil
}

// leave gives up a place in the line, or the slot that was given meanwhile.
func (q *queue) leave(l *line, turn chan struct{}) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if i := slices.Index(*l, turn); i >= 0 {
		*l = slices.Delete(*l, i, i+1)
		return
	}
	q.pass()
}

// release gives the slot to the next call.
func (q *queue) release() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.pass()
}

// pass is release for callers that hold mu.
func (q *queue) pass() {
	l := &q.first
	if len(*l) == 0 {
		l = &q.rest
	}
	if len(*l) == 0 {
		q.free++
		return
	}
	close((*l)[0])
	*l = slices.Delete(*l, 0, 1)
}

func notTaken(err error) error { return fmt.Errorf("wait to check a password: %w", err) }

func errBusy() error {
	return &api.Error{
		Code: api.Unavailable, Reason: reasonBusy, RetryAfter: mostWait,
		Public: "too many passwords are being checked: try again",
	}
}

const reasonBusy = "busy"

// isBusy reports whether a password was not checked because too many are.
func isBusy(err error) bool {
	e, _ := errors.AsType[*api.Error](err)
	return e != nil && e.Reason == reasonBusy
}
