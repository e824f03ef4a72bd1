package httpauth

import (
	"io"
	"net/netip"
	"sync"
	"sync/atomic"
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
// read before a decision; one source may use an eighth of that half. The other half is
// for bodies that can also be streamed; responses that are read ahead may use half of
// that. It is safe for concurrent use.
type Bodies struct {
	half, share   int64
	needed, spare atomic.Int64 // in use
	ahead         atomic.Int64 // part of spare, for responses

	mu      sync.Mutex // guards sources
	sources map[netip.Prefix]int64
}

// NewBodies returns a limit of that many bytes; 0 means DefaultHeldBytes. The limit is
// raised if one source could not hold a body that takes largest bytes.
func NewBodies(bytes, largest int64) *Bodies {
	if bytes == 0 {
		bytes = DefaultHeldBytes
	}
	half := max(bytes/2, 2*largest)
	return &Bodies{half: half, share: max(half/8, largest), sources: map[netip.Prefix]int64{}}
}

// TakeSpare reserves n bytes for a body that can also be streamed, and reports whether
// there was room. GiveSpare releases them.
func (b *Bodies) TakeSpare(n int) bool { return take(&b.spare, int64(n), b.half) }

// GiveSpare releases what TakeSpare reserved.
func (b *Bodies) GiveSpare(n int) { b.spare.Add(-int64(n)) }

// TakeAhead is TakeSpare for a response that is read ahead. Slow readers of responses
// cannot use all of the spare memory. GiveAhead releases the bytes.
func (b *Bodies) TakeAhead(n int) bool {
	if !take(&b.ahead, int64(n), b.half/2) {
		return false
	}
	if b.TakeSpare(n) {
		return true
	}
	b.ahead.Add(-int64(n))
	return false
}

// GiveAhead releases what TakeAhead reserved.
func (b *Bodies) GiveAhead(n int) {
	b.GiveSpare(n)
	b.ahead.Add(-int64(n))
}

// Taken returns the number of bytes in use, for metrics.
func (b *Bodies) Taken() int64 { return b.needed.Load() + b.spare.Load() }

func take(taken *atomic.Int64, n, most int64) bool {
	if taken.Add(n) <= most {
		return true
	}
	taken.Add(-n)
	return false
}

// Held is the memory of one body. It is for one goroutine.
type Held struct {
	bodies *Bodies
	source netip.Prefix // invalid: no limit per source
	taken  int64
}

// Hold starts the accounting for a body of a peer. Trusted proxies, loopback and peers
// without an address have no limit per source. Call Release afterwards.
func (b *Bodies) Hold(t Trust, peer netip.Addr) Held {
	h := Held{bodies: b}
	if peer.IsValid() && !peer.IsLoopback() && !t.includes(peer) {
		h.source = throttle.Source(peer)
	}
	return h
}

// Take reserves n more bytes. Without room the error is Unavailable.
func (h *Held) Take(n int) error {
	b, more := h.bodies, int64(n)
	most := b.half
	if h.taken+more > smallBody {
		most -= b.half / 4
	}
	if !take(&b.needed, more, most) {
		return errNoRoom()
	}
	if !b.takeOf(h.source, more) {
		b.needed.Add(-more)
		return errNoRoom()
	}
	h.taken += more
	return nil
}

// Release releases all memory; calling it twice is harmless.
func (h *Held) Release() {
	if h.taken == 0 {
		return
	}
	h.bodies.needed.Add(-h.taken)
	h.bodies.takeOf(h.source, -h.taken)
	h.taken = 0
}

// takeOf updates the use of a source.
func (b *Bodies) takeOf(source netip.Prefix, n int64) bool {
	if !source.IsValid() {
		return true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	sum := b.sources[source] + n
	if n > 0 && sum > b.share {
		return false
	}
	if b.sources[source] = sum; sum == 0 {
		delete(b.sources, source)
	}
	return true
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
