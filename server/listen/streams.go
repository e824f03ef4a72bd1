package listen

import (
	"math"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
)

// Limits on one HTTP/2 connection. Browsers and RFC 9113 (section 6.5.2) expect at least
// 100 streams. The defaults of net/http are 250 streams and 1 MiB of unread data.
const (
	maxStreams    = 100
	maxUnread     = 256 << 10 // unread body bytes of a connection
	maxUnreadOne  = 128 << 10 // unread body bytes of a stream
	maxTableBytes = 4 << 10   // header table, the default of RFC 7541
)

func http2Config() *http.HTTP2Config {
	return &http.HTTP2Config{
		MaxConcurrentStreams: maxStreams, MaxDecoderHeaderTableSize: maxTableBytes,
		MaxReceiveBufferPerConnection: maxUnread, MaxReceiveBufferPerStream: maxUnreadOne,
		WriteByteTimeout: writeStall,
	}
}

// streams counts the HTTP/2 requests in progress, with the same caps as connections,
// since one connection can have many. Safe for concurrent use.
type streams struct {
	most, perPeer int // 0: no cap

	mu               sync.Mutex // guards the rest; is locked before counted.held
	all              []*exchange
	refused, evicted int64
}

// enter counts a request until leave is called, and returns nil at a cap. The request
// whose client has been slow longest is reset to make room.
func (s *streams) enter(c *counted, w http.ResponseWriter) *exchange {
	x := c.enter(w)
	s.mu.Lock()
	defer s.mu.Unlock()
	peer := s.perPeer > 0 && c.flight != nil && len(c.flight.requests) >= s.perPeer
	if peer && !s.evict(c.flight.requests) || s.most > 0 && len(s.all) >= s.most && !s.evict(s.all) {
		s.refused++
		x.leave()
		return nil
	}
	x.index = len(s.all)
	s.all = append(s.all, x)
	if c.flight != nil {
		c.flight.requests = append(c.flight.requests, x)
	}
	return x
}

// evict resets the request whose client has been slow longest, and reports whether there
// is one. It looks at a part of a long list, which begins anywhere.
func (s *streams) evict(list []*exchange) bool {
	var slowest *exchange
	longest := int64(math.MaxInt64)
	begin := rand.IntN(max(len(list), 1))
	for i := range min(len(list), evictSample) {
		x := list[(begin+i)%len(list)]
		if since := x.slowSince(); since != 0 && since < longest {
			slowest, longest = x, since
		}
	}
	if slowest == nil || longest > slowest.conn.table.now() {
		return false
	}
	s.drop(slowest)
	s.evicted++
	go slowest.reset()
	return true
}

// leave is called when the handler has returned.
func (s *streams) leave(x *exchange) {
	x.finish()
	x.leave()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop(x)
}

// drop stops counting a request, once. The caller holds mu.
func (s *streams) drop(x *exchange) {
	if x.index < 0 {
		return
	}
	last := len(s.all) - 1
	s.all[last].index = x.index
	s.all[x.index], s.all[last] = s.all[last], nil
	s.all = s.all[:last]
	x.index = -1
	if of := x.conn.flight; of != nil {
		if i := slices.Index(of.requests, x); i >= 0 {
			of.requests = slices.Delete(of.requests, i, i+1)
		}
	}
}

func (s *streams) figures() (refused, evicted int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refused, s.evicted
}

// refuseStream refuses a request over the cap.
func refuseStream(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "1")
	http.Error(w, "too many requests are under way: try again", http.StatusServiceUnavailable)
}

// flight holds the HTTP/2 requests in progress of one peer. streams.mu guards it.
type flight struct{ requests []*exchange }
