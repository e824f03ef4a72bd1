package listen

import (
	"net/http"
	"sync/atomic"
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
	most, perPeer int64 // 0: no cap
	all           atomic.Int64
	refused       atomic.Int64
}

// enter counts a request until leave is called, and returns false at a cap.
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

// refuseStream refuses a request over the cap.
func refuseStream(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "1")
	http.Error(w, "too many requests are under way: try again", http.StatusServiceUnavailable)
}

// flightKey is the context key of the number of requests in progress of an HTTP/2
// connection's peer; unset for peers that count towards the total only.
type flightKey struct{}
