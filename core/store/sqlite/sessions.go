package sqlite

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store/internal/sqlrow"
)

const sessionColumns = `id, subject, client, token_format, device, peer, scopes, gen, idle,
	created, used, idle_end, final_end, ended, ended_for, access_end, dialect`

func readSession(r *sqlrow.Row) api.Session {
	return api.Session{
		ID: r.Text(), Subject: r.Text(), Client: r.Text(), TokenFormat: r.Text(), Device: r.Text(), Peer: r.Text(),
		Scopes: r.List(), Gen: r.Integer(), Idle: time.Duration(r.Integer()) * time.Microsecond,
		Created: r.Time(), Used: r.Time(), IdleEnd: r.Time(), End: r.Time(), Ended: r.Time(), EndedFor: r.Text(),
		AccessEnd: r.Time(), Dialect: r.Text(),
	}
}

// CreateSession implements session.Repository.
func (s *Store) CreateSession(ctx context.Context, x api.Session, first api.RefreshToken) error {
	return s.write(ctx, func(q querier) error {
		n, err := q.exec(ctx, `INSERT INTO sessions (`+sessionColumns+`)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) ON CONFLICT (id) DO NOTHING`,
			x.ID, x.Subject, x.Client, x.TokenFormat, x.Device, x.Peer, sqlrow.JSONList(x.Scopes), x.Gen, x.Idle.Microseconds(),
			sqlrow.Micros(x.Created), sqlrow.Micros(x.Used), sqlrow.Micros(x.IdleEnd), sqlrow.Micros(x.End), sqlrow.Micros(x.Ended), x.EndedFor, sqlrow.Micros(x.AccessEnd), x.Dialect)
		if err != nil {
			return fmt.Errorf("create session %s: %w", x.ID, err)
		}
		if n == 0 {
			return fmt.Errorf("session id %s is taken: %w", x.ID, api.ErrConflict)
		}
		return q.insertToken(ctx, first)
	})
}

// Session implements session.Repository.
func (s *Store) Session(ctx context.Context, id string) (api.Session, error) {
	return s.reader().session(ctx, id)
}

func (q querier) session(ctx context.Context, id string) (api.Session, error) {
	x, err := one(ctx, q, "sessions", readSession, "SELECT "+sessionColumns+" FROM sessions WHERE id = $1", id)
	if errors.Is(err, api.ErrNotFound) {
		return x, fmt.Errorf("session %s: %w", id, err)
	}
	return x, err
}

// Sessions implements session.Repository.
func (s *Store) Sessions(ctx context.Context, subject, after string, limit int) ([]api.Session, error) {
	query, args := "SELECT "+sessionColumns+" FROM sessions WHERE id > $1", []any{after, max(limit, 0)}
	if subject != "" {
		query, args = query+" AND subject = $3", append(args, subject)
	}
	return list(ctx, s.reader(), "sessions", readSession, query+" ORDER BY id LIMIT $2", args...)
}

// LiveSessions implements session.Repository.
func (s *Store) LiveSessions(ctx context.Context, subject string, now time.Time, limit int) ([]api.Session, error) {
	return list(ctx, s.reader(), "sessions", readSession, "SELECT "+sessionColumns+` FROM sessions
		WHERE subject = $1 AND ended = 0 AND idle_end > $2 ORDER BY created, id LIMIT $3`,
		subject, sqlrow.Micros(now), max(limit, 0))
}

// LiveOn implements session.Finder.
func (s *Store) LiveOn(ctx context.Context, subject, format, device string, now time.Time, limit int) ([]api.Session, error) {
	return list(ctx, s.reader(), "sessions", readSession, "SELECT "+sessionColumns+` FROM sessions
		WHERE subject = $1 AND token_format = $2 AND device = $3 AND ended = 0 AND idle_end > $4
		ORDER BY created DESC, id DESC LIMIT $5`, subject, format, device, sqlrow.Micros(now), max(limit, 0))
}

// CountLive implements session.Counter. It reads only an index.
func (s *Store) CountLive(ctx context.Context, subject string, now time.Time, most int) (int, error) {
	n, err := s.reader().number(ctx, `SELECT COUNT(*) FROM (SELECT id FROM sessions
		WHERE subject = $1 AND ended = 0 AND idle_end > $2 ORDER BY created, id LIMIT $3) AS live`,
		subject, sqlrow.Micros(now), max(most, 0))
	if err != nil {
		return 0, fmt.Errorf("count the sessions of %s: %w", subject, err)
	}
	return int(n), nil
}

// EndSession implements session.Repository.
func (s *Store) EndSession(ctx context.Context, id string, end func(*api.Session) []api.Revocation) error {
	return s.write(ctx, func(q querier) error {
		x, err := q.session(ctx, id)
		if err != nil {
			return err
		}
		return q.endSession(ctx, x, end)
	})
}

// EndSessions implements session.Repository.
func (s *Store) EndSessions(ctx context.Context, subject string, end func(*api.Session) []api.Revocation) error {
	after := ""
	return s.slices(ctx, func(q querier) (bool, error) {
		// The plus keeps SQLite from using the index by subject, which may have many ended
		// ones.
		next, err := list(ctx, q, "sessions", readSession, "SELECT "+sessionColumns+` FROM sessions
			WHERE subject = $1 AND ended = 0 AND +id > $2 ORDER BY +id LIMIT $3`, subject, after, sliceRows)
		if err != nil {
			return false, err
		}
		var revs []api.Revocation
		for _, x := range next {
			revs, after = append(revs, end(&x)...), x.ID
			if x.Ended.IsZero() {
				continue
			}
			if err := q.updateSession(ctx, x); err != nil {
				return false, err
			}
		}
		return len(next) == sliceRows, q.append(ctx, revs)
	})
}

func (q querier) endSession(ctx context.Context, x api.Session, end func(*api.Session) []api.Revocation) error {
	revs := end(&x)
	if err := q.updateSession(ctx, x); err != nil {
		return err
	}
	return q.append(ctx, revs)
}

// updateSession writes the fields that change during a session.
func (q querier) updateSession(ctx context.Context, x api.Session) error {
	_, err := q.exec(ctx, `UPDATE sessions SET peer = $2, used = $3, idle_end = $4, ended = $5, ended_for = $6,
		access_end = $7
		WHERE id = $1`, x.ID, x.Peer, sqlrow.Micros(x.Used), sqlrow.Micros(x.IdleEnd), sqlrow.Micros(x.Ended), x.EndedFor, sqlrow.Micros(x.AccessEnd))
	if err != nil {
		return fmt.Errorf("update session %s: %w", x.ID, err)
	}
	return nil
}

func hexOf(hash [32]byte) string { return hex.EncodeToString(hash[:]) }
