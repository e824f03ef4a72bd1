package listen

import (
	"crypto/tls"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
)

// cappedListener admits connections up to the caps.
type cappedListener struct {
	net.Listener
	table *table
}

// Accept implements net.Listener. Connections over a cap are closed here.
func (l *cappedListener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		counted := &counted{Conn: c, table: l.table, peer: l.table.peerOf(c.RemoteAddr())}
		counted.waiting.Store(l.table.now())
		if l.table.admit(counted) {
			tellProgress(c)
			return counted, nil
		}
		c.Close() // it is not counted
	}
}

// plainListener is a cappedListener for HTTP/1 without TLS.
type plainListener struct{ *cappedListener }

// Accept implements net.Listener.
func (l plainListener) Accept() (net.Conn, error) {
	c, err := l.cappedListener.Accept()
	if err != nil {
		return nil, err
	}
	return &scanned{Conn: c}, nil
}

// counted is a connection that counts towards the caps until it is closed. It cuts off
// clients that read too slowly.
type counted struct {
	net.Conn
	table   *table
	peer    netip.Addr // zero: counts towards the total only
	index   int        // in table.all; guarded by table.mu
	closing sync.Once
	flight  *flight // of the peer; nil: counts towards the total only

	// Since when the connection waits for its client and may be closed for a new one, by
	// table.now; 0: it does not wait.
	waiting atomic.Int64 // for a TLS handshake, for a request, or in all requests
	writing atomic.Int64 // in Write
	unread  atomic.Int64 // lag of Write

	held      sync.Mutex // guards exchanges
	exchanges []*exchange

	armed  atomic.Int64 // deadline set by Write, by table.now; 0: none
	custom atomic.Bool  // a caller has set the write deadline
}

// Close implements net.Conn.
func (c *counted) Close() error {
	c.closing.Do(func() { c.table.remove(c) })
	return c.Conn.Close()
}

// CloseWrite closes the write side, so that unread data of the client does not destroy
// the response.
func (c *counted) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// scanned is an HTTP/1 connection whose request framing is checked.
type scanned struct {
	net.Conn
	mu      sync.Mutex // guards scanner
	scanner scanner
	last    atomic.Bool // the current request is the last one
}

// Read implements net.Conn.
func (s *scanned) Read(p []byte) (int, error) {
	n, err := s.Conn.Read(p)
	if n > 0 && !s.last.Load() {
		s.mu.Lock()
		if s.scanner.scan(p[:n]) {
			s.last.Store(true)
		}
		s.mu.Unlock()
	}
	return n, err
}

// stop ends the checks: the rest is not HTTP.
func (s *scanned) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scanner = scanner{state: stopped}
}

// CloseWrite closes the write side.
func (s *scanned) CloseWrite() error {
	if half, ok := s.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// scannedTLS is a scanned TLS connection; net/http calls ConnectionState.
type scannedTLS struct {
	scanned
	tls *tls.Conn
}

// ConnectionState describes the TLS connection.
func (s *scannedTLS) ConnectionState() tls.ConnectionState { return s.tls.ConnectionState() }

func scannedConn(c net.Conn) *scanned {
	switch c := c.(type) {
	case *scanned:
		return c
	case *scannedTLS:
		return &c.scanned
	}
	return nil
}

func countedConn(c net.Conn) *counted {
	for {
		switch x := c.(type) {
		case *counted:
			return x
		case *scanned:
			c = x.Conn
		case *scannedTLS:
			c = x.tls
		case *tls.Conn:
			c = x.NetConn()
		default:
			return nil
		}
	}
}
