package cache

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"io"
	"math/bits"
	"net/netip"
	"strings"
	"sync/atomic"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/compiled"
)

// Cache caches valid credentials, so that repeated use needs no hashing, signature check or
// database. An entry only authenticates: the clock, revocation, rules and hooks are checked
// on each use.
//
// It is a table of small sets, read without a lock. A hash of the credential selects the
// set, and the whole key the entry in it. Its size is fixed. Failures are not stored, and a
// full set replaces an entry that was not used recently.
type Cache struct {
	slots  []atomic.Pointer[Entry] // sets, one after another
	ways   int                     // slots per set; 0 disables the cache
	seed   maphash.Seed
	Secret [32]byte // keys the digests of passwords
}

// Key identifies a credential in full: with a shorter digest, two credentials could
// collide.
type Key struct {
	kind api.Kind
	text string // "" for Basic
	// directory is the directory that was asked, if the same credential may belong to
	// different users in each; else "".
	directory string
	// place is a hash of the text of a Basic credential; it selects the set.
	place uint64
	// spread selects one of seenSets sets, by the circumstances.
	spread uint8
	// digest covers the text of a Basic credential and the circumstances under which the
	// entry is valid.
	digest [sha256.Size]byte
}

// Entry is a cached result. It is immutable except for used, and valid only under the
// circumstances in which it was made.
type Entry struct {
	Key      Key
	Method   *compiled.Method // belongs to one policy, and so identifies it
	Identity api.Identity
	Origin   *api.Identity // the identity that the credential names, with all roles, if it was translated; else nil
	Before   []string      // roles before login-after or a network's site removed some; nil if none were
	Headers  api.Header    // identity headers, ready to be sent
	Until    time.Time
	Keys     uint64 // generation of the key set
	User     uint64 // version of the user in the revocation index

	used atomic.Bool // since the set was last full
}

const (
	defaultCacheEntries = 100_000
	cacheWays           = 8
	// seenSets is the number of sets that the entries of one credential can occupy: its
	// holder controls the circumstances and must not be able to fill the cache.
	seenSets = 4

	// maxCachedText limits the size of an entry, in bytes. A longer credential is verified
	// each time.
	maxCachedText = 4096
)

// New returns a cache for up to entries credentials; 0 is 100,000, negative disables it.
func New(entries int, rand io.Reader) (*Cache, error) {
	if entries == 0 {
		entries = defaultCacheEntries
	}
	c := &Cache{seed: maphash.MakeSeed(), ways: min(max(entries, 0), cacheWays)}
	if c.ways > 0 {
		c.slots = make([]atomic.Pointer[Entry], entries/c.ways*c.ways)
	}
	if _, err := io.ReadFull(rand, c.Secret[:]); err != nil {
		return nil, fmt.Errorf("read randomness: %w", err)
	}
	return c, nil
}

// Key returns the key of a credential that is valid under any circumstances.
func (c *Cache) Key(cred *api.Credential, directory string) Key {
	return c.KeyAt(cred, directory, nil)
}

// KeyAt returns the key of a credential that is valid only under the given circumstances;
// nil is any. Of a Basic credential it keeps a keyed digest, so passwords do not stay in
// memory.
func (c *Cache) KeyAt(cred *api.Credential, directory string, seen *circumstances) Key {
	k := Key{kind: cred.Kind, directory: directory}
	isBasic := cred.Kind == api.Basic
	if isBasic {
		k.place = maphash.String(c.seed, cred.Text)
	} else {
		k.text = cred.Text
	}
	if !isBasic && seen == nil {
		return k
	}
	var buffer [len(c.Secret) + 480]byte // longer ones allocate
	b := append(buffer[:0], c.Secret[:]...)
	if isBasic {
		b = appendText(b, cred.Text)
	}
	if seen != nil {
		b = seen.appendTo(b)
	}
	k.digest = sha256.Sum256(b)
	if seen != nil {
		k.spread = k.digest[0] % seenSets
	}
	return k
}

// appendText appends a text and its length, so that its end is unambiguous.
func appendText(b []byte, text string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}

// circumstances are the properties of a request, besides its credential, that login hooks
// see.
type circumstances struct {
	Dialects    string // sites of a login, and of a token of another site
	OfTokens    string // further sites of a token, besides those of its token format
	Host, Agent string
	Peer        netip.Addr
}

func (s *circumstances) appendTo(b []byte) []byte {
	for _, text := range [...]string{s.Dialects, s.OfTokens, s.Host, s.Agent} {
		b = appendText(b, text)
	}
	return s.Peer.AppendTo(b)
}

// set returns the slots for a key. All keys of one credential are in [seenSets] sets,
// whatever the circumstances.
func (c *Cache) set(k Key) []atomic.Pointer[Entry] {
	if c.ways == 0 {
		return nil
	}
	sets := uint64(len(c.slots) / c.ways)
	hash := k.place
	if k.kind != api.Basic {
		hash = maphash.String(c.seed, k.text)
	}
	i, _ := bits.Mul64(hash, sets) // the hash scaled to the number of sets
	if k.spread != 0 {
		i = (i + uint64(k.spread)) % sets
	}
	at := int(i) * c.ways
	return c.slots[at : at+c.ways]
}

// Get returns the entry or nil, and marks it as used.
func (c *Cache) Get(k Key) *Entry {
	set := c.set(k)
	for i := range set {
		e := set[i].Load()
		if e == nil || e.Key != k {
			continue
		}
		if !e.used.Load() { // avoids a write to a shared cache line
			e.used.Store(true)
		}
		return e
	}
	return nil
}

// Put stores the entry unless its key is too long. Of two concurrent calls one may be lost.
func (c *Cache) Put(e *Entry) {
	if len(e.Key.text) > maxCachedText {
		return
	}
	e.Key.text = strings.Clone(e.Key.text) // it may be part of a large buffer
	if slot := victim(c.set(e.Key), e.Key); slot != nil {
		slot.Store(e)
	}
}

// victim selects the slot for a key: its own, a free one, one that was not used recently,
// or else the first.
func victim(set []atomic.Pointer[Entry], k Key) *atomic.Pointer[Entry] {
	var free, idle *atomic.Pointer[Entry]
	for i := range set {
		switch e := set[i].Load(); {
		case e == nil:
			free = &set[i]
		case e.Key == k:
			return &set[i]
		case !e.used.Load():
			idle = &set[i]
		}
	}
	if found := cmp.Or(free, idle); found != nil || len(set) == 0 {
		return found
	}
	for i := range set {
		if e := set[i].Load(); e != nil {
			e.used.Store(false)
		}
	}
	return &set[0]
}

// Forget removes the entry.
func (c *Cache) Forget(k Key) {
	set := c.set(k)
	for i := range set {
		if e := set[i].Load(); e != nil && e.Key == k {
			set[i].CompareAndSwap(e, nil)
		}
	}
}

// CircumstancesAt returns the circumstances of a request at a place.
func CircumstancesAt(p *compiled.Policy, at *compiled.Target, a *api.Attempt) circumstances {
	return circumstances{Host: at.Host, Dialects: p.Sites.DialectsAt(at), Peer: a.Peer, Agent: a.Header.Get("User-Agent")}
}
