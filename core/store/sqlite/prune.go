package sqlite

import (
	"context"
	"fmt"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store/internal/sqlrow"
)

// PruneSessions implements session.Repository.
func (s *Store) PruneSessions(ctx context.Context, before time.Time) (pruned int64, err error) {
	pruned, err = s.dropSessions(ctx, `SELECT id FROM (SELECT id FROM sessions WHERE idle_end < $1 LIMIT $2) AS a
		UNION SELECT id FROM (SELECT id FROM sessions WHERE ended > 0 AND ended < $1 LIMIT $2) AS b`, sqlrow.Micros(before), sliceRows)
	if err != nil {
		return pruned, fmt.Errorf("prune sessions: %w", err)
	}
	_, err = s.deleteSlices(ctx, "refresh_tokens", "hash", "expires < $1", sqlrow.Micros(before))
	if err == nil {
		used := before.Add(-api.KeepUsed)
		_, err = s.deleteSlices(ctx, "refresh_tokens", "hash", "used > 0 AND used < $1", sqlrow.Micros(used))
	}
	if err != nil {
		return pruned, fmt.Errorf("prune refresh tokens: %w", err)
	}
	s.checkpoint(ctx)
	return pruned, nil
}

// dropSessions deletes the sessions whose ids the query returns, repeatedly until it
// returns none, and returns their number. Their tokens are deleted first and count towards
// the size of a transaction: a session may have many.
func (s *Store) dropSessions(ctx context.Context, query string, args ...any) (dropped int64, err error) {
	err = s.slices(ctx, func(q querier) (bool, error) {
		ids, err := list(ctx, q, "sessions", (*sqlrow.Row).Text, query, args...)
		if err != nil {
			return false, err
		}
		left := int64(sliceRows)
		for _, id := range ids {
			n, err := q.dropSession(ctx, id, left)
			if left -= n; err != nil || left <= 0 {
				return true, err
			}
			dropped++
		}
		return len(ids) > 0, nil
	})
	return dropped, err
}

// dropSession deletes a session with its tokens, or only left tokens if there are at least
// as many. It returns the number of deleted rows.
func (q querier) dropSession(ctx context.Context, id string, left int64) (int64, error) {
	tokens, err := q.exec(ctx, `DELETE FROM refresh_tokens WHERE hash IN
		(SELECT hash FROM refresh_tokens WHERE session = $1 LIMIT $2)`, id, left)
	if err != nil || tokens == left {
		return tokens, err
	}
	n, err := q.exec(ctx, "DELETE FROM sessions WHERE id = $1", id)
	return tokens + n, err
}

// deleteSlices deletes all rows that match the condition, in several transactions, and
// returns their number.
func (s *Store) deleteSlices(ctx context.Context, table, key, condition string, args ...any) (deleted int64, err error) {
	statement := fmt.Sprintf("DELETE FROM %[1]s WHERE %[2]s IN (SELECT %[2]s FROM %[1]s WHERE %[3]s LIMIT %[4]d)",
		table, key, condition, sliceRows)
	err = s.slices(ctx, func(q querier) (bool, error) {
		n, err := q.exec(ctx, statement, args...)
		deleted += n
		return n == sliceRows, err
	})
	return deleted, err
}
