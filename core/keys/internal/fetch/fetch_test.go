package fetch_test

import (
	"testing"

	"github.com/cardea-auth/cardea/core/keys/internal/fetch"
)

func TestCheckURL(t *testing.T) {
	for _, c := range []struct {
		address       string
		open, private bool
	}{
		{"https://issuer.test/jwks", true, true},
		{"http://issuer.test/jwks", false, true},
		{"file:///etc/passwd", false, false},
		{"gopher://127.0.0.1:6379/_INFO", false, false},
		{"https://user:pw@issuer.test/", false, false},
		{"https://user@issuer.test/", false, false},
		{"http://user@issuer.test/", false, false},
		{"https://issuer.test/jwks#part", false, false},
		{"http://issuer.test/jwks#part", false, false},
		{"https:issuer.test/jwks", false, false},
		{"HTTPS://issuer.test/jwks", true, true},
		{"//issuer.test/jwks", false, false},
		{"https://issuer.test/%zz", false, false},
		{"https:///jwks", false, false},
		{"", false, false},
	} {
		for _, allow := range []bool{false, true} {
			want := c.open && !allow || c.private && allow
			if _, err := fetch.CheckURL(c.address, allow); (err == nil) != want {
				t.Errorf("%q, private %v: %v, want allowed %v", c.address, allow, err, want)
			}
		}
	}
}
