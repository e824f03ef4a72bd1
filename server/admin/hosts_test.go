package admin_test

import (
	"net/http/httptest"
	"testing"

	"github.com/cardea-auth/cardea/server/admin"
)

// TestOnlyHosts tests the host names that the admin listener accepts.
func TestOnlyHosts(t *testing.T) {
	h := admin.OnlyHosts(admin.Handler(admin.NewMetrics("v1")), []string{"cardea.internal", "Probe.Example."})
	for host, want := range map[string]int{
		"127.0.0.1": 200, "127.0.0.1:9090": 200, "192.0.2.7:9090": 200, "[::1]": 200, "[::1]:9090": 200, "[2001:db8::1]:1": 200,
		"localhost": 200, "localhost:9090": 200, "LOCALHOST": 200, "localhost.": 200,
		"cardea.internal": 200, "cardea.internal:9090": 200, "probe.example": 200, "": 200,
		"evil.example": 403, "evil.example:9090": 403, "localhost.evil.example": 403, "evil.localhost": 403,
		"cardea.internal.evil.example": 403, "x.cardea.internal": 403, "127.0.0.1.evil.example": 403,
		"1": 403, "0x7f.1": 403, "2130706433": 403, "a b": 403, "[::1": 403,
	} {
		for _, path := range []string{"/healthz", "/readyz", "/metrics"} {
			r := httptest.NewRequest("GET", path, nil)
			r.Host = host
			w := httptest.NewRecorder()
			if h.ServeHTTP(w, r); w.Code != want {
				t.Errorf("Host %q, %s: %d, want %d", host, path, w.Code, want)
			}
		}
	}
}
