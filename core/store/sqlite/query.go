package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store/internal/sqlrow"
)

// querier runs and counts queries on the read pool or in a transaction.
type querier struct {
	db interface {
		QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
		ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	}
	store *Store
}

func (s *Store) reader() querier { return querier{s.reads, s} }

// write runs change in one transaction that holds the write lock from its start. It rolls
// back if change fails or panics.
func (s *Store) write(ctx context.Context, change func(querier) error) error {
	s.queries.Add(1)
	conn, err := s.turn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("store: begin to write: %w", err)
	}
	defer tx.Rollback() // no-op after Commit
	if err := s.checkFile(); err != nil {
		return err
	}
	if err := change(querier{tx, s}); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("store: commit: %w", err)
	}
	return s.checkFile() // a write to a deleted file must not be acknowledged
}

// maxTurn is the longest wait for the connection that writes.
const maxTurn = 10 * time.Second

// turn waits for the only connection that writes, for at most maxTurn.
func (s *Store) turn(ctx context.Context) (*sql.Conn, error) {
	bounded, cancel := context.WithTimeout(ctx, maxTurn)
	defer cancel()
	conn, err := s.writes.Conn(bounded)
	if err != nil && ctx.Err() == nil && bounded.Err() != nil {
		return nil, fmt.Errorf("store: waited %s for other writes to finish: %w", maxTurn, err)
	}
	if err != nil {
		return nil, fmt.Errorf("store: begin to write: %w", err)
	}
	return conn, nil
}

// exec runs a statement and returns the number of affected rows.
func (q querier) exec(ctx context.Context, statement string, args ...any) (int64, error) {
	q.store.queries.Add(1)
	result, err := q.db.ExecContext(ctx, statement, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// number returns the single number that a query returns.
func (q querier) number(ctx context.Context, query string, args ...any) (n int64, err error) {
	q.store.queries.Add(1)
	rows, err := q.db.QueryContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	if !rows.Next() {
		return 0, notFound(rows.Err())
	}
	if err := rows.Scan(&n); err != nil {
		return 0, err
	}
	return n, rows.Close()
}

// next increments a counter, or raises it to floor if floor is not 0, and returns it. The
// lock on its row makes numbers visible in order.
func (q querier) next(ctx context.Context, counter string, floor int64) (int64, error) {
	n, err := q.number(ctx, `UPDATE counters SET value = CASE
		WHEN $1 = 0 THEN value + 1 WHEN value < $1 THEN $1 ELSE value END
		WHERE name = $2 RETURNING value`, floor, counter)
	if err != nil {
		return 0, fmt.Errorf("counters, %s: %w", counter, err)
	}
	return n, nil
}

// list reads the rows of a query. The first column must be the key of the table, so that
// errors can name the row.
func list[T any](ctx context.Context, q querier, table string, read func(*sqlrow.Row) T, query string, args ...any) ([]T, error) {
	q.store.queries.Add(1)
	rows, err := q.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("table %s: %w", table, err)
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		r, err := sqlrow.Scan(rows, table)
		if err != nil {
			return nil, err
		}
		out = append(out, read(r))
		if err := r.Err(); err != nil {
			return nil, err
		}
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("table %s: %w", table, err)
	}
	return out, nil
}

// one reads the single row of a query. If there is none, it returns [api.ErrNotFound].
func one[T any](ctx context.Context, q querier, table string, read func(*sqlrow.Row) T, query string, args ...any) (T, error) {
	found, err := list(ctx, q, table, read, query, args...)
	if err == nil && len(found) == 0 {
		err = api.ErrNotFound
	}
	if err != nil {
		var none T
		return none, err
	}
	return found[0], nil
}

func notFound(err error) error {
	if err == nil {
		return api.ErrNotFound
	}
	return err
}
