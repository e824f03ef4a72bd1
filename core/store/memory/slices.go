package memory

import (
	"context"
	"slices"
	"time"
)

// sliceRows is how many rows are changed under one lock, if there may be many.
const sliceRows = 500

// inSlices runs change for each item, sliceRows under one lock, so that others can write in
// between. Changes before an error stay.
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
			time.Sleep(time.Millisecond) // lets others acquire the lock
		}
	}
	return nil
}
