package listen

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// holding is a handler with a path for each thing that may keep a connection.
func holding(release chan struct{}) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/read", func(w http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body) })
	mux.HandleFunc("/stream", func(w http.ResponseWriter, r *http.Request) { // both at once
		http.NewResponseController(w).EnableFullDuplex()
		io.WriteString(w, "begun")
		http.NewResponseController(w).Flush()
		io.Copy(w, r.Body)
	})
	mux.HandleFunc("/work", func(http.ResponseWriter, *http.Request) { <-release })
	mux.HandleFunc("/work-then-read", func(_ http.ResponseWriter, r *http.Request) {
		<-release
		io.Copy(io.Discard, r.Body)
	})
	mux.HandleFunc("/big", func(w http.ResponseWriter, r *http.Request) {
		for range 4 << 10 { // more than a client buffers
			if _, err := w.Write(make([]byte, 4<<10)); err != nil {
				return
			}
		}
		<-release
	})
	mux.HandleFunc("/big-at-once", func(w http.ResponseWriter, r *http.Request) {
		w.Write(make([]byte, 16<<20))
		<-release
	})
	mux.HandleFunc("/both", func(w http.ResponseWriter, r *http.Request) { // independently
		http.NewResponseController(w).EnableFullDuplex()
		read := make(chan bool)
		go func() {
			defer close(read)
			io.Copy(io.Discard, r.Body)
		}()
		w.Write(make([]byte, 16<<20))
		<-read
	})
	mux.HandleFunc("/upgrade", func(w http.ResponseWriter, r *http.Request) {
		c, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			defer c.Close()
			<-release
		}
	})
	return mux
}

// sending sends the parts in the background, and then reads at most n bytes per second.
func sending(c net.Conn, readEach int, parts ...part) {
	go func() {
		for _, x := range parts {
			time.Sleep(x.wait)
			if _, err := io.WriteString(c, x.text); err != nil {
				return
			}
		}
	}()
	go func() {
		for readEach > 0 {
			if _, err := io.ReadFull(c, make([]byte, readEach)); err != nil {
				return
			}
			time.Sleep(time.Second)
		}
	}()
}

func ofHTTP1(readEach int, parts ...part) func(*testing.T, net.Conn) {
	return func(_ *testing.T, c net.Conn) { sending(c, readEach, parts...) }
}

// ofHTTP2 sends requests over one HTTP/2 connection, each with its body.
func ofHTTP2(readEach int, requests map[string][]part) func(*testing.T, net.Conn) {
	return func(t *testing.T, c net.Conn) {
		cc := clientConn(t, c)
		for path, parts := range requests {
			read, body := io.Pipe()
			go func() {
				sending(writerConn{body}, 0, parts...)
				r, _ := http.NewRequestWithContext(t.Context(), "POST", "https://example.org"+path, read)
				res, err := cc.RoundTrip(r)
				for err == nil && readEach > 0 {
					_, err = io.ReadFull(res.Body, make([]byte, readEach))
					select {
					case <-time.After(time.Second):
					case <-t.Context().Done():
						return
					}
				}
			}()
		}
	}
}

// clientConn returns a client of one HTTP/2 connection, which is closed when the test ends.
func clientConn(t *testing.T, c net.Conn) *http.ClientConn {
	tr := &http.Transport{
		DialTLSContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			over := tls.Client(c, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}})
			return over, over.HandshakeContext(ctx)
		},
		ForceAttemptHTTP2: true,
	}
	cc, err := tr.NewClientConn(t.Context(), "https", "example.org:443")
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		<-t.Context().Done()
		c.Close()
	}()
	return cc
}

// writerConn is a connection of which only Write works.
type writerConn struct{ io.Writer }

func (w writerConn) Read([]byte) (int, error)         { return 0, io.EOF }
func (w writerConn) Close() error                     { return nil }
func (w writerConn) LocalAddr() net.Addr              { return nil }
func (w writerConn) RemoteAddr() net.Addr             { return nil }
func (w writerConn) SetDeadline(time.Time) error      { return nil }
func (w writerConn) SetReadDeadline(time.Time) error  { return nil }
func (w writerConn) SetWriteDeadline(time.Time) error { return nil }

