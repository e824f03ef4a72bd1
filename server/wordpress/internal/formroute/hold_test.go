package formroute_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/server/wordpress/internal/formroute"
)

// TestHold: PHP decides by the media type alone whether the body of a POST is a form.
func TestHold(t *testing.T) {
	for name, c := range map[string]struct {
		method, media string
		body          bool
		want          bool
	}{
		"a form": {"POST", "application/x-www-form-urlencoded", true, true}, "in parts": {"POST", "multipart/form-data; boundary=x", true, true},
		"in small letters": {"post", "application/x-www-form-urlencoded", true, true}, "no body": {"POST", "application/x-www-form-urlencoded", false, false},
		"GET": {"GET", "application/x-www-form-urlencoded", true, false}, "PUT": {"PUT", "application/x-www-form-urlencoded", true, false},
		"JSON": {"POST", "application/json", true, false}, "no type": {"POST", "", true, false},
	} {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader("a=b"))
		if r.Method = c.method; !c.body {
			r.Body = http.NoBody
		}
		r.Header.Set("Content-Type", c.media)
		if got := formroute.Hold(r) > 0; got != c.want {
			t.Errorf("%s: holds memory: %v, want %v", name, got, c.want)
		}
		if r.Body = nil; formroute.Hold(r) > 0 {
			t.Errorf("%s: a request without a body holds memory", name)
		}
	}
}
