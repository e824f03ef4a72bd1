package memory

import (
	"context"
	"slices"
	"time"
)

// sliceRows is how many rows are changed under one lock where there may be any number.
const sliceRows = 500

// inSlices runs change for each item, some of them under one lock, so that others can
// write in between. What changed before an error stays.
func inSlices[T any](ctx context.Context, s *Store, items []T, change func(T)) error {
	for slice := range slices.Chunk(items, sliceRows) {
		err := s.write(ctx, func() error {
			for _, item := range slice {
				change(item)
			}
			return nil
		})
		if err != nil {
			return err
		}
		if len(items) > sliceRows {
			time.Sleep(time.Millisecond) // whoever waits for the lock gets it
		}
	}
	return nil
}