// TestHeld is the list of what a connection at a cap may be held by. It is closed for a
// new one if it makes room; otherwise the new one is refused.
func TestHeld(t *testing.T) {
	const header = "POST /%s HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\n"
	post := func(path string, parts ...part) []part {
		return append([]part{{0, fmt.Sprintf(header, path)}}, parts...)
	}
	kib := strings.Repeat("x", 1024)
	slow, fast := repeated(100, 50*time.Millisecond, kib[:100]), repeated(600, 10*time.Millisecond, kib)
	for _, tc := range []struct {
		name      string
		hold      func(*testing.T, net.Conn)
		tls       bool
		makesRoom bool
	}{
		{"nothing sent", ofHTTP1(0), false, true},
		{"half a header", ofHTTP1(0, part{0, "GET /work HTTP/1.1\r\nHost:"}), false, true},
		{"a slow header", ofHTTP1(0, repeated(100, 50*time.Millisecond, "GET /work HTTP/1.1\r\n")...), false, true},
		{"idle after a response", ofHTTP1(1000, part{0, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"}), false, true},
		{"half a second header", ofHTTP1(1000, part{0, "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /work"}), false, true},
		{"a body that does not come", ofHTTP1(0, post("read")...), false, true},
		{"a body that waits for 100", ofHTTP1(1000, part{0, "POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n"}), false, true},
		{"a slow body", ofHTTP1(0, post("read", slow...)...), false, true},
		{"a slow chunked body", ofHTTP1(0, part{0, "POST /read HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n"}), false, true},
		{"a body that stops", ofHTTP1(0, post("read", part{0, kib}, part{0, kib})...), false, true},
		{"a slow streamed body", ofHTTP1(100_000, post("stream", slow...)...), false, true},
		{"a body at rate", ofHTTP1(0, post("read", fast...)...), false, false},
		{"a streamed body at rate", ofHTTP1(100_000, post("stream", fast...)...), false, false},
		{"a handler at work", ofHTTP1(0, part{0, "GET /work HTTP/1.1\r\nHost: a\r\n\r\n"}), false, false},
		{"a handler at work, body unread", ofHTTP1(0, post("work-then-read")...), false, false},
		{"an answer that is not read", ofHTTP1(0, part{0, "GET /big HTTP/1.1\r\nHost: a\r\n\r\n"}), false, true},
		{"an answer that is read slowly", ofHTTP1(4000, part{0, "GET /big HTTP/1.1\r\nHost: a\r\n\r\n"}), false, true},
		{"an answer at rate", ofHTTP1(40_000, part{0, "GET /big HTTP/1.1\r\nHost: a\r\n\r\n"}), false, false},
		{"one large write that is not read", ofHTTP1(0, part{0, "GET /big-at-once HTTP/1.1\r\nHost: a\r\n\r\n"}), false, true},
		{"one large write that is read slowly", ofHTTP1(4000, part{0, "GET /big-at-once HTTP/1.1\r\nHost: a\r\n\r\n"}), false, true},
		{"one large write at rate", ofHTTP1(40_000, part{0, "GET /big-at-once HTTP/1.1\r\nHost: a\r\n\r\n"}), false, false},
		{"both ways, no body and nothing read", ofHTTP1(0, post("both")...), false, true},
		{"both ways, slow", ofHTTP1(4000, post("both", slow...)...), false, true},
		{"both ways, an answer at rate", ofHTTP1(40_000, post("both")...), false, false},
		{"both ways, a body at rate", ofHTTP1(0, post("both", fast...)...), false, false},
		{"an upgrade", ofHTTP1(0, part{0, "GET /upgrade HTTP/1.1\r\nHost: a\r\n\r\n"}), false, false},
		{"a TLS handshake that does not begin", ofHTTP1(0), true, true},
		{"half a TLS handshake", ofHTTP1(0, part{0, "\x16\x03\x01\x02\x00\x01"}), true, true},
		{"HTTP/2 without requests", ofHTTP2(0, nil), true, true},
		{"HTTP/2, a slow body", ofHTTP2(0, map[string][]part{"/read": slow}), true, true},
		{"HTTP/2, a body at rate", ofHTTP2(0, map[string][]part{"/read": fast}), true, false},
		{"HTTP/2, an answer that is not read", ofHTTP2(0, map[string][]part{"/big": nil}), true, true},
		{"HTTP/2, one large write that is not read", ofHTTP2(0, map[string][]part{"/big-at-once": nil}), true, true},
		{"HTTP/2, one large write at rate", ofHTTP2(40_000, map[string][]part{"/big-at-once": nil}), true, false},
		{"HTTP/2, both ways, slow", ofHTTP2(400, map[string][]part{"/both": slow}), true, true},
		{"HTTP/2, both ways, a body at rate", ofHTTP2(0, map[string][]part{"/both": fast}), true, false},
		{"HTTP/2, a handler at work", ofHTTP2(0, map[string][]part{"/work": nil}), true, false},
		{"HTTP/2, slow bodies only", ofHTTP2(0, map[string][]part{"/read": slow, "/stream": nil}), true, true},
		{"HTTP/2, a slow body beside work", ofHTTP2(0, map[string][]part{"/read": slow, "/work": nil}), true, false},
		{"HTTP/2, a slow body beside one at rate", ofHTTP2(0, map[string][]part{"/read": slow, "/stream": fast}), true, false},
	} {
		for _, cap := range []Config{{Connections: 1}, {PerPeer: 1}} {
			t.Run(fmt.Sprintf("%s/%d", tc.name, cap.PerPeer), func(t *testing.T) {
				if tc.tls {
					cap.TLS, _ = certified(t)
				}
				synctest.Test(t, func(t *testing.T) {
					release := make(chan struct{})
					l, p := serving(t, cap, holding(release))
					defer close(release)
					l.streams.most, l.streams.perPeer = 0, 0 // this is about connections
					held := p.dial("192.0.2.1:1")
					defer held.Close()
					tc.hold(t, held)
					time.Sleep(3 * time.Second)
					next := p.dial("192.0.2.1:2")
					defer next.Close()
					synctest.Wait()
					if f := l.Figures(); (f.Evicted == 1) != tc.makesRoom || (f.Refused == 1) == tc.makesRoom {
						t.Errorf("%+v; makes room: want %v", f, tc.makesRoom)
					}
				})
			})
		}
	}
}

// TestHeld_soon: nobody makes room in the first second of a body or of an answer.
func TestHeld_soon(t *testing.T) {
	for _, path := range []string{"/read", "/big"} {
		synctest.Test(t, func(t *testing.T) {
			release := make(chan struct{})
			l, p := serving(t, Config{Connections: 1}, holding(release))
			defer close(release)
			held := p.dial("192.0.2.1:1")
			defer held.Close()
			write(held, "POST "+path+" HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n")
			time.Sleep(900 * time.Millisecond)
			if took := closedAfter(p.dial("192.0.2.1:2")); took > 0 {
				t.Errorf("%s: the new one is closed after %s", path, took)
			}
			if f := l.Figures(); f.Evicted != 0 || f.Refused != 1 {
				t.Errorf("%s: Figures() = %+v, want Evicted 0 and Refused 1", path, f)
			}
		})
	}
}

// TestHeld_answers: with all connections held by slow clients, the next one is answered,
// and so is the one after it.
func TestHeld_answers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, p := serving(t, Config{Connections: 3}, reading)
		for i := range 3 {
			held := p.dial(fmt.Sprintf("192.0.2.%d:1", i+1))
			defer held.Close()
			write(held, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n")
		}
		time.Sleep(2 * time.Second)
		for range 6 {
			conn := p.dial("192.0.2.9:1")
			defer conn.Close()
			write(conn, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok")
			answerOf(t, bufio.NewReader(conn))
			synctest.Wait() // until it is idle
		}
	})
}

// TestHeld_streams: at a cap of HTTP/2 requests, the one that waits for its client is reset
// for a new one; those of others and those at work are not.
func TestHeld_streams(t *testing.T) {
	for _, tc := range []struct {
		name   string
		path   string
		body   []part
		status int // of the next request
	}{
		{"no body comes", "/read", nil, 200},
		{"a slow body", "/read", repeated(100, 50*time.Millisecond, "slow"), 200},
		{"an answer that is not read", "/big", nil, 200},
		{"a body at rate", "/read", repeated(600, 10*time.Millisecond, strings.Repeat("x", 1024)), 503},
		{"a handler at work", "/work", nil, 503},
	} {
		for _, caps := range [][2]int{{1, 0}, {0, 1}} {
			t.Run(fmt.Sprint(tc.name, caps), func(t *testing.T) {
				config, _ := certified(t)
				synctest.Test(t, func(t *testing.T) {
					release := make(chan struct{})
					l, p := serving(t, Config{TLS: config}, holding(release))
					defer close(release)
					l.streams.most, l.streams.perPeer = caps[0], caps[1]
					held := p.dial("192.0.2.1:1")
					defer held.Close()
					ofHTTP2(0, map[string][]part{tc.path: tc.body})(t, held)
					time.Sleep(3 * time.Second)
					cc := clientConn(t, p.dial("192.0.2.1:2"))
					r, _ := http.NewRequestWithContext(t.Context(), "POST", "https://example.org/read", strings.NewReader("quick"))
					res, err := cc.RoundTrip(r)
					if err != nil || res.StatusCode != tc.status {
						t.Errorf("got %v, %v; want %d", res, err, tc.status)
					}
					synctest.Wait()
					if n := requestsOf(l); (n == 0) != (tc.status == 200) {
						t.Errorf("%d are counted", n)
					}
				})
			})
		}
	}
}
