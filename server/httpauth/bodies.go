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

// DefaultHeldBytes is the memory in bytes that bodies may take unless it is
// said otherwise; see [NewBodies].
const DefaultHeldBytes = 128 << 20

// smallBody is what a body takes at most, in bytes, to have a part of the memory that
// larger ones cannot fill: logins are small.
const smallBody = 8 << 10

// Bodies is the memory for bodies that this process holds. Half of it is for
// bodies that must be read before anything is decided or passed on, of which one source
// has an eighth at most; the other half is for those that may be passed on unread, of
// which half at most for answers that are read ahead. It is safe for concurrent use.
type Bodies struct {
	half, share   int64
	needed, spare atomic.Int64 // taken
	ahead         atomic.Int64 // of spare, for answers

	mu      sync.Mutex // guards sources
	sources map[netip.Prefix]int64
}

// NewBodies returns a memory of that many bytes, 0 being DefaultHeldBytes, and more
// where a source could not hold one body that takes largest bytes otherwise.
func NewBodies(bytes, largest int64) *Bodies {
	if bytes == 0 {
		bytes = DefaultHeldBytes
	}
	half := max(bytes/2, 2*largest)
	return &Bodies{half: half, share: max(half/8, largest), sources: map[netip.Prefix]int64{}}
}

// TakeSpare takes n bytes for a body that can be passed on unread, and reports whether
// there was room. GiveSpare gives them back.
func (b *Bodies) TakeSpare(n int) bool { return take(&b.spare, int64(n), b.half) }

// GiveSpare gives back what TakeSpare took.
func (b *Bodies) GiveSpare(n int) { b.spare.Add(-int64(n)) }

// TakeAhead is TakeSpare for an answer that is read ahead: slow readers of answers leave
// room for the bodies of requests. GiveAhead gives the bytes back.
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

// GiveAhead gives back what TakeAhead took.
func (b *Bodies) GiveAhead(n int) {
	b.GiveSpare(n)
	b.ahead.Add(-int64(n))
}

// Taken returns how many bytes are taken, for metrics.
func (b *Bodies) Taken() int64 { return b.needed.Load() + b.spare.Load() }

func take(taken *atomic.Int64, n, most int64) bool {
	if taken.Add(n) <= most {
		return true
	}
	taken.Add(-n)
	return false
}

// Held is what one body has of the memory. It is for one goroutine.
type Held struct {
	bodies *Bodies
	source netip.Prefix // not valid: nobody's share
	taken  int64
}

// Hold begins to hold a body of a peer; trusted proxies, loopback and what has no
// address are bounded by no share. Release must follow.
func (b *Bodies) Hold(t Trust, peer netip.Addr) Held {
	h := Held{bodies: b}
	if peer.IsValid() && !peer.IsLoopback() && !t.includes(peer) {
		h.source = throttle.Source(peer)
	}
	return h
}

// Take takes n bytes more. Without room the error is Unavailable.
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

// Release gives all of it back, once.
func (h *Held) Release() {
	if h.taken == 0 {
		return
	}
	h.bodies.needed.Add(-h.taken)
	h.bodies.takeOf(h.source, -h.taken)
	h.taken = 0
}

// takeOf counts what a source has.
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

// Reader returns body, of which each byte that is read takes cost bytes. A read without
// room ends with Take's error.
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
