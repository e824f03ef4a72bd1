package sqlite

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store/internal/sqlrow"
)

const entryColumns = "plugin, name, value, expires"

func readEntry(r *sqlrow.Row) api.PluginEntry {
	return api.PluginEntry{Plugin: r.Text(), Key: r.Text(), Value: r.Bytes(), Expires: r.Time()}
}

// PluginGet implements store.PluginEntries.
func (s *Store) PluginGet(ctx context.Context, plugin, key string, now time.Time) ([]byte, error) {
	e, err := s.reader().entry(ctx, plugin, key, now)
	return e.Value, err
}

// PluginPut implements store.PluginEntries.
func (s *Store) PluginPut(ctx context.Context, e api.PluginEntry, now time.Time, quota api.PluginQuota) error {
	return s.write(ctx, func(q querier) error { return q.putEntry(ctx, e, now, quota) })
}

// PluginIncr implements store.PluginEntries.
func (s *Store) PluginIncr(ctx context.Context, e api.PluginEntry, by int64, now time.Time, quota api.PluginQuota) (sum int64, err error) {
	err = s.write(ctx, func(q querier) error {
		old, err := q.entry(ctx, e.Plugin, e.Key, now)
		switch {
		case err == nil:
			e.Expires = old.Expires
		case errors.Is(err, api.ErrNotFound):
			old.Value = []byte("0")
		default:
			return err
		}
		if sum, err = add(old.Value, by); err != nil {
			return err
		}
		e.Value = strconv.AppendInt(nil, sum, 10)
		return q.putEntry(ctx, e, now, quota)
	})
	return sum, err
}

// add returns [api.ErrConflict] if the value is not a number or the sum overflows.
func add(value []byte, by int64) (int64, error) {
	n, err := strconv.ParseInt(string(value), 10, 64)
	if err != nil || by > 0 && n > math.MaxInt64-by || by < 0 && n < math.MinInt64-by {
		return 0, api.ErrConflict
	}
	return n + by, nil
}

// entry returns an entry that has not expired.
func (q querier) entry(ctx context.Context, plugin, key string, now time.Time) (api.PluginEntry, error) {
	return one(ctx, q, "plugin_entries", readEntry,
		"SELECT "+entryColumns+" FROM plugin_entries WHERE plugin = $1 AND name = $2 AND expires > $3", plugin, key, sqlrow.Micros(now))
}

// putEntry replaces an entry. It deletes expired entries only if the quota is reached.
func (q querier) putEntry(ctx context.Context, e api.PluginEntry, now time.Time, quota api.PluginQuota) error {
	more, err := q.growth(ctx, e)
	if err != nil {
		return err
	}
	fits, err := q.fits(ctx, e.Plugin, more, quota)
	if err == nil && !fits {
		if err := q.sweep(ctx, e.Plugin, now); err != nil {
			return err
		}
		if more, err = q.growth(ctx, e); err != nil { // the entry itself may have expired
			return err
		}
		fits, err = q.fits(ctx, e.Plugin, more, quota)
	}
	if err != nil {
		return err
	}
	if !fits {
		return api.ErrQuota
	}
	_, err = q.exec(ctx, `INSERT INTO plugin_entries (`+entryColumns+`, bytes) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (plugin, name) DO UPDATE SET value = excluded.value, expires = excluded.expires, bytes = excluded.bytes`,
		e.Plugin, e.Key, hex.EncodeToString(e.Value), sqlrow.Micros(e.Expires), entrySize(e))
	if err != nil {
		return fmt.Errorf("write entry %s of plugin %s: %w", e.Key, e.Plugin, err)
	}
	return q.addTotal(ctx, e.Plugin, more)
}
