package listen

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"sync"
)

// tlsListener does the handshake before Accept returns: net/http needs a bare [tls.Conn]
// for HTTP/2, and HTTP/1 connections are wrapped for scanning.
type tlsListener struct {
	net.Listener
	config *tls.Config
	start  sync.Once
	ready  chan accepted
	ctx    context.Context // ends with Close
	cancel context.CancelFunc
}

type accepted struct {
	conn net.Conn
	err  error
}

func newTLSListener(inner net.Listener, config *tls.Config) *tlsListener {
	ctx, cancel := context.WithCancel(context.Background())
	return &tlsListener{Listener: inner, config: config, ready: make(chan accepted), ctx: ctx, cancel: cancel}
}

// Accept implements net.Listener.
func (l *tlsListener) Accept() (net.Conn, error) {
	l.start.Do(func() { go l.run() })
	select {
	case a := <-l.ready:
		return a.conn, a.err
	case <-l.ctx.Done():
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener. It aborts running handshakes.
func (l *tlsListener) Close() error {
	l.cancel()
	return l.Listener.Close()
}

func (l *tlsListener) run() {
	for {
		c, err := l.Listener.Accept()
		if err == nil {
			go l.handshake(c)
			continue
		}
		if !l.hand(accepted{err: err}) || errors.Is(err, net.ErrClosed) {
			return
		}
	}
}

func (l *tlsListener) handshake(raw net.Conn) {
	c := tls.Server(raw, l.config)
	ctx, cancel := context.WithTimeout(l.ctx, headerTimeout)
	defer cancel()
	if err := c.HandshakeContext(ctx); err != nil {
		answerPlain(err)
		raw.Close()
		return
	}
	var ready net.Conn = c
	if c.ConnectionState().NegotiatedProtocol != "h2" {
		ready = &scannedTLS{scanned{Conn: c}, c}
	}
	if !l.hand(accepted{conn: ready}) {
		raw.Close()
	}
}

// hand passes a connection to Accept, and returns false once the listener is closed.
func (l *tlsListener) hand(a accepted) bool {
	select {
	case l.ready <- a:
		return true
	case <-l.ctx.Done():
		return false
	}
}

// answerPlain responds to a client that uses HTTP without TLS, as net/http does.
func answerPlain(err error) {
	var record tls.RecordHeaderError
	if !errors.As(err, &record) || record.Conn == nil {
		return
	}
	switch string(record.RecordHeader[:]) {
	case "GET /", "HEAD ", "POST ", "PUT /", "OPTIO":
		io.WriteString(record.Conn, "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n")
	}
}
