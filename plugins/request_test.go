package plugins_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/plugins/internal/asm"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// TestFetch_headers: only listed headers are sent; any other is an invalid argument, and
// the log shows its name but no content.
func TestFetch_headers(t *testing.T) {
	var sent http.Header
	network := roundTripper(func(r *http.Request) (*http.Response, error) {
		sent = r.Header
		return &http.Response{StatusCode: 204, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
	})
	for _, test := range []struct {
		header string
		want   bool
	}{
		{"Accept", true}, {"accept-language", true}, {"Content-Type", true}, {"Authorization", true}, {"If-None-Match", true},
		{"if-modified-since", true}, {"User-Agent", true}, {"X-API-Key", true}, {"X-Request-ID", true},
		{"Host", false}, {"Cookie", false}, {"Origin", false}, {"X-Forwarded-User", false}, {"X-Http-Method-Override", false},
		{"Range", false}, {"X-If-Match", false}, {"Accept-Encoding", false}, {"Te", false}, {"Via", false}, {"Proxy-Authorization", false},
	} {
		var logged strings.Builder
		sent = nil
		cfg := plugins.Config{HTTP: network, Logger: logTo(&logged)}
		outcome(t, cfg, plugins.Spec{Grants: granted(manifest.HTTPGrant{URL: "https://a.example/"})}, []string{"http_fetch"}, func(g *guest) []byte {
			return g.call("http_fetch", g.text("GET https://a.example/?k=private\n"+test.header+": private\n\n"), asm.I32(8192), asm.I32(1000))
		})
		if got := sent.Get(test.header) == "private"; got != test.want {
			t.Errorf("%s: sent %v, want %v", test.header, got, test.want)
		}
		canonical := http.CanonicalHeaderKey(test.header)
		if text := logged.String(); !test.want && !strings.Contains(text, "header "+canonical+": allowed are Accept, ") || strings.Contains(text, "private") {
			t.Errorf("%s: the log says %s", test.header, text)
		}
	}
}

// TestFetch_redirectElsewhere: a redirect to another granted host drops body and headers,
// and one that would repeat the request is not followed. On the same host everything is
// sent again.
func TestFetch_redirectElsewhere(t *testing.T) {
	var asked []string
	note := func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		asked = append(asked, r.Method+" "+r.URL.Path+" "+r.Header.Get("Authorization")+r.Header.Get("X-Api-Key")+string(body))
	}
	elsewhere := httptest.NewServer(http.HandlerFunc(note))
	defer elsewhere.Close()
	here := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/302":
			http.Redirect(w, r, elsewhere.URL+"/there", http.StatusFound)
		case "/307":
			http.Redirect(w, r, elsewhere.URL+"/there", http.StatusTemporaryRedirect)
		case "/308":
			http.Redirect(w, r, elsewhere.URL+"/there", http.StatusPermanentRedirect)
		case "/same":
			http.Redirect(w, r, "/there", http.StatusTemporaryRedirect)
		default:
			note(w, r)
		}
	}))
	defer here.Close()
	methods := []string{"GET", "POST"}
	grants := granted(manifest.HTTPGrant{URL: here.URL, Methods: methods, Private: true}, manifest.HTTPGrant{URL: elsewhere.URL, Methods: methods, Private: true})
	for _, test := range []struct {
		request, result string
		asked           []string
	}{
		{"POST /302", "", []string{"GET /there "}},
		{"POST /307", "-2", nil},
		{"POST /308", "-2", nil},
		{"GET /307", "-2", nil},
		{"POST /same", "", []string{"POST /there secretsecretbody"}},
	} {
		asked = nil
		method, path, _ := strings.Cut(test.request, " ")
		text := method + " " + here.URL + path + "\nAuthorization: secret\nX-Api-Key: secret\n\nbody"
		got := outcome(t, plugins.Config{}, plugins.Spec{Grants: grants}, []string{"http_fetch"}, func(g *guest) []byte {
			return g.call("http_fetch", g.text(text), asm.I32(8192), asm.I32(1000))
		})
		if !slices.Equal(asked, test.asked) || test.result != "" && got != test.result {
			t.Errorf("%s: %q, result %s; want %q, %s", test.request, asked, got, test.asked, test.result)
		}
	}
}
