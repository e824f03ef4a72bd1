package usefulteam_test

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
)

// FuzzEndpoints sends arbitrary cookies and devices to the two routes that read them:
// every response is JSON, and none is a server error or contains a token.
func FuzzEndpoints(f *testing.F) {
	s := serve(f, nil)
	f.Add("3.cdr_x", `{"device":"phone"}`, "application/json")
	f.Add("3%2E.", "device[]=x", "application/x-www-form-urlencoded")
	f.Add("%zz", "", "")
	f.Add("\"1.a\"", "--", "multipart/form-data; boundary=")
	f.Fuzz(func(t *testing.T, cookie, body, contentType string) {
		for _, path := range []string{tokenPath, refreshPath} {
			r := httptest.NewRequest("POST", path, strings.NewReader(body))
			r.Header.Set("Cookie", "refresh_token="+cookie)
			r.Header.Set("Content-Type", contentType)
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			if w.Code < 400 || w.Code >= 500 || !json.Valid(w.Body.Bytes()) {
				t.Fatalf("%s: got %d %s, want a 4xx with JSON", path, w.Code, w.Body)
			}
		}
	})
}
