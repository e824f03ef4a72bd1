package formroute

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
)

// TestDelimiterOf tests the boundary in each form of media type that PHP accepts.
func TestDelimiterOf(t *testing.T) {
	longest := strings.Repeat("b", maxBoundary)
	for kind, want := range map[string]string{
		"multipart/form-data; boundary=b": "--b", `multipart/form-data; boundary="b"`: "--b", "multipart/form-data; BOUNDARY=b": "--b", "multipart/form-data; boundary=b; x=y": "--b", "multipart/form-data; boundary=b, x": "--b", `multipart/form-data; boundary="b"; x`: "--b",
		"multipart/form-data;boundary=azAZ09'()+_-./:=?": "--azAZ09'()+_-./:=?", "multipart/form-data; boundary=" + longest: "--" + longest, "multipart/form-data; boundary=" + longest + "b": "",
		"multipart/form-data": "", "multipart/form-data; boundary": "", "multipart/form-data; boundary=": "", `multipart/form-data; boundary=""`: "", `multipart/form-data; boundary="b`: "", "multipart/form-data; boundary =b": "", "multipart/form-data; xboundary=b": "--b",
		"multipart/form-data; BOUNDARY=a; boundary=b": "", "multipart/form-data; boundary=a; BOUNDARY=b": "", "multipart/form-data; boundary=a; boundary=b": "", `multipart/form-data; boundary="a"; boundary=b`: "", "multipart/form-data; boundary=a b": "", "multipart/form-data; boundary=\u00e4": "", "multipart/form-data; \u212a; boundary=b": "",
		"multipart/form-data; boundary={": "", "multipart/form-data; boundary=`": "", "multipart/form-data; boundary=@": "", "multipart/form-data; boundary=[": "", "multipart/form-data; boundary=!": "", "multipart/form-data; boundary=0": "--0", "multipart/form-data; boundary=9": "--9", "multipart/form-data; boundary=;": "",
	} {
		got, ok := delimiterOf([]string{kind})
		if !ok {
			got = ""
		}
		if got != want {
			t.Errorf("%.60s: got %.20q, %v, want %.20q", kind, got, ok, want)
		}
	}
	for _, types := range [][]string{nil, {"multipart/form-data; boundary=b", "x"}} {
		if _, ok := delimiterOf(types); ok {
			t.Errorf("%v has a boundary", types)
		}
	}
}

// read passes a body through a form in pieces of the given size.
func read(t *testing.T, kind, body string, piece int) (passed string, err error) {
	t.Helper()
	r := &http.Request{Method: "post", Header: http.Header{"Content-Type": {kind}}, Body: io.NopCloser(pieces{strings.NewReader(body), piece})}
	text, err := io.ReadAll(Screen(r))
	return string(text), err
}

type pieces struct {
	io.Reader
	size int
}

func (p pieces) Read(b []byte) (int, error) { return p.Reader.Read(b[:min(len(b), p.size)]) }

