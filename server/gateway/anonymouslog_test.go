package gateway

import (
	"io"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/logtest"
	"github.com/cardea-auth/cardea/core/route"
)

// rawUpstream answers every connection with the text, and closes it.
func rawUpstream(t *testing.T, answer string) *url.URL {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				c.SetDeadline(time.Now().Add(time.Minute))
				c.Read(make([]byte, 4096))
				io.WriteString(c, answer)
			}()
		}
	}()
	return &url.URL{Scheme: "http", Host: l.Addr().String()}
}

// TestServe_anonymousLines: whatever an upstream does wrong, a flood of requests logs at
// most one line a second, and the upstream cannot make it long or add lines.
func TestServe_anonymousLines(t *testing.T) {
	const flood = 40
	long := strings.Repeat("x", 100_000)
	for name, answer := range map[string]string{
		"broken off":       "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc",
		"bad chunk":        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n",
		"bad chunk, long":  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + long[:3000] + "\r\nabc\r\n",
		"long status line": "HTTP/1.1 " + long + "\r\n\r\n",
		"marks":            "HTTP/1.1 \x1b[31m\u202eabc\r\n\r\n",
		"long header":      "HTTP/1.1 200 OK\r\n" + long + "\r\n\r\n",
		"bad length":       "HTTP/1.1 200 OK\r\nContent-Length: " + long + "\r\n\r\n",
		"unasked upgrade":  "HTTP/1.1 101 Switching\r\nUpgrade: " + long + "\r\nConnection: Upgrade\r\n\r\n",
		"other protocol":   "SSH-2.0-" + long + "\r\n",
		"nothing":          "",
	} {
		t.Run(name, func(t *testing.T) {
			var log logtest.Buffer
			addr := serve(t, newEngine(t, route.Rule{Name: "all", Path: "/**", Access: route.Public}), "", func(c *Config) {
				c.Upstreams = map[string]*url.URL{"demo": rawUpstream(t, answer)}
				c.Logger = slog.New(slog.NewTextHandler(&log, nil))
			})
			begin := time.Now()
			for range flood {
				c, err := net.Dial("tcp", strings.TrimPrefix(addr, "http://"))
				if err != nil {
					t.Fatal(err)
				}
				io.WriteString(c, request("GET", "/x", "Connection: close"))
				io.Copy(io.Discard, c)
				c.Close()
			}
			most := int(time.Since(begin)/time.Second) + 2
			text := log.String()
			if n := strings.Count(text, "\n"); n == 0 || n > most || !strings.Contains(text, "not_logged=") {
				t.Errorf("%d requests make %d lines, want at most %d:\n%.1000s", flood, n, most, text)
			}
			if len(text) > most*3000 || strings.ContainsAny(text, "\x1b\u202e") {
				t.Errorf("%d bytes of log:\n%.300s", len(text), text)
			}
		})
	}
}
