package e2e

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/examples/e2e/parts"
)

const apacheGateway = `
data: d
server: {listen: "127.0.0.1:0", admin_listen: "127.0.0.1:0", shutdown_delay: 0s, drain_timeout: 1s}
store: {driver: memory}
upstreams: {app: {url: %q}}
rules: [{name: all, path: /**, access: public}]
`

// TestSlowBodies: eight clients that send bodies slowly occupy none of the eight workers of
// an Apache behind the gateway, and are disconnected.
func TestSlowBodies(t *testing.T) {
	root, addr := parts.Dir(t), parts.Port(t)
	parts.Write(t, root, "page.txt", "hello")
	parts.Write(t, root, "length.cgi", "#!/bin/sh\nprintf 'Content-Type: text/plain\\r\\n\\r\\n'\nwc -c\n")
	if err := os.Chmod(filepath.Join(root, "length.cgi"), 0o755); err != nil {
		t.Fatal(err)
	}
	parts.Apache(t, root, addr, 8)
	gateway := listen(t)
	_, cfg := gatewayConfig(t, shortDir(t), fmt.Sprintf(apacheGateway, "http://"+addr))
	serve(t, cfg, gateway)
	home := "http://" + gateway.Addr().String()

	var slow []net.Conn
	for _, framing := range []string{"Content-Length: 1000000", "Transfer-Encoding: chunked"} {
		for range 4 {
			conn, err := net.Dial("tcp", gateway.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			io.WriteString(conn, "POST /length.cgi HTTP/1.1\r\nHost: a\r\n"+framing+"\r\n\r\n1\r\n")
			slow = append(slow, conn)
		}
	}
	time.Sleep(time.Second)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	for path, body := range map[string]string{"/page.txt": "", "/length.cgi": "hello"} {
		method := http.MethodGet
		if body != "" {
			method = http.MethodPost
		}
		r, err := http.NewRequestWithContext(ctx, method, home+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		defer res.Body.Close()
		if text, _ := io.ReadAll(res.Body); res.StatusCode != 200 || len(text) == 0 {
			t.Errorf("%s: got %d %s, want 200 with a body", path, res.StatusCode, text)
		}
	}
	for i, conn := range slow {
		conn.SetReadDeadline(time.Now().Add(15 * time.Second))
		if text, err := io.ReadAll(conn); err != nil || !strings.HasPrefix(string(text), "HTTP/1.1 408 ") {
			t.Errorf("slow body %d: got %.100s, %v; want text with %q", i, text, err, "HTTP/1.1 408 ")
		}
	}
}
