package session

import (
	"context"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// Log is the append-only revocation log, implemented by core/store/memory and
// core/store/sqlite. It is safe for concurrent use.
type Log interface {
	// AppendRevocations adds rows atomically and sets their Seq.
	AppendRevocations(ctx context.Context, revs ...api.Revocation) error
	// RevocationsSince returns up to limit rows, ordered by Seq, whose Seq is greater than
	// afterSeq or that were recorded at overlap or later. A zero overlap adds none. The
	// overlap is for logs whose rows become visible out of order.
	RevocationsSince(ctx context.Context, afterSeq int64, overlap time.Time, limit int) ([]api.Revocation, error)
	// PruneRevocations deletes rows that expired before the given time, in transactions of
	// limited size, and returns their number. Rows without an expiry stay.
	PruneRevocations(ctx context.Context, before time.Time) (int64, error)
}
