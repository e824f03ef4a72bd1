package core

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

// cache remembers credentials that were found good, so that a repeat costs no
// hash, signature or database. An entry proves who somebody is, never that they
// may pass: the clock, revocation, rules and hooks are asked each time.
//
// It is a table of small sets, read without a lock: a credential's hash picks
// the set, the whole credential the entry in it. Its size is fixed, so neither
// failures (which are not stored) nor floods of tokens can grow it; a set that
// is full gives up an entry that was not used of late.
type cache struct {
	slots  []atomic.Pointer[entry] // sets, one after the other
	ways   int                     // slots in a set; 0 remembers nothing
	seed   maphash.Seed
	secret [32]byte // hides passwords in keys
}

// cacheKey is the full credential: a shorter digest of it would let two
// credentials meet.
type cacheKey struct {
	kind api.Kind
	text string
	// directory is the one asked, where the same credential stands for another user
	// in each; else "".
	directory string
	// seen is a digest of the circumstances under which alone it counts; zero is any.
	seen [sha256.Size]byte
}

// entry is what is known of a credential. It is immutable but for its mark, and
// counts only under the circumstances in which it was made.
type entry struct {
	key      cacheKey
	method   *compiled.Method // belongs to one policy, and so stands for it
	identity api.Identity
	origin   *api.Identity // whom the credential names, with all roles, if another stands for them here; else nil
	before   []string      // roles before login-after, or a site of a network, took some away; nil if none were
	headers  api.Header    // identity headers, ready to send
	until    time.Time
	keys     uint64 // generation of the key set
	user     uint64 // version of the user in the revocation index

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

func newCache(entries int, rand io.Reader) (*cache, error) {
	if entries == 0 {
		entries = defaultCacheEntries
	}
	c := &cache{seed: maphash.MakeSeed(), ways: min(max(entries, 0), cacheWays)}
	if c.ways > 0 {
		c.slots = make([]atomic.Pointer[entry], entries/c.ways*c.ways)
	}
	if _, err := io.ReadFull(rand, c.secret[:]); err != nil {
		return nil, fmt.Errorf("read randomness: %w", err)
	}
	return c, nil
}

// key names a credential, wherever it is shown.
func (c *cache) key(cred *api.Credential, directory string) cacheKey {
	return c.keyAt(cred, directory, nil)
}

// keyAt names a credential that counts only as it was seen; nil is anywhere.
// Passwords do not stay in memory as text: Basic is kept as a digest that only
// this process can compute.
func (c *cache) keyAt(cred *api.Credential, directory string, seen *circumstances) cacheKey {
	k := cacheKey{kind: cred.Kind, text: cred.Text, directory: directory}
	var buffer [len(c.secret) + 480]byte // longer ones take an allocation
	if cred.Kind == api.Basic {
		sum := sha256.Sum256(append(append(buffer[:0], c.secret[:]...), cred.Text...))
		k.text = string(sum[:])
	}
	if seen != nil {
		k.seen = sha256.Sum256(seen.appendTo(append(buffer[:0], c.secret[:]...)))
	}
	return k
}

// circumstances are what the login points saw of a request beside its credential.
type circumstances struct {
	dialects    string // that a login is asked as, and a token of a sister site
	ofTokens    string // that a token is asked as beside those of its layout
	host, agent string
	peer        netip.Addr
}

func (s *circumstances) appendTo(b []byte) []byte {
	for _, text := range [...]string{s.dialects, s.ofTokens, s.host, s.agent} {
		b = binary.AppendUvarint(b, uint64(len(text)))
		b = append(b, text...)
	}
	return s.peer.AppendTo(b)
}

// set returns the slots where the key may be. All of one credential are in [seenSets]
// sets, however many circumstances it is shown under.
func (c *cache) set(k cacheKey) []atomic.Pointer[entry] {
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

// get returns the entry or nil.
func (c *cache) get(k cacheKey) *entry {
	set := c.set(k)
	for i := range set {
		e := set[i].Load()
		if e == nil || e.key != k {
			continue
		}
		if !e.used.Load() { // reading first keeps a busy entry in all processors' caches
			e.used.Store(true)
		}
		return e
	}
	return nil
}

// put stores the entry under its key, unless that is too long. Of two that come at once
// one may be lost.
func (c *cache) put(e *entry) {
	if len(e.key.text) > maxCachedText {
		return
	}
	e.key.text = strings.Clone(e.key.text) // it may be part of a large buffer
	if slot := victim(c.set(e.key), e.key); slot != nil {
		slot.Store(e)
	}
}

// victim chooses the slot for a key: its own, a free one, one that was not used
// of late, or else any.
func victim(set []atomic.Pointer[entry], k cacheKey) *atomic.Pointer[entry] {
	var free, idle *atomic.Pointer[entry]
	for i := range set {
		switch e := set[i].Load(); {
		case e == nil:
			free = &set[i]
		case e.key == k:
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

// forget drops the entry, wherever it has got to.
func (c *cache) forget(k cacheKey) {
	set := c.set(k)
	for i := range set {
		if e := set[i].Load(); e != nil && e.key == k {
			set[i].CompareAndSwap(e, nil)
		}
	}
}

// circumstancesAt are what the login points see of a request at a place.
func circumstancesAt(p *compiled.Policy, at *compiled.Target, a *api.Attempt) circumstances {
	return circumstances{host: at.Host, dialects: p.Sites.DialectsAt(at), peer: a.Peer, agent: a.Header.Get("User-Agent")}
}
