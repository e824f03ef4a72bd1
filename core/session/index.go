package session

import (
	"sync/atomic"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// Index answers from memory whether an identity has been revoked. Use
// [NewIndex]. Safe for concurrent use; reading takes no lock, never waits and
// allocates nothing. A million revoked tokens take 34 MB.
type Index struct {
	tokens, sessions, apiKeys, keys *table // there or not
	subjects, clients               *table // with the values below

	all        atomic.Int64 // RevokeAll: the latest At, unix microseconds
	allTokens  atomic.Int64 // RevokeAll that spares API keys: the latest At
	latest     atomic.Int64 // the same of all that go by time
	generation atomic.Uint64
	unknown    atomic.Int64
	changed    chan struct{}
}

// Values of a slot in the subjects and clients tables. Each only grows.
const (
	version   = iota // generation of the index at the last row; UserVersion
	minGen           // lowest generation that lives
	until            // latest At: for credentials without a generation
	untilEach        // latest At of rows without MinGen: for all credentials
	valueCount
)

// NewIndex returns an index in which nothing is revoked.
func NewIndex() *Index {
	return &Index{
		tokens: newTable(0), sessions: newTable(0), apiKeys: newTable(0), keys: newTable(0),
		subjects: newTable(valueCount), clients: newTable(valueCount),
		changed: make(chan struct{}, 1),
	}
}

// Apply takes rows into account, in any order. Rows of unknown kinds and rows
// without a key, where one belongs, name nothing and are skipped. Applying a row
// twice changes no verdict; of a user's row it makes caches read once more.
func (x *Index) Apply(revs ...api.Revocation) {
	for i := range revs {
		if x.apply(&revs[i]) {
			x.generation.Add(1) // after the data: see Generation
			x.tell()
		}
	}
}

func (x *Index) tell() {
	select {
	case x.changed <- struct{}{}:
	default: // whoever waits is told already
	}
}

// Changed receives after Generation has grown, once for many changes that nobody
// has received. It is for one receiver.
func (x *Index) Changed() <-chan struct{} { return x.changed }

// apply reports whether anything became different.
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
	x.unknown.Add(1) // a newer version wrote it; see Unknown
	return false
}

// allOf returns the moment of RevokeAll rows with that key. One that this version
// does not know hits everything.
func (x *Index) allOf(key string) *atomic.Int64 {
	if key == api.SpareAPIKeys {
		return &x.allTokens
	}
	return &x.all
}

// Unknown returns how many rows were of a kind that this version does not know:
// anything but 0 means that a newer one shares the log, and that what it took
// back lives on here.
func (x *Index) Unknown() int64 { return x.unknown.Load() }

// values returns what the row changes in its slot.
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
		// Other rows may raise the generation meanwhile: what counts is that no
		// slot ever has the same version twice.
		grow(&v[version], max(x.generation.Load(), v[version])+1)
	}
}

// Generation grows whenever a row has made a difference. Whoever reads it, then
// finds an identity not revoked, may rely on that while it stays the same.
func (x *Index) Generation() uint64 { return x.generation.Load() }

// UserVersion grows whenever a row about the user arrives. What is remembered
// of a user is good only while it is what it was before the user was read. It
// may also grow for no reason. A version that Generation had reached before the
// user was read stands for rows that were all there by then.
func (x *Index) UserVersion(subject string) uint64 {
	v := uint64(0)
	if slot := x.subjects.find(subject); slot != nil {
		v = atomic.LoadUint64(&slot[2+version])
	}
	// After the lookup: a slot that expires in between must not look like one
	// that never was.
	return max(v, x.subjects.floor(subject))
}

// Expire forgets rows that ended more than a minute before now. Call it about
// once a minute; it costs a pass over memory, some 20 ms for a million rows.
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

// grow sets a word to at least v; the caller holds the shard's lock.
func grow(word *uint64, v uint64) {
	if v > atomic.LoadUint64(word) {
		atomic.StoreUint64(word, v)
	}
}

// raise sets n to at least v and reports whether it was lower.
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
