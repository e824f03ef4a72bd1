package listen

import (
	"bufio"
	"bytes"
	"io"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"time"
)

// pipes is a listener in memory, whose connections work in a synctest bubble.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
}

func newPipes() *pipes { return &pipes{make(chan net.Conn), make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	close(p.done)
	return nil
}

func (p *pipes) Addr() net.Addr { return peer("pipe") }

// peer is a remote address.
type peer string

func (p peer) Network() string { return "test" }
func (p peer) String() string  { return string(p) }

// from is a connection with a remote address.
type from struct {
	net.Conn
	addr peer
}

func (f from) RemoteAddr() net.Addr { return f.addr }

// dial connects from an address such as 192.0.2.1:1.
func (p *pipes) dial(addr string) net.Conn {
	client, server := net.Pipe()
	p.conns <- from{server, peer(addr)}
	return client
}

// serving serves h on a listener in memory until the test ends, in a synctest bubble.
func serving(t *testing.T, c Config, h http.Handler) (*Limits, *pipes) {
	t.Helper()
	l, p := New(c), newPipes()
	s := l.Server(h)
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.Serve(l.Wrap(p))
	}()
	t.Cleanup(func() {
		s.Close()
		<-done
		time.Sleep(time.Second) // net/http waits before it closes
	})
	return l, p
}

// write sends text in the background, since a pipe has no buffer.
func write(c net.Conn, text string) { go io.WriteString(c, text) }

// answerOf reads one response.
func answerOf(t *testing.T, r *bufio.Reader) *http.Response {
	t.Helper()
	res, err := http.ReadResponse(r, nil)
	if err != nil {
		t.Fatalf("no answer: %v", err)
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatalf("cut off: %v", err)
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	return res
}

// closedAfter returns the time until the other side closes the connection.
func closedAfter(r io.Reader) time.Duration {
	begin := time.Now()
	io.Copy(io.Discard, r)
	return time.Since(begin)
}

func logTo(w io.Writer) *slog.Logger { return slog.New(slog.NewTextHandler(w, nil)) }
