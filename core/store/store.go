package store

import (
	"context"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// Store keeps everything that must outlive the process. Every method is safe
// for concurrent use and honours its context; what is passed in and handed out
// is copied. Unknown records are [api.ErrNotFound], taken names
// [api.ErrConflict]; any other error is technical and names the table and key.
type Store interface {
	Users
	Revocations
	Sessions
	APIKeys

	// Ping reports whether the store answers.
	Ping(ctx context.Context) error
	// CheckWrite reports whether the store takes changes, by making one that nobody
	// reads.
	CheckWrite(ctx context.Context) error
	// Close ends all use; the store must be idle.
	Close() error
}

// Users is users.Repository, word for word.
type Users interface {
	UserBySubject(ctx context.Context, subject string) (api.User, error)
	UserByNumber(ctx context.Context, number int64) (api.User, error)
	UserByLogin(ctx context.Context, login string) (api.User, error)
	UserByEmail(ctx context.Context, email string) (api.User, error)
	Users(ctx context.Context, after int64, limit int) ([]api.User, error)
	CreateUser(ctx context.Context, u api.User) (api.User, error)
	UpdateUser(ctx context.Context, subject string, change func(*api.User) ([]api.Revocation, error)) (api.User, error)
	DeleteUser(ctx context.Context, subject string, revs ...api.Revocation) error
}

// Revocations is session.Log, word for word.
type Revocations interface {
	AppendRevocations(ctx context.Context, revs ...api.Revocation) error
	RevocationsSince(ctx context.Context, afterSeq int64, overlap time.Time, limit int) ([]api.Revocation, error)
	PruneRevocations(ctx context.Context, before time.Time) (int64, error)
}

// Sessions is session.Repository, word for word.
type Sessions interface {
	CreateSession(ctx context.Context, s api.Session, first api.RefreshToken) error
	Session(ctx context.Context, id string) (api.Session, error)
	Sessions(ctx context.Context, subject, after string, limit int) ([]api.Session, error)
	LiveSessions(ctx context.Context, subject string, now time.Time, limit int) ([]api.Session, error)
	RotateRefresh(ctx context.Context, hash [32]byte, decide func(*api.Rotation) error) error
	EndSession(ctx context.Context, id string, end func(*api.Session) []api.Revocation) error
	EndSessions(ctx context.Context, subject string, end func(*api.Session) []api.Revocation) error
	PruneSessions(ctx context.Context, before time.Time) (int64, error)
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

// SessionCounter is session.Counter, word for word. It is no part of [Store]: of one
// without it the sessions are listed.
type SessionCounter interface {
	CountLive(ctx context.Context, subject string, now time.Time, most int) (int, error)
}

// SessionFinder is session.Finder, word for word. It is no part of [Store]: of one
// without it the sessions are listed.
type SessionFinder interface {
	LiveOn(ctx context.Context, subject, layout, device string, now time.Time, limit int) ([]api.Session, error)
}

// PluginEntries is plugins.KV, word for word. It is no part of [Store]: a host
// without one keeps what its plugins put away in memory.
type PluginEntries interface {
	PluginGet(ctx context.Context, plugin, key string, now time.Time) ([]byte, error)
	PluginPut(ctx context.Context, e api.PluginEntry, now time.Time, q api.PluginQuota) error
	PluginIncr(ctx context.Context, e api.PluginEntry, by int64, now time.Time, q api.PluginQuota) (int64, error)
}
