package gateway

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/httpauth"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// batches is a gateway to a WordPress that holds bodies in b.
func batches(b *httpauth.Bodies, access route.Access) (core.Policy, func(*Config)) {
	return core.Policy{
			Rules: []route.Rule{{Name: "all", Path: "/**", Access: access}, {Name: "stream", Path: "/stream/**", Access: access, StreamBody: true}},
			Application: core.Application{Read: func(_, method, path, query string) (route.Reading, error) {
				return wordpress.Reader{}.Read(method, path, query)
			}},
		}, func(c *Config) {
			c.Inspectors, c.Bodies = map[string]Inspector{"": wordpress.Inspector{}}, b
		}
}

// TestServe_noRoom: a body that must be inspected and for which there is no memory is
// answered 503 with Retry-After, also for an authorized client; other bodies are
// forwarded.
func TestServe_noRoom(t *testing.T) {
	const batch, form, parts = "application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"
	b := httpauth.NewBodies(32<<20, 0)
	policy, change := batches(b, route.Optional)
	g := newTestGateway(t, openEngine(t, policy), change)
	long := `{"requests":[]` + strings.Repeat(" ", 100<<10) + "}"
	for _, tc := range []struct {
		name, target, kind, body string
		taken                    int // before
		status                   int
	}{
		{"a batch", "/wp-json/batch/v1", batch, `{"requests":[]}`, 16 << 20, 503},
		{"a batch, by query", "/?rest_route=/batch/v1", batch, `{"requests":[]}`, 16 << 20, 503},
		{"a batch, to be streamed", "/stream/wp-json/batch/v1", batch, `{"requests":[]}`, 16 << 20, 503},
		{"a large batch", "/wp-json/batch/v1", batch, long, 12 << 20, 503},
		{"a small batch", "/wp-json/batch/v1", batch, `{"requests":[]}`, 12 << 20, 200},
		{"a form", "/x", form, "a=b", 16 << 20, 503},
		{"a form, to be streamed", "/stream/x", form, "a=b", 16 << 20, 503},
		{"a form in parts", "/x", parts, "--b--\r\n", 16 << 20, 503},
		{"a large form", "/x", form, "a=" + strings.Repeat("b", 100<<10), 12 << 20, 503},
		{"a small form", "/x", form, "a=b", 12 << 20, 200},
		{"JSON", "/wp-json/a/b", batch, "{}", 16 << 20, 200},
		{"no body", "/x", form, "", 16 << 20, 200},
		{"with room, a batch", "/wp-json/batch/v1", batch, long, 0, 200},
		{"with room, a form", "/x", form, "a=" + strings.Repeat("b", 100<<10), 0, 200},
	} {
		for _, credential := range []string{"X-None: none", valid} {
			release := fill(t, b, tc.taken)
			a := g.post(t, tc.target, tc.body, credential, "Content-Type: "+tc.kind)
			seen := g.seen.take()
			if a.status != tc.status || (len(seen) == 1) != (tc.status == 200) || (a.header.Get("Retry-After") == "") != (tc.status == 200) {
				t.Errorf("%s: %d %s, Retry-After %q, the upstream saw %d", tc.name, a.status, a.body, a.header.Get("Retry-After"), len(seen))
			}
			release()
			for wait := time.Now(); b.Taken() != 0 && time.Since(wait) < time.Minute; {
				time.Sleep(time.Millisecond)
			}
			if b.Taken() != 0 {
				t.Fatalf("%s: %d bytes were not released", tc.name, b.Taken())
			}
		}
	}
}

