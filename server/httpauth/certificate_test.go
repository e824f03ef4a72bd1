package httpauth_test

import (
	"crypto/tls"
	"crypto/x509"
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/cardea-auth/cardea/server/httpauth"
)

// TestAttemptFrom_certificate: only a verified certificate is used, and a proxy's is not
// the client's.
func TestAttemptFrom_certificate(t *testing.T) {
	cert := &x509.Certificate{Raw: []byte("leaf")}
	chain := [][]*x509.Certificate{{cert, {Raw: []byte("root")}}}
	trust := httpauth.Trust{Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}
	for name, c := range map[string]struct {
		tls  *tls.ConnectionState
		from string
		want string
	}{
		"no TLS":          {nil, "192.0.2.1:5", ""},
		"none":            {&tls.ConnectionState{}, "192.0.2.1:5", ""},
		"not verified":    {&tls.ConnectionState{PeerCertificates: chain[0]}, "192.0.2.1:5", ""},
		"verified":        {&tls.ConnectionState{PeerCertificates: chain[0], VerifiedChains: chain}, "192.0.2.1:5", "leaf"},
		"a trusted proxy": {&tls.ConnectionState{PeerCertificates: chain[0], VerifiedChains: chain}, "10.0.0.1:5", ""},
	} {
		r := httptest.NewRequest("GET", "/x", nil)
		r.TLS, r.RemoteAddr = c.tls, c.from
		a, err := httpauth.AttemptFrom(r, trust)
		if err != nil || string(a.Certificate) != c.want {
			t.Errorf("%s: got %q, %v, want %q", name, a.Certificate, err, c.want)
		}
	}
}
