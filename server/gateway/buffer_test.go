package gateway

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/httpauth"
)

func streamRules() []route.Rule {
	return []route.Rule{
		{Name: "stream", Path: "/stream", Access: route.Public, StreamBody: true},
		{Name: "all", Path: "/**", Access: route.Public},
	}
}

// asked is an upstream that reports when it gets a request, and answers with the length
// and framing of the body.
func asked(t *testing.T) (url string, begun *atomic.Int64) {
	t.Helper()
	begun = &atomic.Int64{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun.Add(1)
		n, err := io.Copy(io.Discard, r.Body)
		fmt.Fprint(w, n, r.ContentLength, err, r.Header["Expect"])
	}))
	t.Cleanup(s.Close)
	return s.URL, begun
}

// TestBuffer_whenAsked tests for each kind of request whether it is sent to the upstream
// before its body has arrived, and what arrives there.
func TestBuffer_whenAsked(t *testing.T) {
	long := strings.Repeat("x", maxBuffered+10)
	for _, c := range []struct {
		name, path, head, first, rest string
		early                         bool
		want                          string
	}{
		{"small", "/", "Content-Length: 5", "he", "llo", false, "5 5 <nil> []"},
		{"small, nothing yet", "/", "Content-Length: 5", "", "hello", false, "5 5 <nil> []"},
		{"small, chunked", "/", "Transfer-Encoding: chunked", "2\r\nhe\r\n", "3\r\nllo\r\n0\r\n\r\n", false, "5 -1 <nil> []"},
		{"small, Expect", "/", "Content-Length: 5\r\nExpect: 100-continue", "he", "llo", false, "5 5 <nil> []"},
		{"exactly what is held", "/", fmt.Sprint("Content-Length: ", maxBuffered), long[:maxBuffered-1], "x", false, fmt.Sprint(maxBuffered, maxBuffered, " <nil> []")},
		{"large, a part", "/", fmt.Sprint("Content-Length: ", len(long)), "x", long[1:], false, fmt.Sprint(len(long), len(long), " <nil> []")},
		{"large, begun", "/", fmt.Sprint("Content-Length: ", len(long)), long[:maxBuffered+1], long[maxBuffered+1:], true, fmt.Sprint(len(long), len(long), " <nil> []")},
		{"stream", "/stream", "Content-Length: 5", "", "hello", true, "5 5 <nil> []"},
		{"stream, chunked", "/stream", "Transfer-Encoding: chunked", "", "5\r\nhello\r\n0\r\n\r\n", true, "5 -1 <nil> []"},
	} {
		t.Run(c.name, func(t *testing.T) {
			url, begun := asked(t)
			addr := serve(t, newEngine(t, streamRules()...), url, nil)
			conn, err := net.Dial("tcp", addr)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			io.WriteString(conn, "POST "+c.path+" HTTP/1.1\r\nHost: a\r\n"+c.head+"\r\n\r\n"+c.first)
			if early := isAsked(begun, c.early); early != c.early {
				t.Errorf("the upstream is asked early: %v", early)
			}
			io.WriteString(conn, c.rest)
			r := bufio.NewReader(conn)
			if strings.Contains(c.head, "Expect") {
				readAnswers(t, r, "POST", 1) // 100 (Continue)
			}
			if a := readAnswers(t, r, "POST", 1)[0]; a.status != 200 || a.body != c.want {
				t.Errorf("%d %s, want %s", a.status, a.body, c.want)
			}
		})
	}
}

// isAsked reports whether the upstream is asked: within a minute if that is wanted, else
// within a tenth of a second.
func isAsked(begun *atomic.Int64, wanted bool) bool {
	most := 100 * time.Millisecond
	if wanted {
		most = time.Minute
	}
	for end := time.Now().Add(most); begun.Load() == 0 && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	return begun.Load() > 0
}