// TestServe_manySlow: many slow bodies do not fill the memory, and each gets a response
// or waits.
func TestServe_manySlow(t *testing.T) {
	const clients, limit = 300, 32 << 20
	body := `{"requests":[` + strings.Repeat(" ", maxBatch-1000)
	for _, tc := range []struct{ name, target, kind string }{
		{"batches", "/wp-json/batch/v1", "application/json"},
		{"forms", "/x", "application/x-www-form-urlencoded"},
		{"others", "/x", "application/octet-stream"},
	} {
		b := httpauth.NewBodies(limit, 0)
		policy, change := batches(b, route.Public)
		upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body) }))
		t.Cleanup(upstream.Close)
		addr := serve(t, openEngine(t, policy), upstream.URL, change)
		before := heap()
		var held []net.Conn
		for range clients {
			c, err := net.Dial("tcp", addr)
			if err != nil {
				t.Fatal(err)
			}
			held = append(held, c)
			go fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: h\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", tc.target, tc.kind, maxBatch, body)
		}
		time.Sleep(time.Second)
		grown, taken := heap()-before, b.Taken()
		t.Logf("%s: %d clients: %d MiB of heap more, %d MiB taken", tc.name, clients, grown>>20, taken>>20)
		if taken > limit || grown > limit+clients*200<<10 { // net/http's and the proxy's buffers, and goroutines
			t.Errorf("%s: the heap grew by %d MiB, %d MiB are taken; want at most %d", tc.name, grown>>20, taken>>20, limit>>20)
		}
		for _, c := range held {
			c.Close()
		}
		for wait := time.Now(); b.Taken() != 0 && time.Since(wait) < time.Minute; {
			time.Sleep(10 * time.Millisecond)
		}
		if b.Taken() != 0 {
			t.Errorf("%s: %d bytes were not released", tc.name, b.Taken())
		}
	}
}

// TestServe_noRoomSpare: a body that could be passed on unread and for which there is no
// memory does not occupy a worker of the upstream for nobody: 503 with Retry-After. Small
// ones have memory of their own; those of clients with a credential are streamed.
func TestServe_noRoomSpare(t *testing.T) {
	b := httpauth.NewBodies(32<<20, 0)
	policy, change := batches(b, route.Optional)
	g := newTestGateway(t, openEngine(t, policy), change)
	small, large := strings.Repeat("x", 1000), strings.Repeat("x", 100<<10)
	for _, tc := range []struct {
		name, target, body string
		taken              int // before
		nobody, somebody   int // the status
	}{
		{"small", "/x", small, 12 << 20, 200, 200},
		{"small, nothing is left", "/x", small, 16 << 20, 503, 200},
		{"large", "/x", large, 12 << 20, 503, 200},
		{"large, with room", "/x", large, 11 << 20, 200, 200},
		{"streamed by its rule", "/stream/x", large, 16 << 20, 200, 200},
		{"none", "/x", "", 16 << 20, 200, 200},
	} {
		for credential, want := range map[string]int{"X-None: none": tc.nobody, valid: tc.somebody} {
			var others []*httpauth.Held
			for range tc.taken / firstBuffer {
				h := b.Hold(httpauth.Trust{}, netip.Addr{})
				h = h.Spare()
				if others = append(others, &h); h.Take(firstBuffer) != nil {
					t.Fatal("the memory cannot be taken")
				}
			}
			a := g.post(t, tc.target, tc.body, credential, "Content-Type: text/plain")
			if seen := len(g.seen.take()); a.status != want || (seen == 1) != (want == 200) || (a.header.Get("Retry-After") == "") != (want == 200) {
				t.Errorf("%s, %s: %d %s, Retry-After %q, the upstream saw %d", tc.name, credential, a.status, a.body, a.header.Get("Retry-After"), seen)
			}
			for _, h := range others {
				h.Release()
			}
		}
	}
}

// fill takes the memory in small pieces.
func fill(t *testing.T, b *httpauth.Bodies, bytes int) (release func()) {
	t.Helper()
	const piece = 4 << 10
	held := make([]httpauth.Held, bytes/piece)
	for i := range held {
		held[i] = b.Hold(httpauth.Trust{}, netip.Addr{})
		if err := held[i].Take(piece); err != nil {
			t.Fatal(err)
		}
	}
	return func() {
		for i := range held {
			held[i].Release()
		}
	}
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
