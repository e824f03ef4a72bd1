package listen

import (
	"bufio"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"
)

// framings are requests, and whether each is the last of its connection.
var framings = []struct {
	name, request string
	last          bool
}{
	{"plain", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", false},
	{"a length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", false},
	{"chunked", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", false},
	{"chunked, extension", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;a=" + strings.Repeat("b", 200) + "\r\nhello\r\n0\r\n\r\n", false},
	{"chunked, trailer", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nA: b\r\n\r\n", false},
	{"a length twice", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello", false},
	{"both in a body", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 48\r\n\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", false},
	{"both in a value", "GET / HTTP/1.1\r\nHost: a\r\nA: Content-Length: 1\r\nB: Transfer-Encoding: chunked\r\n\r\n", false},
	{"long lines", "GET /" + strings.Repeat("a", 500) + " HTTP/1.1\r\nHost: a\r\nA: " + strings.Repeat("b", 500) + "\r\n\r\n", false},
	{"both", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", true},
	{"both, the other way", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", true},
	{"both, a length of 0", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n0\r\n\r\n", true},
	{"both, other letters", "POST / HTTP/1.1\r\nHost: a\r\ntransfer-ENCODING: Chunked\r\ncontent-length: 5\r\n\r\n0\r\n\r\n", true},
	{"both, bare line feeds", "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\nContent-Length: 5\n\n0\r\n\r\n", true},
	{"both, a folded value", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", true},
	{"both, far apart", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nA: " + strings.Repeat("b", 9000) + "\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", true},
	{"both, in GET", "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", true},
	{"HTTP/1.0, chunked", "POST / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n", true},
	{"HTTP/1.0, chunked, long", "GET /" + strings.Repeat("a", 77) + " HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n", true},
	{"HTTP/1.0, both", "POST / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\nhello", true},
}

// TestFraming tests each request as RFC 9112 section 6.1 requires, also after another
// request, and with any splitting of the bytes.
func TestFraming(t *testing.T) {
	drain := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Length", "2")
		io.WriteString(w, "ok")
	})
	const first = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
	for _, f := range framings {
		for name, before := range map[string]string{"first": "", "pipelined": first} {
			t.Run(f.name+", "+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					_, p := serving(t, Config{}, drain)
					conn := p.dial("192.0.2.1:1")
					defer conn.Close()
					write(conn, before+f.request)
					r := bufio.NewReader(conn)
					if res := answerOf(t, r); before != "" && !res.Close {
						res = answerOf(t, r)
						checkLast(t, res, f.last)
					} else if before == "" {
						checkLast(t, res, f.last)
					} else if !f.last {
						t.Error("the request before is the last one")
					}
					if f.last && closedAfter(r) > 2*time.Second {
						t.Error("the connection stays open")
					}
				})
			})
		}
	}
}

func checkLast(t *testing.T, res *http.Response, last bool) {
	t.Helper()
	if res.StatusCode != 200 || res.Close != last {
		t.Errorf("%d, close %v; want close %v", res.StatusCode, res.Close, last)
	}
}

// TestScanner_split: the splitting of the bytes does not matter.
func TestScanner_split(t *testing.T) {
	for _, f := range framings {
		for _, size := range []int{1, 2, 3, 7, 64, 100, 4096} {
			var s scanner
			last := false
			text := "\r\n" + f.request + f.request
			for r := strings.NewReader(text); r.Len() > 0; {
				p := make([]byte, size)
				n, _ := r.Read(p)
				last = s.scan(p[:n]) || last
			}
			if last != f.last {
				t.Errorf("%s, in pieces of %d: last is %v", f.name, size, last)
			}
		}
	}
}

// FuzzScanner: a request with both headers that net/http accepts is found.
func FuzzScanner(f *testing.F) {
	for _, x := range framings {
		f.Add(x.request)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var s scanner
		found := false
		// net/http removes the length of a chunked request, so the test searches the text.
		r, err := http.ReadRequest(bufio.NewReader(iotest.OneByteReader(strings.NewReader(text))))
		for _, c := range []byte(text) {
			found = s.scan([]byte{c}) || found
		}
		if err != nil || len(r.TransferEncoding) == 0 {
			return
		}
		head, _, _ := strings.Cut(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n")
		for line := range strings.SplitSeq(head, "\n") {
			if name, _, ok := strings.Cut(line, ":"); ok && strings.EqualFold(name, "Content-Length") && !found {
				t.Errorf("%q: both headers are not found", text)
			}
		}
	})
}
