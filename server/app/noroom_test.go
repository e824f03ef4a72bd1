package app

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestServer_noRoom: while others use the memory for bodies, whatever reads a body responds
// 503 with Retry-After; no request is accepted or refused for good.
func TestServer_noRoom(t *testing.T) {
	cfg := load(t, `
data: d
store: {driver: memory}
server: {listen: "127.0.0.1:0", admin_listen: "127.0.0.1:0", shutdown_delay: 0s, drain_timeout: 1s, public_url: "http://a.example"}
methods: [{type: basic, sites: ["*"]}, {type: jwt, sites: ["*"]}]
tokens: {sites: ["*"]}
limits: {held_body_bytes: 33554432}
upstreams: {app: {url: "builtin:demo", kind: wordpress}}
rules: [{name: all, path: /**, access: public}]
mounts:
  - {name: auth, dialect: native}
  - {name: wpjwt, dialect: wpjwt, host: wpjwt.example, issuer: "http://wpjwt.example"}
  - {name: wpjwtpro, dialect: wpjwtpro, host: wpjwtpro.example, issuer: "http://wpjwtpro.example"}
  - {name: usefulteam, dialect: usefulteam, host: usefulteam.example, issuer: "http://usefulteam.example"}
  - {name: cocart, dialect: cocart, host: cocart.example, issuer: "http://cocart.example"}
  - {name: miniorange, dialect: miniorange, host: miniorange.example, issuer: "http://miniorange.example"}
`)
	_, public, admin := start(t, cfg, nil)
	addr := strings.TrimPrefix(public, "http://")
	release := holdBodies(t, addr, admin, 12) // all but what is reserved for small bodies
	defer release()
	long := strings.Repeat(" ", 30_000)
	for _, tc := range []struct{ host, path, kind string }{
		{"a.example", "/auth/login", "application/json"},
		{"a.example", "/auth/refresh", "application/json"},
		{"wpjwt.example", "/wp-json/jwt-auth/v1/token", "application/json"},
		{"wpjwt.example", "/?rest_route=/jwt-auth/v1/token", "application/json"},
		{"wpjwtpro.example", "/wp-json/jwt-auth/v1/token", "application/x-www-form-urlencoded"},
		{"wpjwtpro.example", "/wp-json/jwt-auth/v1/token/revoke", "application/json"},
		{"usefulteam.example", "/wp-json/jwt-auth/v1/token", "application/json"},
		{"usefulteam.example", "/wp-json/jwt-auth/v1/token/refresh", "application/json"},
		{"cocart.example", "/wp-json/cocart/v2/login", "application/json"},
		{"cocart.example", "/wp-json/cocart/jwt/refresh-token", "application/json"},
		{"miniorange.example", "/wp-json/api/v1/token", "application/json"},
		{"a.example", "/wp-json/batch/v1", "application/json"},
		{"a.example", "/wp-admin/admin-ajax.php", "multipart/form-data; boundary=b"},
	} {
		for _, body := range []string{"{}" + long, "{}"} {
			r, err := http.NewRequest("POST", public+tc.path, strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			r.Host = tc.host
			r.Header.Set("Content-Type", tc.kind)
			res, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Errorf("%s%s: %v", tc.host, tc.path, err)
				continue
			}
			text, _ := io.ReadAll(res.Body)
			res.Body.Close()
			if busy := res.StatusCode == 503 && res.Header.Get("Retry-After") != ""; busy != (len(body) > 9000) {
				t.Errorf("%s%s, %d bytes: %d %.200s, Retry-After %q", tc.host, tc.path, len(body), res.StatusCode, text, res.Header.Get("Retry-After"))
			}
		}
	}
}

// holdBodies starts batches that hold n MiB, one after the other, each of which sends its
// body except for the end: several at once could be refused while they grow.
func holdBodies(t *testing.T, addr, admin string, n int) (release func()) {
	t.Helper()
	var all []net.Conn
	const body = 128 << 10 // memory is taken in steps that add up to this
	for i := range n << 20 / body {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
		fmt.Fprintf(c, "POST /wp-json/batch/v1 HTTP/1.1\r\nHost: a.example\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", body, strings.Repeat(" ", body-1000))
		waitHeld(t, admin, (i+1)*body)
	}
	return func() {
		for _, c := range all {
			c.Close()
		}
	}
}

// waitHeld waits until bodies hold that many bytes.
func waitHeld(t *testing.T, admin string, bytes int) {
	t.Helper()
	held := regexp.MustCompile(`(?m)^cardea_held_body_bytes (.+)$`)
	for since := time.Now(); ; time.Sleep(time.Millisecond) {
		_, text := get(t, admin+"/metrics")
		m := held.FindStringSubmatch(text)
		if m == nil {
			t.Fatalf("no metric of held bodies in %s", text)
		}
		n, err := strconv.ParseFloat(m[1], 64)
		if err == nil && int(n) == bytes {
			return
		}
		if time.Since(since) > 30*time.Second {
			t.Fatalf("bodies hold %s bytes, %d expected", m[1], bytes)
		}
	}
}
