package listen

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// reading answers 408 for a body that arrived too slowly, otherwise its length.
var reading = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	n, err := io.Copy(io.Discard, r.Body)
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		w.WriteHeader(http.StatusRequestTimeout)
	case err != nil:
		w.WriteHeader(http.StatusBadRequest)
	}
	fmt.Fprint(w, n)
})

// part is sent after a delay.
type part struct {
	wait time.Duration
	text string
}

func repeated(n int, wait time.Duration, text string) []part {
	list := make([]part, n)
	for i := range list {
		list[i] = part{wait, text}
	}
	return list
}

const chunk = "400\r\n"

// TestBody_leastRate tests how long a body may take, with any framing.
func TestBody_leastRate(t *testing.T) {
	kib := strings.Repeat("x", 1024)
	for _, c := range []struct {
		name    string
		framing string
		parts   []part
		status  int
		atMost  time.Duration // until the response
	}{
		{"at once", "Content-Length: 5", []part{{0, "hello"}}, 200, 0},
		{"late, but in time", "Content-Length: 5", []part{{9 * time.Second, "hello"}}, 200, 9 * time.Second},
		{"never", "Content-Length: 5", nil, 408, 12 * time.Second},
		{"never, large", "Content-Length: 1000000000", nil, 408, 12 * time.Second},
		{"never, chunked", "Transfer-Encoding: chunked", nil, 408, 12 * time.Second},
		{"no end, chunked", "Transfer-Encoding: chunked", []part{{0, "1\r\nx\r\n"}}, 408, 12 * time.Second},
		{"half a chunk size", "Transfer-Encoding: chunked", []part{{0, "1"}}, 408, 12 * time.Second},
		{"endless trailer", "Transfer-Encoding: chunked", []part{{0, "0\r\nA"}}, 408, 12 * time.Second},
		{"a byte a second", "Content-Length: 100000", repeated(60, time.Second, "x"), 408, 12 * time.Second},
		{"50 bytes a second", "Content-Length: 100000", repeated(600, time.Second, kib[:50]), 408, 25 * time.Second},
		{"stops after a fast start", "Content-Length: 1000000", repeated(100, 0, kib), 408, 22 * time.Second},
		{"1 KiB every 10 s", "Content-Length: 10240", repeated(10, 10*time.Second, kib), 200, 100 * time.Second},
		{"110 bytes a second", "Content-Length: 66000", repeated(600, time.Second, kib[:110]), 200, 600 * time.Second},
		{"1 KiB every 10 s, chunked", "Transfer-Encoding: chunked",
			append(repeated(10, 10*time.Second, chunk+kib+"\r\n"), part{0, "0\r\n\r\n"}), 200, 100 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l, p := serving(t, Config{}, reading)
				conn := p.dial("192.0.2.1:1")
				defer conn.Close()
				begin := time.Now()
				go func() {
					io.WriteString(conn, "POST / HTTP/1.1\r\nHost: a\r\n"+c.framing+"\r\n\r\n")
					for _, x := range c.parts {
						time.Sleep(x.wait)
						if _, err := io.WriteString(conn, x.text); err != nil {
							return
						}
					}
				}()
				res := answerOf(t, bufio.NewReader(conn))
				if took := time.Since(begin); res.StatusCode != c.status || took > c.atMost {
					t.Errorf("%d after %s; want %d after %s at most", res.StatusCode, took, c.status, c.atMost)
				}
				if slow := l.Figures().SlowBodies; slow != int64(btoi(c.status == 408)) {
					t.Errorf("%d slow bodies are counted", slow)
				}
			})
		})
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// TestBody_handlerSlow: the time of the handler is not counted against the client.
func TestBody_handlerSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, p := serving(t, Config{}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(time.Minute)
			reading(w, r)
			time.Sleep(time.Minute)
			if r.Context().Err() != nil {
				t.Error("a deadline of the body has ended the request")
			}
		}))
		conn := p.dial("192.0.2.1:1")
		defer conn.Close()
		r := bufio.NewReader(conn)
		for range 2 { // the connection is kept
			write(conn, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello")
			if res := answerOf(t, r); res.StatusCode != 200 || res.Close {
				t.Errorf("%d, close %v", res.StatusCode, res.Close)
			}
		}
	})
}

