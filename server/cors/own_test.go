package cors_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/server/cors"
	"github.com/cardea-auth/cardea/server/httpauth"
)

// below is a site whose answers list a method and headers.
func below(path string) cors.Site {
	return cors.Site{
		Governs: func(_ string, target *url.URL) bool { return strings.HasPrefix(target.Path, path) },
		Says: func(*url.URL) httpauth.CrossOrigin {
			return httpauth.CrossOrigin{Methods: []string{"GET"}, Headers: []string{"X-Ask"}, Expose: []string{"X-Told"}}
		},
	}
}

// TestOwn: every origin may read an own answer at a site, and nothing else is changed.
func TestOwn(t *testing.T) {
	refuses := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Www-Authenticate", "Bearer")
		httpauth.Answer(w, http.StatusUnauthorized, "no", "no")
	}
	for name, c := range map[string]struct {
		next    http.HandlerFunc
		request string // method and path
		headers []string
		want    string // status, allowed origin, methods, request headers, exposed headers
	}{
		"answer":         {func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "x") }, "GET /api/x", []string{"Origin", friend}, "200 " + friend + " GET X-Ask X-Told"},
		"nothing":        {func(http.ResponseWriter, *http.Request) {}, "GET /api/x", []string{"Origin", friend}, "200 " + friend + " GET X-Ask X-Told"},
		"refusal":        {refuses, "GET /api/x", []string{"Origin", friend}, "401 " + friend + " GET X-Ask X-Told"},
		"sandboxed page": {refuses, "GET /api/x", []string{"Origin", "null"}, "401 null GET X-Ask X-Told"},
		"no origin":      {refuses, "GET /api/x", nil, "401    "},
		"elsewhere":      {refuses, "GET /x", []string{"Origin", friend}, "401    "},
		"upstream": {func(w http.ResponseWriter, _ *http.Request) {
			httpauth.Forwarding(w)
			w.WriteHeader(http.StatusForbidden)
		}, "GET /api/x", []string{"Origin", friend}, "403    "},
		"unreadable": {func(w http.ResponseWriter, r *http.Request) {
			httpauth.CrossOrigin{Headers: []string{"X-A"}, Unreadable: true}.Tell(w.Header(), r.Header)
		}, "GET /api/x", []string{"Origin", friend}, "200   X-A "},
		"lists of its own": {func(w http.ResponseWriter, r *http.Request) {
			httpauth.CrossOrigin{Headers: []string{"X-A", "x-a", "X-B"}}.Tell(w.Header(), r.Header)
		}, "GET /api/x", []string{"Origin", friend}, "200 " + friend + "  X-A, X-B "},
		"origin of its own":   {func(w http.ResponseWriter, r *http.Request) { w.Header().Set("Access-Control-Allow-Origin", "*") }, "GET /api/x", []string{"Origin", friend}, "200 *   "},
		"preflight":           {refuses, "OPTIONS /api/x", []string{"Origin", friend, "Access-Control-Request-Method", "PUT"}, "204 " + friend + " GET X-Ask X-Told"},
		"OPTIONS":             {refuses, "OPTIONS /api/x", []string{"Origin", friend}, "401 " + friend + " GET X-Ask X-Told"},
		"no preflight":        {refuses, "OPTIONS /api/x", []string{"Origin", friend, "Access-Control-Request-Method", "PUT", "Authorization", "Bearer x"}, "401 " + friend + " GET X-Ask X-Told"},
		"preflight elsewhere": {refuses, "OPTIONS /x", []string{"Origin", friend, "Access-Control-Request-Method", "PUT"}, "401    "},
		"preflight in vain": {func(w http.ResponseWriter, _ *http.Request) {
			httpauth.Answer(w, http.StatusServiceUnavailable, "no", "no")
		},
			"OPTIONS /api/x", []string{"Origin", friend, "Access-Control-Request-Method", "PUT"}, "503 " + friend + " GET X-Ask X-Told"},
	} {
		t.Run(name, func(t *testing.T) {
			method, path, _ := strings.Cut(c.request, " ")
			r := httptest.NewRequest(method, path, nil)
			for i := 0; i+1 < len(c.headers); i += 2 {
				r.Header.Set(c.headers[i], c.headers[i+1])
			}
			w := httptest.NewRecorder()
			cors.NewOwn([]cors.Site{below("/api")}, c.next).ServeHTTP(w, r)
			res := w.Result()
			h := res.Header
			got := fmt.Sprint(res.StatusCode, " ", h.Get(httpauth.AllowOrigin), " ", h.Get(httpauth.AllowMethods), " ", h.Get(httpauth.AllowHeaders), " ", h.Get(httpauth.ExposeHeaders))
			if got != c.want || h.Get(httpauth.AllowCredentials) != "" {
				t.Errorf("got %q, want %q; headers %v", got, c.want, h)
			}
			if reflected := h.Get(httpauth.AllowOrigin) == r.Header.Get("Origin"); reflected && r.Header.Get("Origin") != "" && h.Get("Vary") != "Origin" {
				t.Errorf("Vary is %q", h.Get("Vary"))
			}
			if res.StatusCode == http.StatusNoContent && (w.Body.Len() > 0 || h.Get("Content-Type") != "" || h.Get("Www-Authenticate") != "") {
				t.Errorf("a preflight gets %q with %v", w.Body, h)
			}
		})
	}
}

