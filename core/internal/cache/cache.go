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

// Cache remembers credentials that were found good, so that a repeat costs no
// hash, signature or database. An entry proves who somebody is, never that they
// may pass: the clock, revocation, rules and hooks are asked each time.
//
// It is a table of small sets, read without a lock: a credential's hash picks
// the set, the whole credential the entry in it. Its size is fixed, so neither
// failures (which are not stored) nor floods of tokens can grow it; a set that
// is full gives up an entry that was not used of late.
type Cache struct {
	slots  []atomic.Pointer[Entry] // sets, one after the other
	ways   int                     // slots in a set; 0 remembers nothing
	seed   maphash.Seed
	Secret [32]byte // hides passwords in keys
}

// Key is the full credential: a shorter digest of it would let two
// credentials meet.
type Key struct {
	kind api.Kind
	text string
	// directory is the one asked, where the same credential stands for another user
	// in each; else "".
	directory string
	// seen is a digest of the circumstances under which alone it counts; zero is any.
	seen [sha256.Size]byte
}

// Entry is what is known of a credential. It is immutable but for its mark, and
// counts only under the circumstances in which it was made.
type Entry struct {
	Key      Key
	Method   *compiled.Method // belongs to one policy, and so stands for it
	Identity api.Identity
	Origin   *api.Identity // whom the credential names, with all roles, if another stands for them here; else nil
	Before   []string      // roles before login-after, or a site of a network, took some away; nil if none were
	Headers  api.Header    // identity headers, ready to send
	Until    time.Time
	Keys     uint64 // generation of the key set
	User     uint64 // version of the user in the revocation index

	used atomic.Bool // since its set was last full
}

const (
	defaultCacheEntries = 100_000
	cacheWays           = 8
	// seenSets is among how many sets the circumstances of one credential are spread: its
	// holder chooses them, and fills no more than these.
	seenSets = 4

	// maxCachedText bounds what an entry takes, in bytes. What its holder chose can be
	// in a token many times over; a longer one is verified each time.
	maxCachedText = 4096
)

// New returns a cache of at most so many entries; 0 is 100,000, negative remembers
// nothing.
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

// Key names a credential, wherever it is shown.
func (c *Cache) Key(cred *api.Credential, directory string) Key {
	return c.KeyAt(cred, directory, nil)
}

// KeyAt names a credential that counts only as it was seen; nil is anywhere.
// Passwords do not stay in memory as text: Basic is kept as a digest that only
// this process can compute.
func (c *Cache) KeyAt(cred *api.Credential, directory string, seen *circumstances) Key {
	k := Key{kind: cred.Kind, text: cred.Text, directory: directory}
	var buffer [len(c.Secret) + 480]byte // longer ones take an allocation
	if cred.Kind == api.Basic {
		sum := sha256.Sum256(append(append(buffer[:0], c.Secret[:]...), cred.Text...))
		k.text = string(sum[:])
	}
	if seen != nil {
		k.seen = sha256.Sum256(seen.appendTo(append(buffer[:0], c.Secret[:]...)))
	}
	return k
}

// circumstances are what the login points saw of a request beside its credential.
type circumstances struct {
	Dialects    string // that a login is asked as, and a token of a sister site
	OfTokens    string // that a token is asked as beside those of its layout
	Host, Agent string
	Peer        netip.Addr
}

func (s *circumstances) appendTo(b []byte) []byte {
	for _, text := range [...]string{s.Dialects, s.OfTokens, s.Host, s.Agent} {
		b = binary.AppendUvarint(b, uint64(len(text)))
		b = append(b, text...)
	}
	return s.Peer.AppendTo(b)
}

// set returns the slots where the key may be. All of one credential are in [seenSets]
// sets, however many circumstances it is shown under.
func (c *Cache) set(k Key) []atomic.Pointer[Entry] {
	if c.ways == 0 {
		return nil
	}
	sets := uint64(len(c.slots) / c.ways)
	i, _ := bits.Mul64(maphash.String(c.seed, k.text), sets) // the hash, scaled to the number of sets
	if k.seen != ([sha256.Size]byte{}) {
		i = (i + uint64(k.seen[0]%seenSets)) % sets
	}
	at := int(i) * c.ways
	return c.slots[at : at+c.ways]
}

// Get returns the entry or nil.
func (c *Cache) Get(k Key) *Entry {
	set := c.set(k)
	for i := range set {
		e := set[i].Load()
		if e == nil || e.Key != k {
			continue
		}
		if !e.used.Load() { // reading first keeps a busy entry in all processors' caches
			e.used.Store(true)
		}
		return e
	}
	return nil
}

// Put stores the entry under its key, unless that is too long. Of two that come at once
// one may be lost.
func (c *Cache) Put(e *Entry) {
	if len(e.Key.text) > maxCachedText {
		return
	}
	e.Key.text = strings.Clone(e.Key.text) // it may be part of a large buffer
	if slot := victim(c.set(e.Key), e.Key); slot != nil {
		slot.Store(e)
	}
}

// victim chooses the slot for a key: its own, a free one, one that was not used
// of late, or else any.
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

// Forget drops the entry, wherever it has got to.
func (c *Cache) Forget(k Key) {
	set := c.set(k)
	for i := range set {
		if e := set[i].Load(); e != nil && e.Key == k {
			set[i].CompareAndSwap(e, nil)
		}
	}
}

// CircumstancesAt are what the login points see of a request at a place.
func CircumstancesAt(p *compiled.Policy, at *compiled.Target, a *api.Attempt) circumstances {
	return circumstances{Host: at.Host, Dialects: p.Sites.DialectsAt(at), Peer: a.Peer, Agent: a.Header.Get("User-Agent")}
}
