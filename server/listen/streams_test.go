package listen

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// addressed is a listener whose connections have an address that the test sets.
type addressed struct {
	net.Listener
	addr atomic.Pointer[string]
}

func (a *addressed) Accept() (net.Conn, error) {
	c, err := a.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return from{c, peer(*a.addr.Load())}, nil
}

// servingPeers serves HTTP/2, and returns a function that dials from an address.
func servingPeers(t *testing.T, c Config, h http.Handler, headerBytes int) (l *Limits, dial func(addr string) *tls.Conn) {
	t.Helper()
	c.TLS, _ = certified(t)
	l = New(c)
	s := l.Server(h)
	s.MaxHeaderBytes = headerBytes
	inner := loopback(t)
	names := &addressed{Listener: inner}
	serveAt(t, s, l.Wrap(names))
	return l, func(addr string) *tls.Conn {
		names.addr.Store(&addr)
		conn, err := tls.Dial("tcp", inner.Addr().String(), &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		return conn
	}
}

// TestStreams_caps: the limits for connections apply to requests over HTTP/2, in total
// and per peer, over any number of connections.
func TestStreams_caps(t *testing.T) {
	for _, tc := range []struct {
		name         string
		all, perPeer int
		held         []string // peers with a request under way, each on a connection of its own
		next         string
		status       int
	}{
		{"below both", 100, 3, []string{"192.0.2.1:1", "192.0.2.1:2"}, "192.0.2.1:3", 200},
		{"at a peer's", 100, 3, []string{"192.0.2.1:1", "192.0.2.1:2", "192.0.2.1:3"}, "192.0.2.1:3", 503},
		{"of one connection", 100, 3, []string{"192.0.2.1:1", "192.0.2.1:1", "192.0.2.1:1"}, "192.0.2.1:1", 503},
		{"another peer", 100, 3, []string{"192.0.2.1:1", "192.0.2.1:1", "192.0.2.1:1"}, "192.0.2.2:1", 200},
		{"of a /64", 100, 3, []string{"[2001:db8::1]:1", "[2001:db8::2]:1", "[2001:db8::3]:1"}, "[2001:db8::2]:1", 503},
		{"loopback", 100, 3, []string{"127.0.0.1:1", "127.0.0.1:1", "127.0.0.1:1"}, "127.0.0.1:1", 200},
		{"at all", 3, 100, []string{"192.0.2.1:1", "192.0.2.1:1", "192.0.2.3:1"}, "192.0.2.4:1", 503},
		{"at all, loopback", 3, 100, []string{"127.0.0.1:1", "127.0.0.1:1", "127.0.0.1:1"}, "127.0.0.1:1", 503},
		{"without caps", 0, 0, []string{"192.0.2.1:1", "192.0.2.1:1", "192.0.2.1:1"}, "192.0.2.1:1", 200},
	} {
		t.Run(tc.name, func(t *testing.T) {
			begun, end := make(chan bool, 10), make(chan bool)
			l, dial := servingPeers(t, Config{Connections: tc.all, PerPeer: tc.perPeer}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/held" {
					begun <- true
					<-end
				}
			}), 0)
			conns := map[string]*http.ClientConn{}
			var held sync.WaitGroup
			send := func(addr, path string) *http.Response {
				if conns[addr] == nil {
					cc, err := (&http.Transport{
						DialTLSContext:    func(context.Context, string, string) (net.Conn, error) { return dial(addr), nil },
						ForceAttemptHTTP2: true,
					}).NewClientConn(t.Context(), "https", "example.org:443")
					if err != nil {
						t.Error(err)
						return &http.Response{}
					}
					conns[addr] = cc
				}
				r, err := http.NewRequest("GET", "https://example.org"+path, nil)
				if err != nil {
					t.Error(err)
					return &http.Response{}
				}
				res, err := conns[addr].RoundTrip(r)
				if err != nil {
					t.Errorf("%s%s: %v", addr, path, err)
					return &http.Response{}
				}
				res.Body.Close()
				return res
			}
			for _, addr := range tc.held {
				if conns[addr] == nil {
					send(addr, "/")
				}
				held.Go(func() { send(addr, "/held") })
				<-begun
			}
			if tc.name != "at all" && tc.name != "at all, loopback" {
				send(tc.next, "/")
			}
			res := send(tc.next, "/")
			if res.StatusCode != tc.status || (res.Header.Get("Retry-After") == "") != (tc.status == 200) {
				t.Errorf("status %d, Retry-After %q; want %d", res.StatusCode, res.Header.Get("Retry-After"), tc.status)
			}
			if refused := l.Figures().Refused; (refused > 0) != (tc.status == 503) {
				t.Errorf("%d are counted as refused", refused)
			}
			close(end)
			held.Wait()
			for wait := time.Now(); requestsOf(l) != 0 && time.Since(wait) < time.Minute; {
				time.Sleep(time.Millisecond)
			}
			if res := send(tc.next, "/"); res.StatusCode != 200 {
				t.Errorf("status %d once the others have ended", res.StatusCode)
			}
		})
	}
}

