package core

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"hash/maphash"
	"io"
	"sync"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// cache remembers credentials that were found good, so that a repeat costs no
// hash, signature or database. An entry proves who somebody is, never that they
// may pass: the clock, revocation, rules and hooks are asked each time.
//
// It is bounded: each shard keeps two generations of entries and forgets the
// older one when the younger is full, so that failures (which are not stored)
// and floods of tokens cannot grow it.
type cache struct {
	shards [64]cacheShard
	half   int // entries in one generation of a shard; 0 remembers nothing
	seed   maphash.Seed
	secret [32]byte // hides passwords in keys
}

type cacheShard struct {
	mu         sync.RWMutex
	young, old map[cacheKey]*entry
}

// cacheKey is the full credential: a shorter digest of it would let two
// credentials meet.
type cacheKey struct {
	kind api.Kind
	text string
}

// entry is immutable once stored. It counts only under the circumstances in
// which it was made.
type entry struct {
	method   *method // belongs to one policy, and so stands for it
	identity api.Identity
	headers  api.Header // identity headers, ready to send
	until    time.Time
	keys     uint64 // generation of the key set
	user     uint64 // version of the user in the revocation index
}

const defaultCacheEntries = 100_000

func newCache(entries int, rand io.Reader) (*cache, error) {
	if entries == 0 {
		entries = defaultCacheEntries
	}
	c := &cache{seed: maphash.MakeSeed()}
	c.half = max(entries, 0) / (2 * len(c.shards))
	if _, err := io.ReadFull(rand, c.secret[:]); err != nil {
		return nil, fmt.Errorf("read randomness: %w", err)
	}
	return c, nil
}

// key names a credential. Passwords do not stay in memory as text: Basic is
// kept as an HMAC under a key of this process.
func (c *cache) key(cred *api.Credential) cacheKey {
	if cred.Kind != api.Basic {
		return cacheKey{cred.Kind, cred.Text}
	}
	mac := hmac.New(sha256.New, c.secret[:])
	mac.Write([]byte(cred.Text))
	var sum [sha256.Size]byte
	return cacheKey{cred.Kind, string(mac.Sum(sum[:0]))}
}

func (c *cache) shard(k cacheKey) *cacheShard {
	return &c.shards[maphash.String(c.seed, k.text)%uint64(len(c.shards))]
}

// get returns the entry or nil.
func (c *cache) get(k cacheKey) *entry {
	s := c.shard(k)
	s.mu.RLock()
	found, young := s.young[k], true
	if found == nil {
		found, young = s.old[k], false
	}
	s.mu.RUnlock()
	if found != nil && !young {
		c.put(k, found) // used again: saved from being forgotten
	}
	return found
}

func (c *cache) put(k cacheKey, e *entry) {
	if c.half == 0 {
		return
	}
	s := c.shard(k)
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.young) >= c.half {
		s.old, s.young = s.young, nil
	}
	if s.young == nil {
		s.young = make(map[cacheKey]*entry)
	}
	s.young[k] = e
}

func (c *cache) forget(k cacheKey) {
	s := c.shard(k)
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.young, k)
	delete(s.old, k)
}
