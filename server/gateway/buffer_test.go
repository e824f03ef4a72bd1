package gateway

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

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
			time.Sleep(100 * time.Millisecond)
			if early := begun.Load() > 0; early != c.early {
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
		conn.SetDeadline(time.Now().Add(5 * time.Second))
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

// TestBuffer_room: held memory is released, and a body for which there is none is
// streamed.
func TestBuffer_room(t *testing.T) {
	const half = 16 << 20
	b := httpauth.NewBodies(2*half, 0)
	one := &buffer{bodies: b}
	if err := one.fill(strings.NewReader(strings.Repeat("x", 10<<10)), 10<<10); err != nil || !one.whole || len(one.text) != 10<<10 {
		t.Errorf("%d bytes, whole %v, %v", len(one.text), one.whole, err)
	}
	if used := b.Taken(); used < 10<<10 || used > 32<<10 {
		t.Errorf("%d bytes are taken for 10 KiB", used)
	}
	one.release()
	silent := &buffer{bodies: b}
	silent.fill(strings.NewReader(""), maxBuffered)
	if b.Taken() > firstBuffer {
		t.Errorf("a body that has not come takes %d bytes", b.Taken())
	}
	silent.release()
	b.TakeSpare(half)
	late := &buffer{bodies: b}
	if err := late.fill(strings.NewReader("x"), 1); err != nil || late.whole || len(late.text) > 0 {
		t.Errorf("without room: %d bytes, whole %v, %v", len(late.text), late.whole, err)
	}
	late.release()
	b.GiveSpare(half)
	if b.Taken() != 0 {
		t.Errorf("%d bytes are left over", b.Taken())
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
				time.Sleep(200 * time.Millisecond)
				early <- begun.Load() > 0
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