// TestHandler_unites: lists of the policy, of the site and of the response are one, and
// another site's do not count.
func TestHandler_unites(t *testing.T) {
	h, err := cors.New(cors.Config{
		Policy: cors.Policy{Origins: []string{friend}, Methods: []string{"PUT"}, Headers: []string{"X-Mine", "x-ask"}, Expose: []string{"Link"}},
		Sites:  []cors.Site{{Governs: below("/api").Governs, Says: below("/api").Says, Origins: []string{friend}}},
		Next: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Add("Access-Control-Expose-Headers", "X-Told, X-Theirs, a b")
			w.Header().Add("Access-Control-Expose-Headers", "X-Also")
		}),
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ path, methods, headers, expose string }{
		{"/api/x", "PUT, GET", "X-Mine, x-ask", "Link, X-Told, X-Theirs, X-Also"},
		{"/x", "PUT", "X-Mine, x-ask", "Link, X-Told, X-Theirs, X-Also"},
	} {
		ask := func(method string) http.Header {
			r := httptest.NewRequest(method, c.path, nil)
			r.Header.Set("Origin", friend)
			r.Header.Set("Access-Control-Request-Method", "PUT")
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			return w.Result().Header
		}
		asked, read := ask("OPTIONS"), ask("GET")
		if asked.Get(httpauth.AllowMethods) != c.methods || asked.Get(httpauth.AllowHeaders) != c.headers {
			t.Errorf("%s: a preflight gets %v", c.path, asked)
		}
		if got := read.Values(httpauth.ExposeHeaders); len(got) != 1 || got[0] != c.expose {
			t.Errorf("%s: exposes %q, want %q", c.path, got, c.expose)
		}
	}
}

// TestCheckPreflight: it decides as a browser does for a request without cookies.
func TestCheckPreflight(t *testing.T) {
	for name, c := range map[string]struct {
		status  int
		method  string
		headers string // of the request
		said    []string
		want    string // part of the error; "": none
	}{
		"allowed":            {204, "PUT", "Authorization", []string{httpauth.AllowOrigin, friend, httpauth.AllowMethods, "GET, PUT", httpauth.AllowHeaders, "x-a,authorization"}, ""},
		"any":                {200, "PUT", "X-A", []string{httpauth.AllowOrigin, "*", httpauth.AllowMethods, "*", httpauth.AllowHeaders, "*"}, ""},
		"simple method":      {200, "POST", "X-A", []string{httpauth.AllowOrigin, "*", httpauth.AllowHeaders, "X-A"}, ""},
		"no origin":          {200, "POST", "X-A", []string{httpauth.AllowHeaders, "X-A"}, "no origin"},
		"another origin":     {200, "POST", "X-A", []string{httpauth.AllowOrigin, "https://other.example", httpauth.AllowHeaders, "X-A"}, "other.example"},
		"refused":            {401, "POST", "X-A", []string{httpauth.AllowOrigin, "*", httpauth.AllowHeaders, "X-A"}, "status is 401"},
		"method":             {200, "PUT", "X-A", []string{httpauth.AllowOrigin, "*", httpauth.AllowHeaders, "X-A"}, "method PUT"},
		"header":             {200, "POST", "X-A", []string{httpauth.AllowOrigin, "*", httpauth.AllowHeaders, "X-B"}, "header X-A"},
		"any but credential": {200, "POST", "authorization", []string{httpauth.AllowOrigin, "*", httpauth.AllowHeaders, "*"}, "header authorization"},
	} {
		h := http.Header{}
		for i := 0; i+1 < len(c.said); i += 2 {
			h.Set(c.said[i], c.said[i+1])
		}
		err := cors.CheckPreflight(c.status, h, friend, c.method, c.headers)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
	if err := cors.CheckReadable(http.Header{httpauth.AllowOrigin: {friend, "*"}}, friend); err == nil {
		t.Error("two allowed origins are readable")
	}
}
