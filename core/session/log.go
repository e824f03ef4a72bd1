package session

import (
	"context"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// Log is the append-only revocation log. core/store/memory and
// core/store/sqlite implement it. Safe for concurrent use.
type Log interface {
	// AppendRevocations adds rows, all or none, and gives them their Seq.
	AppendRevocations(ctx context.Context, revs ...api.Revocation) error
	// RevocationsSince returns up to limit rows with a Seq above afterSeq, or
	// that were recorded at overlap or later, by Seq. A zero overlap adds none.
	// The overlap is for logs whose rows become visible out of order.
	RevocationsSince(ctx context.Context, afterSeq int64, overlap time.Time, limit int) ([]api.Revocation, error)
	// PruneRevocations deletes rows that expired before the given time and says
	// how many, in transactions of a bounded size. Rows without an end stay.
	PruneRevocations(ctx context.Context, before time.Time) (int64, error)
}
