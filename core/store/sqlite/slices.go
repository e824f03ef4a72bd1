package sqlite

import (
	"context"
	"time"
)

// sliceRows is how many rows one transaction changes at most where there may be any
// number: what others wait for then takes some tens of milliseconds.
const sliceRows = 200

// slices runs change in one transaction after another, each of at most about
// [sliceRows] rows, until it reports that nothing is left. In between others can
// write. What was committed before an error stays.
func (s *Store) slices(ctx context.Context, change func(querier) (more bool, err error)) error {
	for {
		var began time.Time
		more := false
		err := s.write(ctx, func(q querier) (err error) {
			began = time.Now()
			more, err = change(q)
			return err
		})
		if err != nil || !more {
			return err
		}
		if err := giveWay(ctx, time.Since(began)); err != nil {
			return err
		}
	}
}

// giveWay waits for as long as a transaction took, within bounds. Writers of this
// process stand in a queue and need no pause; other processes look at the lock now and
// then, and would hardly ever find it free.
func giveWay(ctx context.Context, took time.Duration) error {
	t := time.NewTimer(min(took, 25*time.Millisecond))
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
