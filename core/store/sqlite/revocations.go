package sqlite

import (
	"context"
	"fmt"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store/internal/sqlrow"
)

const revocationColumns = "seq, kind, name, min_gen, at, expires, reason, actor"

func readRevocation(r *sqlrow.Row) api.Revocation {
	return api.Revocation{
		Seq: r.Integer(), Kind: api.RevocationKind(r.Text()), Key: r.Text(), MinGen: r.Integer(),
		At: r.Time(), Expires: r.Time(), Reason: r.Text(), Actor: r.Text(),
	}
}

// AppendRevocations implements session.Log.
func (s *Store) AppendRevocations(ctx context.Context, revs ...api.Revocation) error {
	return s.write(ctx, func(q querier) error { return q.append(ctx, revs) })
}

func (q querier) append(ctx context.Context, revs []api.Revocation) error {
	if len(revs) == 0 {
		return nil
	}
	last, err := q.number(ctx, "UPDATE counters SET value = value + $1 WHERE name = 'revocation_seq' RETURNING value", len(revs))
	if err != nil {
		return fmt.Errorf("counters, revocation_seq: %w", err)
	}
	seq := last - int64(len(revs))
	for _, r := range revs {
		seq++
		_, err = q.exec(ctx, `INSERT INTO revocations (`+revocationColumns+`, recorded)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			seq, string(r.Kind), r.Key, r.MinGen, sqlrow.Micros(r.At), sqlrow.Micros(r.Expires), r.Reason, r.Actor, sqlrow.Micros(q.store.now()))
		if err != nil {
			return fmt.Errorf("append revocation of %s %s: %w", r.Kind, r.Key, err)
		}
	}
	return nil
}

// RevocationsSince implements session.Log.
func (s *Store) RevocationsSince(ctx context.Context, afterSeq int64, overlap time.Time, limit int) ([]api.Revocation, error) {
	if err := s.checkFile(); err != nil {
		return nil, err // others append to the new file
	}
	const after = "SELECT " + revocationColumns + " FROM revocations WHERE seq > $1 ORDER BY seq LIMIT $2"
	if overlap.IsZero() {
		return list(ctx, s.reader(), "revocations", readRevocation, after, afterSeq, max(limit, 0))
	}
	// Two range reads with an index each; an OR would scan the table.
	const recent = "SELECT " + revocationColumns + " FROM revocations WHERE recorded >= $3 ORDER BY seq LIMIT $2"
	return list(ctx, s.reader(), "revocations", readRevocation,
		"SELECT * FROM ("+after+") AS a UNION SELECT * FROM ("+recent+") AS b ORDER BY seq LIMIT $2",
		afterSeq, max(limit, 0), sqlrow.Micros(overlap))
}

// PruneRevocations implements session.Log.
func (s *Store) PruneRevocations(ctx context.Context, before time.Time) (pruned int64, err error) {
	pruned, err = s.deleteSlices(ctx, "revocations", "seq", "expires > 0 AND expires < $1", sqlrow.Micros(before))
	if err != nil {
		return pruned, fmt.Errorf("prune revocations: %w", err)
	}
	return pruned, nil
}
