package listen

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// servingTLS serves h over TLS on a loopback port until the test ends.
func servingTLS(t *testing.T, h http.Handler) (addr string, client *http.Client) {
	t.Helper()
	return servingStalled(t, h, writeStall)
}

// servingStalled is servingTLS with another limit for stalled streams.
func servingStalled(t *testing.T, h http.Handler, stall time.Duration) (addr string, client *http.Client) {
	t.Helper()
	config, client := certified(t)
	l := New(Config{TLS: config})
	l.stall = stall
	inner := loopback(t)
	serveAt(t, l.Server(h), l.Wrap(inner))
	return inner.Addr().String(), client
}

// certified returns a TLS configuration for a server and a client that trusts it.
func certified(t *testing.T) (*tls.Config, *http.Client) {
	known := httptest.NewUnstartedServer(nil)
	known.EnableHTTP2 = true
	known.StartTLS()
	t.Cleanup(known.Close)
	return &tls.Config{Certificates: known.TLS.Certificates, NextProtos: []string{"h2", "http/1.1"}}, known.Client()
}

func loopback(t *testing.T) net.Listener {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return inner
}

// serveAt serves until the test ends.
func serveAt(t *testing.T, s *http.Server, at net.Listener) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.Serve(at)
	}()
	t.Cleanup(func() {
		s.Close()
		<-done
	})
}

// TestTLS: both versions of HTTP are served, and the limits for HTTP/1 are the same as
// without TLS.
func TestTLS(t *testing.T) {
	addr, client := servingTLS(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, _ := io.Copy(io.Discard, r.Body)
		fmt.Fprint(w, r.Proto, " ", r.TLS != nil, " ", n)
	}))
	config := client.Transport.(*http.Transport).TLSClientConfig
	for _, c := range []struct {
		name, request, want string
		last                bool
	}{
		{"chunked", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "HTTP/1.1 true 5", false},
		{"both", "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "HTTP/1.1 true 5", true},
	} {
		own := config.Clone()
		own.ServerName, own.NextProtos = "example.com", []string{"http/1.1"}
		conn, err := tls.Dial("tcp", addr, own)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		io.WriteString(conn, "POST / HTTP/1.1\r\nHost: a\r\n"+c.request)
		res := answerOf(t, bufio.NewReader(conn))
		if body, _ := io.ReadAll(res.Body); string(body) != c.want || res.Close != c.last {
			t.Errorf("%s: %s, close %v", c.name, body, res.Close)
		}
	}
	res, err := client.Post("https://"+addr, "text/plain", strings.NewReader("hello"))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if body, _ := io.ReadAll(res.Body); string(body) != "HTTP/2.0 true 5" {
		t.Errorf("over HTTP/2: %s", body)
	}
	if conn, err := net.Dial("tcp", addr); err == nil {
		defer conn.Close()
		io.WriteString(conn, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
		if text, _ := io.ReadAll(conn); !strings.Contains(string(text), "HTTP request to an HTTPS server") {
			t.Errorf("without TLS: got %q, want text with %q", text, "HTTP request to an HTTPS server")
		}
	}
}

// TestTLS_duplex: over HTTP/2, request and response bodies are sent at the same time.
func TestTLS_duplex(t *testing.T) {
	addr, client := servingTLS(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := http.NewResponseController(w)
		c.EnableFullDuplex()
		c.Flush()
		io.Copy(flushing{w, c}, r.Body)
	}))
	body, in := io.Pipe()
	res, err := client.Post("https://"+addr, "text/plain", body)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	r := bufio.NewReader(res.Body)
	for range 3 {
		io.WriteString(in, "ping\n")
		if line, err := r.ReadString('\n'); line != "ping\n" {
			t.Fatalf("ReadString: got %q, %v; want %q", line, err, "ping\n")
		}
	}
	in.Close()
}

type flushing struct {
	io.Writer
	control *http.ResponseController
}

func (f flushing) Write(p []byte) (int, error) {
	n, err := f.Writer.Write(p)
	f.control.Flush()
	return n, err
}
