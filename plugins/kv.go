package plugins

import (
	"context"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// KV keeps what plugins put away with kv_put, each plugin for itself. A store
// implements it; without one a host has a [MemoryKV]. Implementations must be
// safe for concurrent use and heed ctx, which ends with the call's deadline.
type KV interface {
	// PluginGet returns the value of an entry that is alive at now, or
	// api.ErrNotFound.
	PluginGet(ctx context.Context, plugin, key string, now time.Time) ([]byte, error)
	// PluginPut writes an entry, or fails with api.ErrQuota.
	PluginPut(ctx context.Context, e api.PluginEntry, now time.Time, q api.PluginQuota) error
	// PluginIncr adds by to a decimal number, atomically, and returns the sum. An
	// entry that is not there begins at 0 and expires as e says; one that is
	// keeps its own end. It fails with api.ErrQuota, or with api.ErrConflict if
	// what is there is no number or the sum is none.
	PluginIncr(ctx context.Context, e api.PluginEntry, by int64, now time.Time, q api.PluginQuota) (int64, error)
}
