package memory

import (
	"context"
	"slices"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// AppendRevocations implements session.Log.
func (s *Store) AppendRevocations(ctx context.Context, revs ...api.Revocation) error {
	return s.write(ctx, func() error {
		s.append(revs)
		return nil
	})
}

func (s *Store) append(revs []api.Revocation) {
	for _, r := range revs {
		s.lastSeq++
		r.Seq = s.lastSeq
		s.log = append(s.log, entry{r, s.now()})
	}
}

// RevocationsSince implements session.Log.
func (s *Store) RevocationsSince(ctx context.Context, afterSeq int64, overlap time.Time, limit int) (rows []api.Revocation, err error) {
	err = s.read(ctx, func() error {
		for _, e := range s.log[s.since(afterSeq, overlap):] {
			if len(rows) == limit {
				break
			}
			rows = append(rows, e.Revocation)
		}
		return nil
	})
	return rows, err
}

// since returns the index of the first row to return. Rows are recorded in order of Seq, so
// all following ones are returned too.
func (s *Store) since(afterSeq int64, overlap time.Time) int {
	i, _ := slices.BinarySearchFunc(s.log, afterSeq+1, func(e entry, seq int64) int { return int(e.Seq - seq) })
	for !overlap.IsZero() && i > 0 && !s.log[i-1].recorded.Before(overlap) {
		i--
	}
	return i
}

// PruneRevocations implements session.Log.
func (s *Store) PruneRevocations(ctx context.Context, before time.Time) (pruned int64, err error) {
	err = s.write(ctx, func() error {
		old := len(s.log)
		s.log = slices.DeleteFunc(s.log, func(e entry) bool { return !e.Expires.IsZero() && e.Expires.Before(before) })
		pruned = int64(old - len(s.log))
		return nil
	})
	return pruned, err
}