// TestForm_pieces: with any splitting, a body passes completely, or up to where it names
// a route.
func TestForm_pieces(t *testing.T) {
	head := func(h string) string { return "--b\r\n" + h + "\r\n\r\n" }
	name := func(n string) string { return head(`Content-Disposition: form-data; name=` + n) }
	for _, tc := range []struct {
		kind, body string
		passes     bool
	}{
		{encodedType, "", true}, {encodedType, "a=b&c=d", true}, {encodedType, "rest_route=/x", false}, {encodedType, "a=b&rest_route=/x", false}, {encodedType, "a=b&rest%5Froute", false}, {encodedType, "a&b&c", true}, {encodedType, "&&&", true}, {encodedType, "a=rest_route", true},
		{encodedType, "+rest_route=", false}, {encodedType, "%20rest_route", false}, {encodedType, "%20%20+ rest.route=x", false}, {encodedType, "a+rest_route=x", true}, {encodedType, "rest_routes=x", true}, {encodedType, "rest_route[]=x", false}, {encodedType, strings.Repeat("a", 70) + "rest_route=x", true},
		{encodedType, "a=" + strings.Repeat("x", 9000) + "&rest_route=/x", false}, {encodedType, "a=b=rest_route&c", true}, {encodedType, "=rest_route", true}, {encodedType, "a=b&+=c&d", true}, {encodedType, "%20a=b&%20rest_route=c", false}, {encodedType, "%20", true},
		{partsType, "", true}, {partsType, name("a") + "x\r\n--b--\r\n", true}, {partsType, name("rest_route") + "/x\r\n--b--", false}, {partsType, name(`"rest_route"`), false}, {partsType, name(`'rest_route'`), false}, {partsType, name(`"rest.route"`), false}, {partsType, name(`"rest\_route"`), true}, {partsType, name(`"re\"st_route"`), true},
		{partsType, head(`Content-Disposition: form-data; NAME="rest_route"`), false}, {partsType, head(`X: y; name=="rest_route"`), false}, {partsType, head(`X: y;; name= "rest_route"`), false}, {partsType, head(`X: "a;name=rest_route"`), true}, {partsType, head(`X: 'a;name=rest_route'`), true}, {partsType, head(`X: "a\";name=rest_route"`), true}, {partsType, head(`X: "a\\";name=rest_route`), true}, {partsType, head(`X: name=rest_route x`), false}, {partsType, head("X: name=rest_route\tx"), false}, {partsType, head(`X: name="a`), true},
		{partsType, head(`X: filename=rest_route`), true}, {partsType, head("X: y\r\n name=rest_route"), false}, {partsType, head("X: y\r\n\tz"), false}, {partsType, head("X y"), false}, {partsType, head("X: a\x00b"), false}, {partsType, head("X: a\x7fb"), false}, {partsType, head("X: a\x1fb"), false}, {partsType, head("X: a\tb"), true}, {partsType, head(": x"), true},
		{partsType, "--b\nX: y\n\nz", true}, {partsType, "--b\nX: name=rest_route\n\nz", false}, {partsType, "x--b\r\nX: name=rest_route\r\n\r\n", false}, {partsType, "---b\r\nX: name=rest_route\r\n\r\n", false}, {partsType, "--bx", false}, {partsType, "--b\rx", false}, {partsType, "--b-x", false}, {partsType, "--b--", true}, {partsType, "--b--\r\n--b\r\nX: name=rest_route\r\n\r\n", false}, {partsType, "--b", true}, {partsType, "--b\r", true}, {partsType, "-", true}, {partsType, "--a--b-", true},
		{partsType, "--b\r\nX: name=rest_route", false}, {partsType, "--b\r\nX", true}, {partsType, "--b\r\nX: y", true}, {partsType, "--b\r\nX: a\x00", false}, {partsType, "--b\r\nno header", true}, {partsType, "--b\r\nX: " + strings.Repeat("y", maxHeld) + "\r\n\r\n", false}, {partsType, "--b\r\nX: " + strings.Repeat("y", maxHeld-10) + "\r\n\r\nz", true},
		{"multipart/form-data; boundary=aab", "--aaaab\r\nX: name=rest_route\r\n\r\n", true}, {"multipart/form-data; boundary=-a", "----a\r\nX: name=rest_route\r\n\r\n", false}, {"multipart/form-data; boundary=aa--ab", "--aa--aa--ab\r\nX: name=rest_route\r\n\r\n", false}, {"multipart/form-data; boundary=-", "----\r\nX: name=rest_route\r\n\r\n", false},
		{"text/plain", "rest_route=/x", true}, {"application/json", "--b", true}, {encodedType + ", multipart/form-data", "a", false}, {"multipart/form-data", "a", false},
	} {
		for _, piece := range []int{1, 2, 3, 7, 64, 1 << 20} {
			passed, err := read(t, tc.kind, tc.body, piece)
			if (err == nil) != tc.passes || err != nil && !errors.Is(err, errRouteInForm) || tc.passes && passed != tc.body || !strings.HasPrefix(tc.body, passed) {
				t.Errorf("%s, %.60q in pieces of %d: passed %.60q, %v, want it whole: %v", tc.kind, tc.body, piece, passed, err, tc.passes)
			}
			if !tc.passes && strings.Contains(passed, "name=rest_route") {
				t.Errorf("%.60q in pieces of %d: the name has passed", tc.body, piece)
			}
		}
	}
	for method, looked := range map[string]bool{"POST": true, "pOST": true, "GET": false, "PUT": false} {
		r := &http.Request{Method: method, Header: http.Header{"Content-Type": {encodedType}}, Body: io.NopCloser(strings.NewReader("rest_route=x"))}
		if _, err := io.ReadAll(Screen(r)); (err != nil) != looked {
			t.Errorf("%s: ReadAll: got %v, want an error: %v", method, err, looked)
		}
	}
}