func requestsOf(l *Limits) int {
	l.streams.mu.Lock()
	defer l.streams.mu.Unlock()
	return len(l.streams.all)
}

// TestStreams_settings tests the settings that the server sends to a client.
func TestStreams_settings(t *testing.T) {
	_, dial := servingPeers(t, Config{}, http.NotFoundHandler(), 64<<10)
	f := hello(t, dial("192.0.2.1:1"))
	frame, err := f.ReadFrame()
	if err != nil {
		t.Fatal(err)
	}
	told, ok := frame.(*http2.SettingsFrame)
	if !ok {
		t.Fatalf("the first frame is %v, want a SETTINGS frame", frame)
	}
	for id, most := range map[http2.SettingID]uint32{
		http2.SettingMaxConcurrentStreams: maxStreams, http2.SettingMaxHeaderListSize: 65 << 10, http2.SettingInitialWindowSize: maxUnreadOne,
	} {
		if v, ok := told.Value(id); !ok || v > most {
			t.Errorf("%v is %d, told %v; want at most %d", id, v, ok, most)
		}
	}
}

func hello(t *testing.T, c net.Conn) *http2.Framer {
	t.Helper()
	c.SetDeadline(time.Now().Add(time.Minute))
	io.WriteString(c, http2.ClientPreface)
	f := http2.NewFramer(c, c)
	if err := f.WriteSettings(); err != nil {
		t.Fatal(err)
	}
	return f
}

// TestStreams_indexedHeaders: a header that is repeated by its index, in one byte, counts
// with its full size: such a request reaches no handler and uses little memory.
func TestStreams_indexedHeaders(t *testing.T) {
	for _, tc := range []struct {
		name, value string
		repeated    int
		status      string
	}{
		{"few", strings.Repeat("v", 1000), 50, "200"},
		{"many, large", strings.Repeat("v", 4000), 10_000, "431"},
		{"many, small", "v", 10_000, "431"},
		{"many, empty", "", 10_000, "431"},
	} {
		served := atomic.Int64{}
		_, dial := servingPeers(t, Config{}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { served.Add(1) }), 64<<10)
		const conns = 20
		before := allocated()
		for range conns {
			c := dial("192.0.2.1:1")
			f := hello(t, c)
			var block bytes.Buffer
			enc := hpack.NewEncoder(&block)
			for _, h := range []hpack.HeaderField{
				{Name: ":method", Value: "GET"}, {Name: ":scheme", Value: "https"}, {Name: ":path", Value: "/"},
				{Name: ":authority", Value: "example.org"}, {Name: "x-a", Value: tc.value},
			} {
				enc.WriteField(h)
			}
			for range tc.repeated {
				enc.WriteField(hpack.HeaderField{Name: "x-a", Value: tc.value})
			}
			if block.Len() > 16<<10 {
				t.Fatalf("%s: the block has %d bytes", tc.name, block.Len())
			}
			f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: block.Bytes(), EndHeaders: true, EndStream: true})
			if status := statusOf(f); status != tc.status {
				t.Errorf("%s: %s, want %s", tc.name, status, tc.status)
			}
		}
		if (served.Load() > 0) != (tc.status == "200") {
			t.Errorf("%s: %d were served", tc.name, served.Load())
		}
		each := (allocated() - before) / conns
		t.Logf("%s: %d KiB are allocated for each", tc.name, each>>10)
		if each > 2<<20 {
			t.Errorf("%s: %d KiB are allocated for each", tc.name, each>>10)
		}
	}
}

// statusOf reads until the response header, and otherwise returns why the connection
// ended.
func statusOf(f *http2.Framer) string {
	f.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	for {
		frame, err := f.ReadFrame()
		if err != nil {
			return err.Error()
		}
		switch frame := frame.(type) {
		case *http2.MetaHeadersFrame:
			return frame.PseudoValue("status")
		case *http2.GoAwayFrame:
			return fmt.Sprint("go away: ", frame.ErrCode)
		}
	}
}

func allocated() int64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.TotalAlloc)
}