// TestServe_webSocketBody: a WebSocket request with a body is not sent to the upstream,
// whose worker it could occupy.
func TestServe_webSocketBody(t *testing.T) {
	for _, head := range []string{"Content-Length: 5", "Transfer-Encoding: chunked", "Content-Length: 0", "X-None: a"} {
		url, begun := asked(t)
		conn, err := net.Dial("tcp", serve(t, newEngine(t, streamRules()...), url, nil))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		conn.SetDeadline(time.Now().Add(time.Minute))
		for _, path := range []string{"/", "/stream"} {
			io.WriteString(conn, "GET "+path+" HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+head+"\r\n\r\n")
			want := 400
			if head == "Content-Length: 0" || head == "X-None: a" {
				want = 200
			}
			a := readAnswers(t, bufio.NewReader(conn), "GET", 1)[0]
			if a.status != want || (begun.Load() > 0) != (want == 200) {
				t.Errorf("%s: %d %s, asked %d times; want %d", head, a.status, a.body, begun.Load(), want)
			}
			if want == 400 {
				break // the connection is closed
			}
		}
	}
}

// newBuffer is a buffer of a peer without a limit.
func newBuffer(b *httpauth.Bodies) *buffer {
	h := b.Hold(httpauth.Trust{}, netip.Addr{})
	h = h.Spare()
	return &buffer{held: &h, most: maxBuffered + 1}
}

// TestBuffer_room: memory is taken as bytes arrive, and released.
func TestBuffer_room(t *testing.T) {
	b := httpauth.NewBodies(0, 0)
	for _, n := range []int{0, 1, firstBuffer, firstBuffer + 1, 10 << 10, mostGrowth + 1, 128<<10 + 1, maxBuffered - 1} {
		one := newBuffer(b)
		body := iotest.OneByteReader(io.MultiReader(strings.NewReader(strings.Repeat("x", n)), iotest.ErrReader(errDeadline)))
		if err := one.fill(body, maxBuffered); err != errDeadline || one.whole || len(one.text) != n {
			t.Errorf("%d bytes: %d, whole %v, %v", n, len(one.text), one.whole, err)
		}
		if used := int(b.Taken()); used < n || used > n+max(firstBuffer, min(n, mostGrowth)) {
			t.Errorf("%d bytes take %d", n, used)
		}
		one.held.Release()
	}
	if b.Taken() != 0 {
		t.Errorf("%d bytes were not released", b.Taken())
	}
}

// TestBuffer_sent: what was sent to the upstream is not held while the rest is read.
func TestBuffer_sent(t *testing.T) {
	bodies := httpauth.NewBodies(0, 0)
	b := newBuffer(bodies)
	body := strings.NewReader(strings.Repeat("x", 3*maxBuffered))
	if err := b.fill(body, -1); err != nil || b.whole || bodies.Taken() == 0 {
		t.Fatalf("whole %v, %d bytes are taken, %v", b.whole, bodies.Taken(), err)
	}
	b.ReadCloser = io.NopCloser(body)
	if n, err := io.CopyN(io.Discard, b, maxBuffered+2); err != nil || bodies.Taken() != 0 {
		t.Errorf("after %d bytes %d are taken, %v", n, bodies.Taken(), err)
	}
	if rest, err := io.ReadAll(b); err != nil || len(rest) != 2*maxBuffered-2 {
		t.Errorf("the rest is %d bytes, %v", len(rest), err)
	}
}

// TestBuffer_peer: however many slow bodies an anonymous peer has sent, those for which no
// memory is left do not occupy the upstream's workers: they are refused for now. Those of
// somebody are streamed, and other peers have room.
func TestBuffer_peer(t *testing.T) {
	for _, tc := range []struct {
		name, peer, user string
		taken            []string // whose part of the memory is taken
		err              bool
	}{
		{"nobody's", "192.0.2.1", "", []string{"192.0.2.1"}, true},
		{"nobody's of the same /64", "2001:db8::2", "", []string{"2001:db8::1"}, true},
		{"somebody's", "192.0.2.1", "anna", []string{"192.0.2.1"}, false},
		{"nobody's of another peer", "192.0.2.2", "", []string{"192.0.2.1"}, false},
		{"nobody's while all is taken", "192.0.2.2", "", []string{""}, true},
		{"somebody's while all is taken", "192.0.2.2", "anna", []string{""}, false},
	} {
		bodies := httpauth.NewBodies(0, 0)
		for _, peer := range tc.taken {
			addr, _ := netip.ParseAddr(peer)
			h := bodies.Hold(httpauth.Trust{}, addr)
			h = h.Spare()
			for h.Take(1<<20) == nil {
			}
		}
		in := &http.Request{Body: io.NopCloser(strings.NewReader(strings.Repeat("x", 20<<10))), ContentLength: 1000000}
		f := &forward{gateway: &Gateway{bodies: bodies}, in: in, decision: core.Decision{Rule: &route.Rule{}}}
		f.decision.Identity.Subject = tc.user
		f.held = bodies.Hold(httpauth.Trust{}, netip.MustParseAddr(tc.peer))
		b, err := f.bufferBody(httptest.NewRecorder())
		if e := api.AsError(err); (err != nil) != tc.err || err != nil && (e.Code != api.Unavailable || e.RetryAfter == 0) {
			t.Errorf("%s: %v, want an error: %v", tc.name, err, tc.err)
		}
		if err == nil {
			if text, err := io.ReadAll(f.in.Body); err != nil || len(text) != 20<<10 {
				t.Errorf("%s: %d bytes, %v", tc.name, len(text), err)
			}
		}
		b.held.Release()
	}
}

// TestBuffer_http2 tests when requests over HTTP/2 are sent to the upstream; a body that
// does not arrive occupies none of its workers.
func TestBuffer_http2(t *testing.T) {
	for _, c := range []struct {
		name, path, credential string
		length                 int64
		early                  bool
	}{
		{"nobody's, without a length", "/", "", -1, false},
		{"nobody's, with a length", "/", "", 5, false},
		{"somebody's, without a length", "/", "Bearer valid", -1, true},
		{"somebody's, with a length", "/", "Bearer valid", 5, false},
		{"nobody's, a stream by its rule", "/stream", "", -1, true},
		{"somebody's, at a rule for all", "/public", "Bearer valid", -1, false}, // no user is required
	} {
		t.Run(c.name, func(t *testing.T) {
			upstream, begun := asked(t)
			u, err := url.Parse(upstream)
			if err != nil {
				t.Fatal(err)
			}
			g, err := New(Config{Engine: newEngine(t,
				route.Rule{Name: "stream", Path: "/stream", Access: route.Public, StreamBody: true},
				route.Rule{Name: "public", Path: "/public", Access: route.Public},
				route.Rule{Name: "all", Path: "/**", Access: route.Optional}), Upstreams: map[string]*url.URL{"demo": u}})
			if err != nil {
				t.Fatal(err)
			}
			s := httptest.NewUnstartedServer(g)
			s.EnableHTTP2 = true
			s.StartTLS()
			t.Cleanup(s.Close)
			body, more := io.Pipe()
			r, err := http.NewRequest("POST", s.URL+c.path, body)
			if err != nil {
				t.Fatal(err)
			}
			r.ContentLength = c.length
			if c.credential != "" {
				r.Header.Set("Authorization", c.credential)
			}
			early := make(chan bool, 1)
			go func() {
				io.WriteString(more, "he")
				early <- isAsked(begun, c.early)
				io.WriteString(more, "llo")
				more.Close()
			}()
			res, err := s.Client().Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			if got := <-early; got != c.early || res.ProtoMajor != 2 || res.StatusCode != 200 {
				t.Errorf("%s %d, asked early: %v, want %v", res.Proto, res.StatusCode, got, c.early)
			}
		})
	}
}
