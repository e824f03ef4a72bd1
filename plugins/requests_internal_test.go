package plugins

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/plugins/abi"
)

// TestNames: names of keys and metrics, byte by byte and at their lengths.
func TestNames(t *testing.T) {
	for c := range 256 {
		b := string([]byte{byte(c)})
		lower := c >= 'a' && c <= 'z' || c == '_'
		digit := c >= '0' && c <= '9'
		if validMetric([]byte(b)) != lower || validMetric([]byte("a"+b)) != (lower || digit) {
			t.Errorf("%q in the name of a metric", b)
		}
		if want := c >= 0x20 && c < 0x7f; validKey([]byte(b)) != want || validKey([]byte("a"+b)) != want {
			t.Errorf("%q in a key", b)
		}
		token := c > ' ' && c < 0x7f && !strings.Contains(`"(),/:;<=>?@[\]{}`, b)
		if isToken(b) != token || isToken("a"+b) != token {
			t.Errorf("%q in the name of a header", b)
		}
	}
	for n, want := range map[int][2]bool{0: {false, false}, 1: {true, true}, 64: {true, true}, 65: {false, true}, abi.MaxKey: {false, true}, abi.MaxKey + 1: {false, false}} {
		if text := []byte(strings.Repeat("a", n)); validMetric(text) != want[0] || validKey(text) != want[1] {
			t.Errorf("%d bytes: metric %v, key %v", n, validMetric(text), validKey(text))
		}
	}
	if !validKey([]byte("é")) || validKey([]byte("\u0085")) || isToken("") {
		t.Error("characters beyond ASCII")
	}
	m := &metricNames{}
	for i := range abi.MaxMetrics {
		if !m.admit(fmt.Sprint("m", i)) {
			t.Fatalf("metric %d is refused", i)
		}
	}
	if m.admit("one_more") || !m.admit("m0") {
		t.Error("one metric too many, or a known one refused")
	}
}

// TestParseRequest: what guests may send, and what is wrong with the rest.
func TestParseRequest(t *testing.T) {
	for text, want := range map[string]string{
		"GET https://a.example": "", "POST https://a.example/x?y\nContent-Type: a\nif-match: b\n\nbody\n\nmore": "", "HEAD https://a.example\nX-API-KEY:k": "",
		"GET": "the first line", "": "the first line", "get https://a.example": "the first line", "CONNECT https://a.example": "the first line", "GET https://a.example/\xff": "the first line", "GET  https://a.example": "the URL: ",
		"GET https://a.example/%zz?secret": "the URL: invalid URL escape", "GET ftp://a": "want https", "GET https://a.example\nHost: b": "header Host: there are Accept,", "GET https://a.example\nCookie: b": "header Cookie", "GET https://a.example\nX": "a header line", "GET https://a.example\n: b": "a header line", "GET https://a.example\nA B: c": "a header line",
		"GET https://a.example\nAccept: a\x00b": "header Accept: a control character", "GET https://a.example\nAccept: a\x7fb": "a control character", "GET https://a.example\nAccept: a\tb": "", "GET https://a.example\nAccept: a\x1fb": "a control character", "GET https://a.example\n\nbody": "", "GET https://a.example\n": "a header line",
	} {
		if _, err := parseRequest(text); (err == nil) != (want == "") || err != nil && (!strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret")) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
	for _, name := range []string{"Accept", "Accept-Language", "Content-Type", "Authorization", "User-Agent", "X-Api-Key", "X-Request-Id", "If-None-Match", "If-X"} {
		if r, err := parseRequest("PUT https://a.example/x\n" + strings.ToLower(name) + ": \t v \n\nb\n\nc"); err != nil || r.header.Get(name) != "v" || r.body != "b\n\nc" || r.method != "PUT" {
			t.Errorf("%s: got %+v, %v", name, r, err)
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
