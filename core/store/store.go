package store

import (
	"context"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/session"
	"github.com/cardea-auth/cardea/core/users"
)

// Store stores everything that must survive a restart. Every method is safe for concurrent
// use, honours its context, and copies its arguments and results. Unknown records are
// [api.ErrNotFound], duplicate names [api.ErrConflict]; any other error is technical and
// names the table and key.
//
// A store may also implement [session.Counter] and [session.Finder]; otherwise, sessions
// are listed instead.
type Store interface {
	users.Repository
	session.Log
	session.Repository
	APIKeys

	// Ping reports whether the store answers.
	Ping(ctx context.Context) error
	// CheckWrite reports whether the store is writable, by making a change that has no
	// effect.
	CheckWrite(ctx context.Context) error
	// Close closes the store, which must be idle.
	Close() error
}

// APIKeys stores API keys, with digests and never secrets.
type APIKeys interface {
	// APIKey returns the key with this id, even if it is expired or revoked.
	APIKey(ctx context.Context, id string) (api.APIKey, error)
	// APIKeys returns up to limit keys of the subject ("" means all) whose id is greater
	// than after, ordered by id.
	APIKeys(ctx context.Context, subject string, after string, limit int) ([]api.APIKey, error)
	// FindAPIKeys is APIKeys for keys whose id or name begins with prefix, compared
	// exactly.
	FindAPIKeys(ctx context.Context, subject, prefix, after string, limit int) ([]api.APIKey, error)
	// CreateAPIKey stores a key. A duplicate id is [api.ErrConflict].
	CreateAPIKey(ctx context.Context, key api.APIKey) error
	// RevokeAPIKey marks the key as revoked at the given time and appends revs, in one
	// transaction. A revoked key keeps its first time.
	RevokeAPIKey(ctx context.Context, id string, at time.Time, revs ...api.Revocation) error
	// RotateAPIKey sets a new secret, made at the given time, keeps the previous one until
	// oldUntil, and appends revs, in one transaction. A revoked key is [api.ErrConflict].
	RotateAPIKey(ctx context.Context, id string, digest [32]byte, made, oldUntil time.Time, revs ...api.Revocation) error
	// TouchAPIKeys records when keys, by id, were last used. Earlier times and unknown ids
	// are ignored.
	TouchAPIKeys(ctx context.Context, used map[string]time.Time) error
}

// PluginEntries is identical to plugins.KV. It is not part of [Store]: a host without one
// keeps the entries of its plugins in memory.
type PluginEntries interface {
	PluginGet(ctx context.Context, plugin, key string, now time.Time) ([]byte, error)
	PluginPut(ctx context.Context, e api.PluginEntry, now time.Time, q api.PluginQuota) error
	PluginIncr(ctx context.Context, e api.PluginEntry, by int64, now time.Time, q api.PluginQuota) (int64, error)
}
