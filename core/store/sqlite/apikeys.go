package sqlite

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

const keyColumns = "id, digest, subject, name, roles, scopes, created, expires, revoked"

func readKey(r *row) api.APIKey {
	return api.APIKey{
		ID: r.text(), Digest: r.digest(), Subject: r.text(), Name: r.text(),
		Roles: r.list(), Scopes: r.list(), Created: r.time(), Expires: r.time(), Revoked: r.time(),
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
	query, args := "SELECT "+keyColumns+" FROM api_keys WHERE id > $1", []any{after, max(limit, 0)}
	if subject != "" {
		query, args = query+" AND subject = $3", append(args, subject)
	}
	return list(ctx, s.reader(), "api_keys", readKey, query+" ORDER BY id LIMIT $2", args...)
}

// CreateAPIKey implements store.APIKeys.
func (s *Store) CreateAPIKey(ctx context.Context, key api.APIKey) error {
	return s.write(ctx, func(q querier) error {
		n, err := q.exec(ctx, `INSERT INTO api_keys (`+keyColumns+`)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO NOTHING`,
			key.ID, hex.EncodeToString(key.Digest[:]), key.Subject, key.Name, jsonList(key.Roles), jsonList(key.Scopes),
			micros(key.Created), micros(key.Expires), micros(key.Revoked))
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
			WHERE id = $1`, id, micros(at))
		if err != nil {
			return fmt.Errorf("revoke API key %s: %w", id, err)
		}
		if n == 0 {
			return fmt.Errorf("API key %s: %w", id, api.ErrNotFound)
		}
		return q.append(ctx, revs)
	})
}
