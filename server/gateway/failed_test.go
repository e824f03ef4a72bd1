package gateway

import (
	"bytes"
	"log/slog"
	"net/url"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/route"
)

// TestServe_failuresLogged: requests for an unavailable upstream log at most one line a
// second.
func TestServe_failuresLogged(t *testing.T) {
	var log bytes.Buffer
	g := newTestGateway(t, newEngine(t, route.Rule{Name: "all", Path: "/**", Access: route.Public}), func(c *Config) {
		c.Upstreams = map[string]*url.URL{"demo": {Scheme: "http", Host: "127.0.0.1:1"}}
		c.Logger = slog.New(slog.NewTextHandler(&log, nil))
	})
	for range 50 {
		if a := g.get(t, "/x"); a.status != 502 {
			t.Fatalf("got %d %s, want status 502", a.status, a.body)
		}
	}
	if n := strings.Count(log.String(), "upstream failed"); n == 0 || n > 5 {
		t.Errorf("50 failures make %d lines:\n%.1000s", n, log.String())
	}
}