// TestAnswer_unreadBody: a response does not wait for a body that the handler does not
// read, and the connection is closed only if the body did not arrive.
func TestAnswer_unreadBody(t *testing.T) {
	refuse := func(w http.ResponseWriter, r *http.Request) { http.Error(w, "no", http.StatusUnauthorized) }
	partly := func(w http.ResponseWriter, r *http.Request) {
		io.ReadFull(r.Body, make([]byte, 2))
		http.Error(w, "no", http.StatusBadRequest)
	}
	silent := func(http.ResponseWriter, *http.Request) {}
	closes := func(w http.ResponseWriter, r *http.Request) {
		r.Body.Close()
		http.Error(w, "no", http.StatusForbidden)
	}
	flushes := func(w http.ResponseWriter, r *http.Request) { w.(http.Flusher).Flush() }
	for _, c := range []struct {
		name, head, body string
		kept             bool
	}{
		{"no body", "", "", true},
		{"an empty one", "Content-Length: 0", "", true},
		{"whole", "Content-Length: 5", "hello", true},
		{"whole, chunked", "Transfer-Encoding: chunked", "5\r\nhello\r\n0\r\n\r\n", true},
		{"whole, 200 KiB", "Content-Length: 204800", strings.Repeat("x", 200<<10), true},
		{"none", "Content-Length: 5", "", false},
		{"a part", "Content-Length: 5", "hel", false},
		{"none, chunked", "Transfer-Encoding: chunked", "", false},
		{"a part, chunked", "Transfer-Encoding: chunked", "5\r\nhello\r\n", false},
		{"none, large", "Content-Length: 1000000000", "", false},
		{"a part, large", "Content-Length: 1000000000", strings.Repeat("x", 100<<10), false},
		{"that waits for 100", "Content-Length: 5\r\nExpect: 100-continue", "", false},
	} {
		for name, h := range map[string]http.HandlerFunc{
			"refuses": refuse, "reads a part": partly, "says nothing": silent, "closes": closes, "flushes": flushes,
		} {
			if name == "reads a part" && !strings.HasPrefix(c.name, "whole") {
				continue // it waits for the rest of the body
			}
			t.Run(c.name+", handler "+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { testUnread(t, h, c.head, c.body, c.kept) })
			})
		}
	}
}

func testUnread(t *testing.T, h http.HandlerFunc, head, body string, kept bool) {
	_, p := serving(t, Config{}, h)
	conn := p.dial("192.0.2.1:1")
	defer conn.Close()
	if head != "" {
		head += "\r\n"
	}
	write(conn, "POST / HTTP/1.1\r\nHost: a\r\n"+head+"\r\n"+body)
	begin, r := time.Now(), bufio.NewReader(conn)
	res := answerOf(t, r)
	if took := time.Since(begin); took > skipWait {
		t.Errorf("the answer took %s", took)
	}
	if res.Close == kept {
		t.Errorf("Connection: close is %v", res.Close)
	}
	if !kept {
		if took := closedAfter(r); took > 2*time.Second {
			t.Errorf("closed %s after the answer", took)
		}
		return
	}
	write(conn, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
	answerOf(t, r)
}

// TestBody_closedWhileRead: a proxy with the upstream's response does not wait for the
// goroutine that still reads the body.
func TestBody_closedWhileRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		read := make(chan error, 1)
		_, p := serving(t, Config{}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer r.Body.Close()
			http.NewResponseController(w).EnableFullDuplex()
			go func() {
				_, err := io.Copy(io.Discard, r.Body)
				read <- err
			}()
			time.Sleep(time.Second)
			w.WriteHeader(http.StatusTeapot)
		}))
		conn := p.dial("192.0.2.1:1")
		defer conn.Close()
		write(conn, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\nx")
		begin, r := time.Now(), bufio.NewReader(conn)
		if res := answerOf(t, r); res.StatusCode != http.StatusTeapot || !res.Close || time.Since(begin) > 2*time.Second {
			t.Errorf("%d, close %v, after %s", res.StatusCode, res.Close, time.Since(begin))
		}
		if err := <-read; err == nil {
			t.Error("the reader got the end of a complete body")
		}
		closedAfter(r)
	})
}

// TestWrite_slowReader: a client that does not read is disconnected, a slow one is not.
func TestWrite_slowReader(t *testing.T) {
	for name, c := range map[string]struct {
		read func(net.Conn)
		cut  bool
	}{
		"nothing": {func(net.Conn) { time.Sleep(3 * time.Minute) }, true},
		"2 KiB in half a minute": {func(c net.Conn) {
			for range 40 {
				io.ReadFull(c, make([]byte, 2<<10))
				time.Sleep(30 * time.Second)
			}
			io.Copy(io.Discard, c)
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				failed := make(chan error, 1)
				_, p := serving(t, Config{}, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
					_, err := w.Write(make([]byte, 100<<10))
					failed <- err
				}))
				conn := p.dial("192.0.2.1:1")
				defer conn.Close()
				write(conn, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
				c.read(conn)
				if err := <-failed; (err != nil) != c.cut {
					t.Errorf("the handler's write: got %v, want an error: %v", err, c.cut)
				}
			})
		})
	}
}
