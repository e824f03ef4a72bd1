package fetch

import (
	"net/http"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/plugins/manifest"
)

// TestIsToken tests each byte in header names.
func TestIsToken(t *testing.T) {
	for c := range 256 {
		b := string([]byte{byte(c)})
		token := c > ' ' && c < 0x7f && !strings.Contains(`"(),/:;<=>?@[\]{}`, b)
		if isToken(b) != token || isToken("a"+b) != token {
			t.Errorf("%q in the name of a header", b)
		}
	}
	if isToken("") {
		t.Error("an empty name")
	}
}

// TestParse tests which requests guests may send, and the errors of others.
func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"GET https://a.example": "", "POST https://a.example/x?y\nContent-Type: a\nif-match: b\n\nbody\n\nmore": "", "HEAD https://a.example\nX-API-KEY:k": "",
		"GET": "the first line", "": "the first line", "get https://a.example": "the first line", "CONNECT https://a.example": "the first line", "GET https://a.example/\xff": "the first line", "GET  https://a.example": "the URL: ",
		"GET https://a.example/%zz?secret": "the URL: invalid URL escape", "GET ftp://a": "must be https", "GET https://a.example\nHost: b": "header Host: allowed are Accept,", "GET https://a.example\nCookie: b": "header Cookie", "GET https://a.example\nX": "a header line", "GET https://a.example\n: b": "a header line", "GET https://a.example\nA B: c": "a header line",
		"GET https://a.example\nAccept: a\x00b": "header Accept contains a control character", "GET https://a.example\nAccept: a\x7fb": "a control character", "GET https://a.example\nAccept: a\tb": "", "GET https://a.example\nAccept: a\x1fb": "a control character", "GET https://a.example\n\nbody": "", "GET https://a.example\n": "a header line",
	} {
		if _, err := Parse(text); (err == nil) != (want == "") || err != nil && (!strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret")) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
	for _, name := range []string{"Accept", "Accept-Language", "Content-Type", "Authorization", "User-Agent", "X-Api-Key", "X-Request-Id", "If-None-Match", "If-X"} {
		if r, err := Parse("PUT https://a.example/x\n" + strings.ToLower(name) + ": \t v \n\nb\n\nc"); err != nil || r.header.Get(name) != "v" || r.body != "b\n\nc" || r.Method != "PUT" {
			t.Errorf("%s: Parse = %+v, %v; want PUT with the header v and the body b, c", name, r, err)
		}
	}
	h := http.Header{"Set-Cookie": {"x"}, "X-Other": {"x"}}
	for _, name := range []string{"Content-Type", "Etag", "Last-Modified", "Cache-Control", "Retry-After", "Location"} {
		h.Set(name, "v\r\n\x00\x7f\u0085w\xff")
	}
	const value = "v     w\ufffd\n"
	want := "204\ncontent-type: " + value + "etag: " + value + "last-modified: " + value + "cache-control: " + value + "retry-after: " + value + "location: " + value + "\nbody"
	if got := responseText(204, h, []byte("body")); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// FuzzRequest: a request that http_fetch accepts goes where it was granted.
func FuzzRequest(f *testing.F) {
	for _, text := range []string{
		"GET https://a.example/v1/x", "POST https://a.example/v1\nA: b\n\nbody", "GET https://a.example/v1/../v2",
		"GET https://a.example@evil.example/v1", "GET https://a.example/v1/%2e%2e/x", "GET //a.example/v1", "GET https://a.example:443/v1?x=/../y",
	} {
		f.Add(text)
	}
	grants := manifest.Grants{HTTP: []manifest.HTTPGrant{{URL: "https://a.example/v1", Methods: []string{"GET", "POST"}}}}
	rights := manifest.Rights{Asked: grants, Given: grants}
	f.Fuzz(func(t *testing.T, text string) {
		method, host, path, ok := target(text, rights)
		if !ok {
			return
		}
		if method != "GET" && method != "POST" || host != "a.example:443" || path != "/v1" && (len(path) < 4 || path[:4] != "/v1/") {
			t.Errorf("%q goes to %s %s %s", text, method, host, path)
		}
	})
}

// target returns where a guest's request would go.
func target(text string, r manifest.Rights) (method, host, path string, ok bool) {
	req, err := Parse(text)
	if err != nil {
		return "", "", "", false
	}
	if _, ok := r.HTTP(req.Method, req.URL); !ok {
		return "", "", "", false
	}
	return req.Method, manifest.HostPort(req.URL), req.URL.Path, true
}
