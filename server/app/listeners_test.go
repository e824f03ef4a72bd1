package app

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestListeners_bounded: every listener has the limits. A response does not wait for a
// request body, ambiguous framing ends the connection, and connections are counted.
func TestListeners_bounded(t *testing.T) {
	cfg := load(t, whole)
	_, public, admin := start(t, cfg, nil)
	listeners := map[string]func() (net.Conn, error){
		"public":  func() (net.Conn, error) { return net.Dial("tcp", strings.TrimPrefix(public, "http://")) },
		"admin":   func() (net.Conn, error) { return net.Dial("tcp", strings.TrimPrefix(admin, "http://")) },
		"control": func() (net.Conn, error) { return net.Dial("unix", filepath.Join(cfg.Data, "control.sock")) },
	}
	_, metrics := get(t, admin+"/metrics")
	if !strings.Contains(metrics, `cardea_connections{listener="demo-app"}`) {
		t.Error("the demo's connections are not counted")
	}
	for name, dial := range listeners {
		if !strings.Contains(metrics, fmt.Sprintf(`cardea_connections{listener=%q}`, name)) {
			t.Errorf("%s: connections are not counted", name)
		}
		for _, c := range []struct {
			framing, body string
			last          bool
		}{
			{"Content-Length: 5", "", true},
			{"Content-Length: 5", "hello", false},
			{"Transfer-Encoding: chunked", "", true},
			{"Transfer-Encoding: chunked", "0\r\n\r\n", false},
			{"Content-Length: 5\r\nTransfer-Encoding: chunked", "0\r\n\r\n", true},
		} {
			conn, err := dial()
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			conn.SetDeadline(time.Now().Add(time.Minute))
			io.WriteString(conn, "POST /no-such HTTP/1.1\r\nHost: 127.0.0.1\r\n"+c.framing+"\r\n\r\n"+c.body)
			res, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Errorf("%s, %s, %q: no answer: %v", name, c.framing, c.body, err)
				continue
			}
			res.Body.Close()
			if res.StatusCode < 400 || res.Close != c.last {
				t.Errorf("%s, %s, %q: %d, close %v", name, c.framing, c.body, res.StatusCode, res.Close)
			}
		}
	}
}
