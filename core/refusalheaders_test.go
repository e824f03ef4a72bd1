package core_test

import (
	"testing"

	"github.com/cardea-auth/cardea/core"
)

// TestErrorResponse_headers: hooks may set headers of a refusal except those that the
// server sets: always, for some statuses, or in a dialect's refusals.
func TestErrorResponse_headers(t *testing.T) {
	statuses := []int{400, 401, 403, 404, 405, 413, 429, 500, 503}
	may := map[string]func(status int, dialect string) bool{
		"Allow":        func(status int, _ string) bool { return status != 405 },
		"Retry-After":  func(status int, _ string) bool { return status != 429 && status != 503 },
		"Link":         func(_ int, dialect string) bool { return dialect == "" },
		"X-Robots-Tag": func(_ int, dialect string) bool { return dialect == "" },
	}
	for _, name := range []string{"X-Help", "Set-Cookie", "Location", "Vary", "Retry-Later", "Contents", "Access-Controlled"} {
		may[name] = func(int, string) bool { return true }
	}
	for _, name := range []string{
		"Connection", "Keep-Alive", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade", "Date",
		"Www-Authenticate", "Proxy-Authenticate", "Cache-Control", "Pragma", "X-Content-Type-Options",
		"Content-Length", "Content-Encoding", "Content-Language", "Content-Disposition", "Content-Security-Policy",
		"Access-Control-Allow-Origin", "Access-Control-Max-Age", "X_Help", "X Help", "X-Hel\u00fc", "",
	} {
		may[name] = func(int, string) bool { return false }
	}
	for name, allowed := range may {
		for _, status := range statuses {
			for _, dialect := range []string{"", "site"} {
				r := core.ErrorResponse{Status: status, Dialect: dialect, Headers: map[string][]string{name: {"v"}}}
				out := map[string][]string{}
				if r.CopyHeaders(out); (len(out) == 1) != allowed(status, dialect) {
					t.Errorf("%q at %d, dialect %q: %v, want it: %v", name, status, dialect, out, allowed(status, dialect))
				}
			}
		}
	}
}

// TestErrorResponse_contentType: a hook may choose one of two types, in UTF-8.
func TestErrorResponse_contentType(t *testing.T) {
	for value, taken := range map[string]bool{
		"application/json": true, "application/problem+json": true, "application/json; charset=utf-8": true,
		"application/problem+json;charset=UTF-8": true, "Application/JSON": true,
		"": false, "text/html": false, "application/json; charset=latin1": false, "application/json; charset=": false,
		"application/json; v=1": false, "application/json; charset=utf-8; v=1": false, "application/json; charset=utf-8; charset=latin1": false,
		"application/json, text/html": false, "application/": false, "application/json;": true,
	} {
		r := core.ErrorResponse{Headers: map[string][]string{"Content-Type": {value}}}
		if got := r.ContentType(); (got != "") != taken || taken && got != value {
			t.Errorf("%q: got %q, want it taken: %v", value, got, taken)
		}
		r.Headers["Content-Type"] = []string{value, value}
		if got := r.ContentType(); got != "" {
			t.Errorf("%q twice: ContentType() = %q, want \"\"", value, got)
		}
	}
	if got := (&core.ErrorResponse{}).ContentType(); got != "" {
		t.Errorf("none: ContentType() = %q, want \"\"", got)
	}
}
