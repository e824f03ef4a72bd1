package sqlite

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store/internal/sqlrow"
)

// total is the number of entries of a plugin and their size in bytes. It is stored, since
// computing it at each change would get slower with the number of entries.
type total struct{ entries, bytes int64 }

func readTotal(r *sqlrow.Row) total {
	r.Text() // skip the plugin
	return total{r.Integer(), r.Integer()}
}

func entrySize(e api.PluginEntry) int64 { return int64(len(e.Key) + len(e.Value)) }

// growth returns what the entry adds to its plugin's total, taking into account the entry
// that it replaces.
func (q querier) growth(ctx context.Context, e api.PluginEntry) (total, error) {
	old, err := q.number(ctx, "SELECT bytes FROM plugin_entries WHERE plugin = $1 AND name = $2", e.Plugin, e.Key)
	switch {
	case errors.Is(err, api.ErrNotFound):
		return total{1, entrySize(e)}, nil
	case err != nil:
		return total{}, fmt.Errorf("measure entry %s of plugin %s: %w", e.Key, e.Plugin, err)
	}
	return total{0, entrySize(e) - old}, nil
}

// fits reports whether the plugin's quota allows that much more.
func (q querier) fits(ctx context.Context, plugin string, more total, quota api.PluginQuota) (bool, error) {
	is, err := one(ctx, q, "plugin_totals", readTotal,
		"SELECT plugin, entries, bytes FROM plugin_totals WHERE plugin = $1", plugin)
	if err != nil && !errors.Is(err, api.ErrNotFound) {
		return false, err
	}
	return is.entries+more.entries <= int64(quota.Entries) && is.bytes+more.bytes <= int64(quota.Bytes), nil
}

func (q querier) addTotal(ctx context.Context, plugin string, more total) error {
	_, err := q.exec(ctx, `INSERT INTO plugin_totals (plugin, entries, bytes) VALUES ($1, $2, $3)
		ON CONFLICT (plugin) DO UPDATE SET entries = plugin_totals.entries + $2, bytes = plugin_totals.bytes + $3`,
		plugin, more.entries, more.bytes)
	if err != nil {
		return fmt.Errorf("count the entries of plugin %s: %w", plugin, err)
	}
	return nil
}

// sweep deletes the plugin's expired entries and updates its total.
func (q querier) sweep(ctx context.Context, plugin string, now time.Time) error {
	swept, err := q.exec(ctx, "DELETE FROM plugin_entries WHERE plugin = $1 AND expires <= $2", plugin, sqlrow.Micros(now))
	if err != nil {
		return fmt.Errorf("sweep the entries of plugin %s: %w", plugin, err)
	}
	if swept == 0 {
		return nil
	}
	_, err = q.exec(ctx, `UPDATE plugin_totals SET
		entries = (SELECT COUNT(*) FROM plugin_entries WHERE plugin = $1),
		bytes = (SELECT COALESCE(SUM(bytes), 0) FROM plugin_entries WHERE plugin = $1)
		WHERE plugin = $1`, plugin)
	if err != nil {
		return fmt.Errorf("count the entries of plugin %s: %w", plugin, err)
	}
	return nil
}
