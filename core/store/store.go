package store

import (
	"context"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/session"
	"github.com/cardea-auth/cardea/core/users"
)

// Store keeps everything that must outlive the process. Every method is safe
// for concurrent use and honours its context; what is passed in and handed out
// is copied. Unknown records are [api.ErrNotFound], taken names
// [api.ErrConflict]; any other error is technical and names the table and key.
//
// A store that has the abilities of [session.Counter] and [session.Finder] is asked by
// them; of one without, sessions are listed.
type Store interface {
	users.Repository
	session.Log
	session.Repository
	APIKeys

	// Ping reports whether the store answers.
	Ping(ctx context.Context) error
	// CheckWrite reports whether the store takes changes, by making one that nobody
	// reads.
	CheckWrite(ctx context.Context) error
	// Close ends all use; the store must be idle.
	Close() error
}

// APIKeys keeps API keys: digests, never secrets.
type APIKeys interface {
	// APIKey returns the key with this id, expired and revoked ones too.
	APIKey(ctx context.Context, id string) (api.APIKey, error)
	// APIKeys returns up to limit keys of the subject ("" means everybody's)
	// with an id above after, by id.
	APIKeys(ctx context.Context, subject string, after string, limit int) ([]api.APIKey, error)
	// FindAPIKeys is APIKeys of those whose id or name begins with prefix, letter
	// by letter.
	FindAPIKeys(ctx context.Context, subject, prefix, after string, limit int) ([]api.APIKey, error)
	// CreateAPIKey stores a key; a taken id is [api.ErrConflict].
	CreateAPIKey(ctx context.Context, key api.APIKey) error
	// RevokeAPIKey marks the key revoked at the given time and appends revs, in
	// one transaction. A key that is revoked already keeps its first time.
	RevokeAPIKey(ctx context.Context, id string, at time.Time, revs ...api.Revocation) error
	// RotateAPIKey gives the key a secret that was made at that moment, keeps the
	// one that it replaces until oldUntil, and appends revs, in one transaction. A revoked key is
	// [api.ErrConflict].
	RotateAPIKey(ctx context.Context, id string, digest [32]byte, made, oldUntil time.Time, revs ...api.Revocation) error
	// TouchAPIKeys notes when keys, by id, were last used. An earlier time than
	// is known and an unknown id change nothing.
	TouchAPIKeys(ctx context.Context, used map[string]time.Time) error
}

// PluginEntries is plugins.KV, word for word. It is no part of [Store]: a host
// without one keeps what its plugins put away in memory.
type PluginEntries interface {
	PluginGet(ctx context.Context, plugin, key string, now time.Time) ([]byte, error)
	PluginPut(ctx context.Context, e api.PluginEntry, now time.Time, q api.PluginQuota) error
	PluginIncr(ctx context.Context, e api.PluginEntry, by int64, now time.Time, q api.PluginQuota) (int64, error)
}
