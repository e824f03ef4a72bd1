package wpjwt_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/dialect/dialecttest"
)

// FuzzEndpoints sends arbitrary requests: every response of Cardea's is JSON, and none is
// a server error.
func FuzzEndpoints(f *testing.F) {
	d, err := recorded().Open(place())
	if err != nil {
		f.Fatal(err)
	}
	e := dialecttest.NewEngine(f, func() time.Time { return now }, nil, d)
	h := dialect.Mux(d.Endpoints(e), http.NotFoundHandler())
	f.Add("POST", tokenPath, "", "application/json", `{"username":["admin"],"password":{"a":1}}`)
	f.Add("POST", "/?rest_route=/jwt-auth/v1/token", "Bearer a.b.c", "application/x-www-form-urlencoded", "username=%ff&password[]=x")
	f.Add("POST", validatePath+"/", "Bearer\t..", "", "")
	f.Add("OPTIONS", "/index.php/wp-json/JWT-auth/v1/token?_fields=_links.self", "", "", "")
	f.Add("GET", "/wp-json/jwt-auth/v1//", "Bearer", "multipart/form-data; boundary=", "--")
	f.Fuzz(func(t *testing.T, method, target, auth, contentType, body string) {
		u, err := url.ParseRequestURI(target)
		if err != nil {
			t.Skip()
		}
		r := httptest.NewRequest("POST", "/", strings.NewReader(body))
		r.Method, r.URL, r.RequestURI = method, u, target
		r.Header = http.Header{"Authorization": {auth}, "Content-Type": {contentType}}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Header().Get("Cache-Control") == "" {
			t.Skip() // not ours
		}
		if w.Code >= 500 || !json.Valid(w.Body.Bytes()) {
			t.Fatalf("%s %s: got %d %s, want JSON and no 5xx", method, target, w.Code, w.Body)
		}
	})
}
