package sqlite

import (
	"context"
	"time"
)

// sliceRows is the maximum number of rows that one transaction changes, if there may be
// many. It then takes some tens of milliseconds.
const sliceRows = 200

// slices runs change in several transactions, each of at most about [sliceRows] rows, until
// it reports that nothing is left. Others can write in between. What was committed before
// an error stays.
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

// giveWay sleeps as long as the transaction took, within limits. Writers of this process
// queue for the connection and need no pause, but other processes poll for the lock and
// would hardly ever find it free.
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
