package app

import (
	"log/slog"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/logtest"
)

// TestServer_forwardedByUntrusted: a proxy that is missing in trusted_proxies is reported
// once, a listed one never.
func TestServer_forwardedByUntrusted(t *testing.T) {
	for _, tc := range []struct {
		name, proxies string
		header        string
		want          int
	}{
		{"forgotten", "", "X-Forwarded-For: 192.0.2.1", 1},
		{"another one is listed", ", trusted_proxies: [192.0.2.7]", "X-Forwarded-For: 192.0.2.1", 1},
		{"listed", ", trusted_proxies: [127.0.0.1]", "X-Forwarded-For: 192.0.2.1", 0},
		{"no proxy", "", "X-Other: 1", 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			log := &logtest.Buffer{}
			text := strings.Replace(serverConfig, "shutdown_delay: 0s", "shutdown_delay: 0s"+tc.proxies, 1)
			s, public, _ := start(t, load(t, text), slog.New(slog.NewTextHandler(log, nil)))
			g := &testServer{Server: s, t: t, public: strings.TrimPrefix(public, "http://")}
			for range 3 {
				g.get("/x", tc.header)
				g.get("/.well-known/jwks.json", tc.header)
			}
			if got := log.Count("server.trusted_proxies"); got != tc.want {
				t.Errorf("logged %d times, want %d:\n%s", got, tc.want, log.String())
			}
		})
	}
}
