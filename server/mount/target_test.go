package mount

import (
	"testing"
)

// TestTargetOf: different spellings of a URL are one application, and different URLs are
// not.
func TestTargetOf(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"http://app", "http://app", true}, {"http://app", "http://app/", true}, {"http://app", "HTTP://APP:80", true},
		{"https://app", "https://app.:443/", true}, {"http://app:8080", "http://app:08080", true},
		{"http://localhost:8000", "http://127.0.0.1:8000", true}, {"http://[::1]:8000", "http://[0:0::1]:8000", true},
		{"http://10.0.0.1", "http://10.0.0.1:80", true}, {"builtin:demo", "builtin:demo", true},
		{"http://app", "https://app", false}, {"http://app", "http://app:8080", false}, {"http://app", "http://app.example", false},
		{"http://app/a", "http://app/b", false}, {"http://127.0.0.1:8000", "http://127.0.0.1:8001", false},
	} {
		if got := targetOf(c.a) == targetOf(c.b); got != c.same {
			t.Errorf("%s and %s: same is %v", c.a, c.b, got)
		}
	}
}
