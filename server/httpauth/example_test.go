package httpauth_test

import (
	"fmt"
	"net/http/httptest"
	"net/netip"

	"github.com/cardea-auth/cardea/server/httpauth"
)

// Read what a request asks for, as the engine decides on it. Only a trusted proxy may state
// who the client is.
func ExampleAttemptFrom() {
	trust := httpauth.Trust{Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}
	for _, peer := range []string{"10.0.0.7:4711", "192.0.2.9:4711"} {
		r := httptest.NewRequest("GET", "http://shop.example/caf%C3%A9?size=2", nil)
		r.RemoteAddr, r.RequestURI = peer, "/caf%C3%A9?size=2"
		r.Header.Set("X-Forwarded-For", "198.51.100.1")
		a, err := httpauth.AttemptFrom(r, trust)
		fmt.Println(a.Method, a.Host, a.RawTarget, a.Peer, err)
	}
	// Output:
	// GET shop.example /caf%C3%A9?size=2 198.51.100.1 <nil>
	// GET shop.example /caf%C3%A9?size=2 192.0.2.9 <nil>
}
