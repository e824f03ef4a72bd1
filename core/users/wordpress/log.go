package wordpress

import (
	"context"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// Log is the part of session.Log that the directory needs; every store implements it.
type Log interface {
	AppendRevocations(ctx context.Context, revs ...api.Revocation) error
	RevocationsSince(ctx context.Context, afterSeq int64, overlap time.Time, limit int) ([]api.Revocation, error)
}
