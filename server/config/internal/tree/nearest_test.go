package tree

import "testing"

func TestNearest(t *testing.T) {
	known := []string{"access_ttl", "refresh_ttl", "issuer"}
	for word, want := range map[string]string{
		"acces_ttl": "access_ttl", "accessttl": "access_ttl", "isuer": "issuer", "zebra": "", "x": "", "ab": "",
	} {
		if got := Nearest(word, known); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", word, got, want)
		}
	}
}
