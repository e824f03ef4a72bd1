package listen

import (
	"crypto/tls"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
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
		counted.waiting.Store(time.Now().UnixNano())
		if l.table.admit(counted) {
			tellProgress(c)
			return counted, nil
		}
		c.Close() // it was never counted
	}
}

// plainListener is a cappedListener whose connections speak HTTP/1.
type plainListener struct{ *cappedListener }

// Accept implements net.Listener.
func (l plainListener) Accept() (net.Conn, error) {
	c, err := l.cappedListener.Accept()
	if err != nil {
		return nil, err
	}
	return &scanned{Conn: c}, nil
}

// counted is a connection that counts towards the caps until it is closed. It cuts
// clients off that read too slowly.
type counted struct {
	net.Conn
	table   *table
	peer    netip.Addr   // zero: counts in all only
	waiting atomic.Int64 // since when it waits for its client, in Unix nanoseconds; 0: it does not
	index   int          // in table.all; guarded by table.mu
	closing sync.Once

	flight *atomic.Int64 // requests over HTTP/2 that the peer has under way; nil: counts in all only

	armed  atomic.Int64 // the write deadline that Write has set, in Unix nanoseconds; 0: none
	custom atomic.Bool  // somebody else has set the write deadline
}

// Close implements net.Conn.
func (c *counted) Close() error {
	c.closing.Do(func() { c.table.remove(c) })
	return c.Conn.Close()
}

// CloseWrite ends the answer, so that it is not lost with what the client still
// sends.
func (c *counted) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// scanned is an HTTP/1 connection whose request framing is watched.
type scanned struct {
	net.Conn
	mu      sync.Mutex // guards scanner
	scanner scanner
	last    atomic.Bool // the request under way is the last one
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

// stop ends the watch: what follows is not HTTP.
func (s *scanned) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scanner = scanner{state: stopped}
}

// CloseWrite passes the half-close on.
func (s *scanned) CloseWrite() error {
	if half, ok := s.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// scannedTLS is a scanned connection over TLS; net/http asks it for its state.
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
