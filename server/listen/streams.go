package listen

import (
	"net/http"
	"sync/atomic"
)

// What HTTP/2 may ask of one connection. Browsers and RFC 9113 (section 6.5.2) expect
// no fewer streams than a hundred; net/http's own bounds are 250 streams and 1 MiB that
// nobody has read yet.
const (
	maxStreams    = 100
	maxUnread     = 256 << 10 // bytes of request bodies, of a connection
	maxUnreadOne  = 128 << 10 // of a stream
	maxTableBytes = 4 << 10   // of the header table, which is that of RFC 7541
)

func http2Config() *http.HTTP2Config {
	return &http.HTTP2Config{
		MaxConcurrentStreams: maxStreams, MaxDecoderHeaderTableSize: maxTableBytes,
		MaxReceiveBufferPerConnection: maxUnread, MaxReceiveBufferPerStream: maxUnreadOne,
		WriteByteTimeout: writeStall,
	}
}

// streams counts the requests that are under way over HTTP/2, where a connection can
// have many, by the caps that connections have. Safe for concurrent use.
type streams struct {
	most, perPeer int64 // 0: no cap
	all           atomic.Int64
	refused       atomic.Int64
}

// enter counts a request until leave is called, and reports false where a cap forbids
// it.
func (s *streams) enter(r *http.Request) (leave func(), ok bool) {
	of, _ := r.Context().Value(flightKey{}).(*atomic.Int64)
	if !within(&s.all, s.most) {
		s.refused.Add(1)
		return nil, false
	}
	if of != nil && !within(of, s.perPeer) {
		s.all.Add(-1)
		s.refused.Add(1)
		return nil, false
	}
	return func() {
		s.all.Add(-1)
		if of != nil {
			of.Add(-1)
		}
	}, true
}

func within(n *atomic.Int64, most int64) bool {
	if n.Add(1) <= most || most == 0 {
		return true
	}
	n.Add(-1)
	return false
}

// refuseStream answers a request that is one too many.
func refuseStream(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "1")
	http.Error(w, "too many requests are under way: try again", http.StatusServiceUnavailable)
}

// flightKey is the context key of the number of requests that the peer of an HTTP/2
// connection has under way; none for peers that count in all only.
type flightKey struct{}
