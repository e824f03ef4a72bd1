package gateway

import "testing"

// TestServe_noHost: a request without a host is refused, since the upstream would see its
// own name where the rules saw none.
func TestServe_noHost(t *testing.T) {
	g := newTestGateway(t, newEngine(t, demoRules()...), nil)
	for raw, want := range map[string]int{
		"GET /public/x HTTP/1.0\r\n\r\n":                                     400,
		"GET /public/x HTTP/1.1\r\nHost:\r\n\r\n":                            400,
		"GET /public/x HTTP/1.1\r\nHost: \r\n\r\n":                           400,
		"GET /public/x HTTP/1.1\r\nHost: :80\r\n\r\n":                        400,
		"GET /public/x HTTP/1.1\r\nHost: .\r\n\r\n":                          400,
		"GET /public/x HTTP/1.0\r\nHost: gate.test\r\n\r\n":                  200,
		"GET http://gate.test/public/x HTTP/1.1\r\nHost: other.test\r\n\r\n": 200,
	} {
		if got := g.send(t, raw, 1)[0]; got.status != want {
			t.Errorf("%q: status %d, want %d", raw, got.status, want)
		}
	}
	if saw := g.seen.take(); len(saw) != 2 {
		t.Errorf("the upstream saw %v", saw)
	}
}
