package sqlite

import (
	"context"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store/internal/sqlrow"
)

const keyColumns = `id, digest, subject, name, roles, scopes, created, expires, revoked,
	rate_limit, last_used, old_digest, old_until, made, old_made`

func readKey(r *sqlrow.Row) api.APIKey {
	return api.APIKey{
		ID: r.Text(), Digest: r.Digest(), Subject: r.Text(), Name: r.Text(),
		Roles: r.List(), Scopes: r.List(), Created: r.Time(), Expires: r.Time(), Revoked: r.Time(),
		RateLimit: int(r.Integer()), LastUsed: r.Time(), OldDigest: r.Digest(), OldUntil: r.Time(),
		Made: r.Time(), OldMade: r.Time(),
	}
}

// APIKey implements store.APIKeys.
func (s *Store) APIKey(ctx context.Context, id string) (api.APIKey, error) {
	key, err := one(ctx, s.reader(), "api_keys", readKey, "SELECT "+keyColumns+" FROM api_keys WHERE id = $1", id)
	if errors.Is(err, api.ErrNotFound) {
		return key, fmt.Errorf("API key %s: %w", id, err)
	}
	return key, err
}

// APIKeys implements store.APIKeys.
func (s *Store) APIKeys(ctx context.Context, subject, after string, limit int) ([]api.APIKey, error) {
	return s.FindAPIKeys(ctx, subject, "", after, limit)
}

// FindAPIKeys implements store.APIKeys.
func (s *Store) FindAPIKeys(ctx context.Context, subject, prefix, after string, limit int) ([]api.APIKey, error) {
	query, args := "SELECT "+keyColumns+" FROM api_keys WHERE id > $1", []any{after, max(limit, 0)}
	if prefix != "" {
		query += " AND (substr(id, 1, $4) = $3 OR substr(name, 1, $4) = $3)"
		args = append(args, prefix, utf8.RuneCountInString(prefix))
	}
	if subject != "" {
		query += fmt.Sprintf(" AND subject = $%d", len(args)+1)
		args = append(args, subject)
	}
	return list(ctx, s.reader(), "api_keys", readKey, query+" ORDER BY id LIMIT $2", args...)
}

// CreateAPIKey implements store.APIKeys.
func (s *Store) CreateAPIKey(ctx context.Context, key api.APIKey) error {
	return s.write(ctx, func(q querier) error {
		n, err := q.exec(ctx, `INSERT INTO api_keys (`+keyColumns+`)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT (id) DO NOTHING`,
			key.ID, hexOf(key.Digest), key.Subject, key.Name, sqlrow.JSONList(key.Roles), sqlrow.JSONList(key.Scopes),
			sqlrow.Micros(key.Created), sqlrow.Micros(key.Expires), sqlrow.Micros(key.Revoked),
			key.RateLimit, sqlrow.Micros(key.LastUsed), hexOf(key.OldDigest), sqlrow.Micros(key.OldUntil),
			sqlrow.Micros(key.Made), sqlrow.Micros(key.OldMade))
		if err != nil {
			return fmt.Errorf("create API key %s: %w", key.ID, err)
		}
		if n == 0 {
			return fmt.Errorf("API key id %s is taken: %w", key.ID, api.ErrConflict)
		}
		return nil
	})
}

// RevokeAPIKey implements store.APIKeys.
func (s *Store) RevokeAPIKey(ctx context.Context, id string, at time.Time, revs ...api.Revocation) error {
	return s.write(ctx, func(q querier) error {
		n, err := q.exec(ctx, `UPDATE api_keys SET revoked = CASE WHEN revoked = 0 THEN $2 ELSE revoked END
			WHERE id = $1`, id, sqlrow.Micros(at))
		if err != nil {
			return fmt.Errorf("revoke API key %s: %w", id, err)
		}
		if n == 0 {
			return fmt.Errorf("API key %s: %w", id, api.ErrNotFound)
		}
		return q.append(ctx, revs)
	})
}

// RotateAPIKey implements store.APIKeys.
func (s *Store) RotateAPIKey(ctx context.Context, id string, digest [32]byte, made, oldUntil time.Time, revs ...api.Revocation) error {
	return s.write(ctx, func(q querier) error {
		n, err := q.exec(ctx, `UPDATE api_keys SET old_digest = digest, old_made = made, old_until = $3, digest = $2, made = $4
			WHERE id = $1 AND revoked = 0`, id, hexOf(digest), sqlrow.Micros(oldUntil), sqlrow.Micros(made))
		if err != nil {
			return fmt.Errorf("rotate API key %s: %w", id, err)
		}
		if n == 0 {
			return q.whyNotRotated(ctx, id)
		}
		return q.append(ctx, revs)
	})
}

func (q querier) whyNotRotated(ctx context.Context, id string) error {
	n, err := q.number(ctx, "SELECT COUNT(*) FROM api_keys WHERE id = $1", id)
	if err != nil {
		return fmt.Errorf("rotate API key %s: %w", id, err)
	}
	if n == 0 {
		return fmt.Errorf("API key %s: %w", id, api.ErrNotFound)
	}
	return fmt.Errorf("API key %s is revoked: %w", id, api.ErrConflict)
}

// TouchAPIKeys implements store.APIKeys.
func (s *Store) TouchAPIKeys(ctx context.Context, used map[string]time.Time) error {
	return s.write(ctx, func(q querier) error {
		for id, at := range used {
			_, err := q.exec(ctx, "UPDATE api_keys SET last_used = $2 WHERE id = $1 AND last_used < $2", id, sqlrow.Micros(at))
			if err != nil {
				return fmt.Errorf("record the use of API key %s: %w", id, err)
			}
		}
		return nil
	})
}
