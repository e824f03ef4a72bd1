package httpauth

import (
	"io"
	"net/netip"
	"sync"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/throttle"
)

// DefaultHeldBytes is the default memory for bodies, in bytes; see [NewBodies].
const DefaultHeldBytes = 128 << 20

// smallBody is the size in bytes up to which a body may use the part of the memory that
// is reserved for small bodies, such as logins.
const smallBody = 8 << 10

// Bodies limits the memory for buffered bodies. Half of it is for bodies that must be
// read before a decision, the other half for bodies that can also be streamed; responses
// that are read ahead may use half of that. Of each, one source may use an eighth, and a
// quarter of each half is for small bodies. It is safe for concurrent use.
type Bodies struct {
	needed, spare, ahead pool
}

// NewBodies returns a limit of that many bytes; 0 means DefaultHeldBytes. The limit is
// raised if one source could not hold a body that takes largest bytes.
func NewBodies(bytes, largest int64) *Bodies {
	if bytes == 0 {
		bytes = DefaultHeldBytes
	}
	half := max(bytes/2, 2*largest)
	b := &Bodies{needed: newPool(half, half/4), spare: newPool(half, half/4), ahead: newPool(half/2, 0)}
	b.needed.share = max(b.needed.share, largest)
	b.ahead.within = &b.spare
	return b
}

// Taken returns the number of bytes in use, for metrics.
func (b *Bodies) Taken() int64 { return b.needed.inUse() + b.spare.inUse() }

// pool is memory for bodies, in bytes.
type pool struct {
	most, share int64 // of all sources, and of one
	small       int64 // reserved for small bodies
	within      *pool // the pool of which this is a part; nil: none

	mu      sync.Mutex // guards the rest, and taken of each Held; is locked before within's
	sum     int64      // in use
	sources map[netip.Prefix]int64
}

func newPool(most, small int64) pool {
	return pool{most: most, share: most / 8, small: small, sources: map[netip.Prefix]int64{}}
}

func (p *pool) inUse() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.sum
}

// take reserves n more bytes for a body that has size bytes then, and reports whether
// there was room. The caller holds mu.
func (p *pool) take(source netip.Prefix, n, size int64) bool {
	most := p.most
	if size > smallBody {
		most -= p.small
	}
	if p.sum+n > most || source.IsValid() && p.sources[source]+n > p.share {
		return false
	}
	if p.within != nil {
		p.within.mu.Lock()
		defer p.within.mu.Unlock()
		if !p.within.take(source, n, size) {
			return false
		}
	}
	p.add(source, n)
	return true
}

// give releases n bytes. The caller holds mu.
func (p *pool) give(source netip.Prefix, n int64) {
	p.add(source, -n)
	if p.within != nil {
		p.within.mu.Lock()
		defer p.within.mu.Unlock()
		p.within.give(source, n)
	}
}

func (p *pool) add(source netip.Prefix, n int64) {
	p.sum += n
	if !source.IsValid() {
		return
	}
	if p.sources[source] += n; p.sources[source] == 0 {
		delete(p.sources, source)
	}
}

// Held is the memory of one body. It is safe for concurrent use, and must not be copied
// after Take.
type Held struct {
	bodies *Bodies
	pool   *pool
	source netip.Prefix // invalid: no limit per source
	taken  int64
}

// Hold starts the accounting for a body of a peer that must be read before a decision.
// Trusted proxies, loopback and peers without an address have no limit per source. Call
// Release afterwards.
func (b *Bodies) Hold(t Trust, peer netip.Addr) Held {
	h := Held{bodies: b, pool: &b.needed}
	if peer.IsValid() && !peer.IsLoopback() && !t.includes(peer) {
		h.source = throttle.Source(peer)
	}
	return h
}

// Spare starts the accounting for a body of the same peer that can also be streamed.
func (h *Held) Spare() Held {
	return Held{bodies: h.bodies, pool: &h.bodies.spare, source: h.source}
}

// Ahead starts the accounting for a response to the same peer that is read ahead. Slow
// readers of responses cannot use all of the spare memory.
func (h *Held) Ahead() Held {
	return Held{bodies: h.bodies, pool: &h.bodies.ahead, source: h.source}
}

// Take reserves n more bytes. Without room the error is Unavailable.
func (h *Held) Take(n int) error {
	h.pool.mu.Lock()
	defer h.pool.mu.Unlock()
	if !h.pool.take(h.source, int64(n), h.taken+int64(n)) {
		return errNoRoom()
	}
	h.taken += int64(n)
	return nil
}

// Release releases all memory; calling it twice is harmless.
func (h *Held) Release() {
	h.pool.mu.Lock()
	defer h.pool.mu.Unlock()
	if h.taken > 0 {
		h.pool.give(h.source, h.taken)
		h.taken = 0
	}
}

func errNoRoom() error {
	return &api.Error{
		Code: api.Unavailable, Reason: "busy", RetryAfter: time.Second,
		Public: "too many request bodies are being read: try again",
	}
}

// Reader returns body with accounting: each byte read takes cost bytes. A read without
// room returns Take's error.
func (h *Held) Reader(body io.ReadCloser, cost int) io.ReadCloser {
	return &heldReader{ReadCloser: body, held: h, cost: cost}
}

type heldReader struct {
	io.ReadCloser
	held *Held
	cost int
	err  error // of Take
}

// Read implements io.Reader.
func (r *heldReader) Read(p []byte) (int, error) {
	if r.err != nil {
		return 0, r.err
	}
	n, err := r.ReadCloser.Read(p)
	if n > 0 {
		if r.err = r.held.Take(n * r.cost); r.err != nil {
			return 0, r.err
		}
	}
	return n, err
}
