package session

import (
	"sync/atomic"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// Index is the set of revocations in memory. Use [NewIndex]. It is safe for concurrent use;
// reading takes no lock, never blocks and does not allocate. A million revoked tokens take
// 34 MB.
type Index struct {
	tokens, sessions, apiKeys, keys *table // sets
	subjects, clients               *table // with the values below

	all        atomic.Int64 // RevokeAll: the latest At, in Unix microseconds
	allTokens  atomic.Int64 // RevokeAll that spares API keys: the latest At
	latest     atomic.Int64 // the latest At of all revocations by time
	generation atomic.Uint64
	unknown    atomic.Int64
	changed    chan struct{}
}

// Values of a slot in the subjects and clients tables. Each only grows.
const (
	version   = iota // generation of the index at the last row; UserVersion
	minGen           // the lowest valid generation
	until            // the latest At, for credentials without a generation
	untilEach        // the latest At of rows without MinGen, for all credentials
	logins           // the latest time given to EndLogins
	valueCount
)

// NewIndex returns an empty index.
func NewIndex() *Index {
	return &Index{
		tokens: newTable(0), sessions: newTable(0), apiKeys: newTable(0), keys: newTable(0),
		subjects: newTable(valueCount), clients: newTable(valueCount),
		changed: make(chan struct{}, 1),
	}
}

// Apply applies rows, in any order. Rows of unknown kinds, and rows without a required key,
// are skipped. Applying a row twice has no effect, except that caches read the user once
// more.
func (x *Index) Apply(revs ...api.Revocation) {
	for i := range revs {
		if x.apply(&revs[i]) {
			x.generation.Add(1) // after the data, see Generation
			x.tell()
		}
	}
}

func (x *Index) tell() {
	select {
	case x.changed <- struct{}{}:
	default: // a signal is pending already
	}
}

// Changed returns a channel that signals that Generation has grown. Several changes may
// result in one signal. It is for a single receiver.
func (x *Index) Changed() <-chan struct{} { return x.changed }

// apply applies a row and reports whether the index changed.
func (x *Index) apply(r *api.Revocation) bool {
	switch r.Kind {
	case api.RevokeAll, api.RevokeSubject, api.RevokeClient:
		raise(&x.latest, r.At.UnixMicro())
	}
	if r.Kind == api.RevokeAll {
		return raise(x.allOf(r.Key), r.At.UnixMicro())
	}
	if r.Key == "" {
		return false
	}
	end := minuteAfter(r.Expires)
	switch r.Kind {
	case api.RevokeToken:
		return x.tokens.put(r.Key, end, nil)
	case api.RevokeSession:
		return x.sessions.put(r.Key, end, nil)
	case api.RevokeAPIKey:
		return x.apiKeys.put(r.Key, end, nil)
	case api.RevokeKey:
		return x.keys.put(r.Key, end, nil)
	case api.RevokeSubject, api.RefreshUser:
		x.subjects.put(r.Key, end, x.values(r))
		return true
	case api.RevokeClient:
		x.clients.put(r.Key, end, x.values(r))
		return true
	}
	x.unknown.Add(1) // written by a newer version; see Unknown
	return false
}

// EndLogins makes RevokedSince apply to every login of the subject that began no later than
// at, for as long as logins take. Call it after a revocation by generation: a login that
// began before it may have read the user only afterwards.
func (x *Index) EndLogins(subject string, at time.Time) {
	x.subjects.put(subject, minuteAfter(at.Add(loginsTake)), func(v []uint64) { grow(&v[logins], uint64(max(at.UnixMicro(), 0))) })
	x.generation.Add(1)
}

// loginsTake is the longest time that a login takes.
const loginsTake = time.Hour

// allOf returns the time of RevokeAll rows with that key. A key that this version does not
// know revokes everything.
func (x *Index) allOf(key string) *atomic.Int64 {
	if key == api.SpareAPIKeys {
		return &x.allTokens
	}
	return &x.all
}

// Unknown returns how many rows had a kind that this version does not know. If it is not 0,
// a newer version writes to the log, and some of its revocations have no effect here.
func (x *Index) Unknown() int64 { return x.unknown.Load() }

// values returns a function that applies the row to the values of its slot.
func (x *Index) values(r *api.Revocation) func([]uint64) {
	return func(v []uint64) {
		if r.Kind != api.RefreshUser {
			at := uint64(max(r.At.UnixMicro(), 0))
			grow(&v[minGen], uint64(max(r.MinGen, 0)))
			grow(&v[until], at)
			if r.MinGen == 0 {
				grow(&v[untilEach], at)
			}
		}
		// Other rows may raise the generation concurrently; it is enough that no slot has
		// the same version twice.
		grow(&v[version], max(x.generation.Load(), v[version])+1)
	}
}

// Generation grows with every row that changed the index. An identity that was not revoked
// after Generation was read is not revoked as long as Generation stays the same.
func (x *Index) Generation() uint64 { return x.generation.Load() }

// UserVersion grows with every row about the user, and may also grow without one. Cached
// data of a user is valid only while the version is what it was before the user was read. A
// version not greater than the Generation before the user was read covers only rows that
// were already there.
func (x *Index) UserVersion(subject string) uint64 {
	v := uint64(0)
	if slot := x.subjects.find(subject); slot != nil {
		v = atomic.LoadUint64(&slot[2+version])
	}
	// After the lookup, so that a slot that expires in between is covered by floor.
	return max(v, x.subjects.floor(subject))
}

// Expire removes rows that expired more than a minute before now. Call it about once a
// minute; it takes about 20 ms for a million rows.
func (x *Index) Expire(now time.Time) {
	minute := uint32(max(now.Unix()/60, 0))
	for _, t := range []*table{x.tokens, x.sessions, x.apiKeys, x.keys, x.subjects, x.clients} {
		t.expire(minute)
	}
}

// Len returns the number of entries, for metrics.
func (x *Index) Len() int {
	n := int64(0)
	for _, t := range []*table{x.tokens, x.sessions, x.apiKeys, x.keys, x.subjects, x.clients} {
		n += t.count.Load()
	}
	return int(n)
}

// grow raises a word to at least v; the caller holds the shard's lock.
func grow(word *uint64, v uint64) {
	if v > atomic.LoadUint64(word) {
		atomic.StoreUint64(word, v)
	}
}

// raise raises n to at least v and reports whether it was lower.
func raise(n *atomic.Int64, v int64) bool {
	for {
		old := n.Load()
		if v <= old {
			return false
		}
		if n.CompareAndSwap(old, v) {
			return true
		}
	}
}
