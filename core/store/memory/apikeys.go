package memory

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// APIKey implements store.APIKeys.
func (s *Store) APIKey(ctx context.Context, id string) (key api.APIKey, err error) {
	err = s.read(ctx, func() error {
		found, ok := s.keys[id]
		if !ok {
			return fmt.Errorf("API key %s: %w", id, api.ErrNotFound)
		}
		key = cloneKey(found)
		return nil
	})
	return key, err
}

// APIKeys implements store.APIKeys.
func (s *Store) APIKeys(ctx context.Context, subject, after string, limit int) ([]api.APIKey, error) {
	return s.FindAPIKeys(ctx, subject, "", after, limit)
}

// FindAPIKeys implements store.APIKeys.
func (s *Store) FindAPIKeys(ctx context.Context, subject, prefix, after string, limit int) (list []api.APIKey, err error) {
	err = s.read(ctx, func() error {
		for _, id := range slices.Sorted(maps.Keys(s.keys)) {
			key := s.keys[id]
			if id > after && len(list) < limit && (subject == "" || key.Subject == subject) &&
				(strings.HasPrefix(id, prefix) || strings.HasPrefix(key.Name, prefix)) {
				list = append(list, cloneKey(key))
			}
		}
		return nil
	})
	return list, err
}

// CreateAPIKey implements store.APIKeys.
func (s *Store) CreateAPIKey(ctx context.Context, key api.APIKey) error {
	return s.write(ctx, func() error {
		if _, taken := s.keys[key.ID]; taken {
			return fmt.Errorf("API key id %s is taken: %w", key.ID, api.ErrConflict)
		}
		s.keys[key.ID] = cloneKey(key)
		return nil
	})
}

// RevokeAPIKey implements store.APIKeys.
func (s *Store) RevokeAPIKey(ctx context.Context, id string, at time.Time, revs ...api.Revocation) error {
	return s.write(ctx, func() error {
		key, ok := s.keys[id]
		if !ok {
			return fmt.Errorf("API key %s: %w", id, api.ErrNotFound)
		}
		if key.Revoked.IsZero() {
			key.Revoked = at
			s.keys[id] = key
		}
		s.append(revs)
		return nil
	})
}

// RotateAPIKey implements store.APIKeys.
func (s *Store) RotateAPIKey(ctx context.Context, id string, digest [32]byte, made, oldUntil time.Time, revs ...api.Revocation) error {
	return s.write(ctx, func() error {
		key, ok := s.keys[id]
		if !ok {
			return fmt.Errorf("API key %s: %w", id, api.ErrNotFound)
		}
		if !key.Revoked.IsZero() {
			return fmt.Errorf("API key %s is revoked: %w", id, api.ErrConflict)
		}
		key.OldDigest, key.OldMade, key.OldUntil = key.Digest, key.Made, oldUntil
		key.Digest, key.Made = digest, made
		s.keys[id] = key
		s.append(revs)
		return nil
	})
}

// TouchAPIKeys implements store.APIKeys.
func (s *Store) TouchAPIKeys(ctx context.Context, used map[string]time.Time) error {
	return s.write(ctx, func() error {
		for id, at := range used {
			if key, ok := s.keys[id]; ok && key.LastUsed.Before(at) {
				key.LastUsed = at
				s.keys[id] = key
			}
		}
		return nil
	})
}

func cloneKey(k api.APIKey) api.APIKey {
	k.Roles, k.Scopes = slices.Clone(k.Roles), slices.Clone(k.Scopes)
	return k
}
