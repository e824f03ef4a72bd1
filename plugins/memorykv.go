package plugins

import (
	"bytes"
	"context"
	"math"
	"strconv"
	"sync"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// MemoryKV is a [KV] that lives as long as the process. The zero value is ready.
type MemoryKV struct {
	mu     sync.Mutex
	spaces map[string]*space // by plugin
}

var _ KV = (*MemoryKV)(nil)

// space holds the entries of one plugin.
type space struct {
	entries map[string]api.PluginEntry
	bytes   int
}

// PluginGet implements [KV].
func (m *MemoryKV) PluginGet(_ context.Context, plugin, key string, now time.Time) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e, ok := m.space(plugin).alive(key, now); ok {
		return bytes.Clone(e.Value), nil
	}
	return nil, api.ErrNotFound
}

// PluginPut implements [KV].
func (m *MemoryKV) PluginPut(_ context.Context, e api.PluginEntry, now time.Time, q api.PluginQuota) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.space(e.Plugin).put(e, now, q)
}

// PluginIncr implements [KV].
func (m *MemoryKV) PluginIncr(_ context.Context, e api.PluginEntry, by int64, now time.Time, q api.PluginQuota) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.space(e.Plugin)
	n := int64(0)
	if old, ok := s.alive(e.Key, now); ok {
		was, err := strconv.ParseInt(string(old.Value), 10, 64)
		if err != nil {
			return 0, api.ErrConflict
		}
		n, e.Expires = was, old.Expires
	}
	if by > 0 && n > math.MaxInt64-by || by < 0 && n < math.MinInt64-by {
		return 0, api.ErrConflict
	}
	e.Value = strconv.AppendInt(nil, n+by, 10)
	if err := s.put(e, now, q); err != nil {
		return 0, err
	}
	return n + by, nil
}

func (m *MemoryKV) space(plugin string) *space {
	if m.spaces == nil {
		m.spaces = map[string]*space{}
	}
	s := m.spaces[plugin]
	if s == nil {
		s = &space{entries: map[string]api.PluginEntry{}}
		m.spaces[plugin] = s
	}
	return s
}

func (s *space) alive(key string, now time.Time) (api.PluginEntry, bool) {
	e, ok := s.entries[key]
	return e, ok && now.Before(e.Expires)
}

// put replaces an entry. If there is no room, it first deletes expired entries.
func (s *space) put(e api.PluginEntry, now time.Time, q api.PluginQuota) error {
	if !s.fits(e, q) {
		s.sweep(now)
		if !s.fits(e, q) {
			return api.ErrQuota
		}
	}
	s.remove(e.Key)
	e.Value = bytes.Clone(e.Value)
	s.entries[e.Key] = e
	s.bytes += size(e)
	return nil
}

func (s *space) fits(e api.PluginEntry, q api.PluginQuota) bool {
	n, bytes := len(s.entries)+1, s.bytes+size(e)
	if old, ok := s.entries[e.Key]; ok {
		n, bytes = n-1, bytes-size(old)
	}
	return n <= q.Entries && bytes <= q.Bytes
}

func (s *space) sweep(now time.Time) {
	for key, e := range s.entries {
		if !now.Before(e.Expires) {
			s.remove(key)
		}
	}
}

func (s *space) remove(key string) {
	if e, ok := s.entries[key]; ok {
		s.bytes -= size(e)
		delete(s.entries, key)
	}
}

func size(e api.PluginEntry) int { return len(e.Key) + len(e.Value) }
