package wordpress

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/httpauth"
)

// content is a body or an error.
type content struct {
	text  string
	err   error
	reads int
}

func (c *content) ReadAll(int64) ([]byte, error) {
	c.reads++
	return []byte(c.text), c.err
}

// asked is a request as the gateway parsed it.
func asked(t *testing.T, i Inspector, method, path, query, kind string, body httpauth.Body) ([]route.Inner, error) {
	t.Helper()
	read, err := Reader{}.Read(method, path, query)
	if err != nil {
		t.Fatal(err)
	}
	a := &api.Attempt{Method: method, Path: path, Query: query, Header: api.Header{}}
	if kind != "" {
		a.Header["Content-Type"] = strings.Split(kind, "|")
	}
	return i.Inspect(a, &core.Decision{Outcome: core.Allowed, Reading: &read}, body)
}

// TestInspector_Inspect tests which bodies contain batches, why they are refused, and that
// other bodies are not read.
func TestInspector_Inspect(t *testing.T) {
	const json, batch, two = "application/json", "/wp-json/batch/v1", `{"requests":[{"path":"/a"},{"path":"/b"}]}`
	own := Inspector{Batches: []string{"/cart/batch"}}
	for name, tc := range map[string]struct {
		inspector         Inspector
		path, query, kind string
		body              content
		want              int // requests
		refused           string
	}{
		"a page":             {path: "/about/", kind: encodedType, body: content{text: "rest_route=/a"}},
		"a route":            {path: "/wp-json/wp/v2/posts", kind: json, body: content{text: two}},
		"a batch":            {path: batch, kind: json, body: content{text: two}, want: 2},
		"with a charset":     {path: batch, kind: json + "; charset=utf-8", body: content{text: two}, want: 2},
		"by the query":       {path: "/", query: "rest_route=/batch/v1", kind: json, body: content{text: two}, want: 2},
		"as several things":  {path: "/x/wp-json/batch/v1/wp-json/batch/v1", kind: json, body: content{text: two}, want: 2},
		"another's, unknown": {path: "/wp-json/cart/batch", kind: json, body: content{text: two}},
		"another's":          {inspector: own, path: "/wp-json/Cart/Batch/", kind: json, body: content{text: two}, want: 2},
		"another's in it":    {inspector: own, path: batch, kind: json, body: content{text: `{"requests":[{"path":"/cart/batch"}]}`}, refused: "no batch can reach"},
		"no type":            {path: batch, body: content{text: two}, refused: "application/json"},
		"two types":          {path: batch, kind: json + "|" + json, body: content{text: two}, refused: "application/json"},
		"a form":             {path: batch, kind: encodedType, body: content{text: two}, refused: "application/json"},
		"no JSON":            {path: batch, kind: json, body: content{text: "x"}, refused: "is not JSON"},
		"requests by query":  {path: batch, query: "requests[]=x", kind: json, body: content{text: two}, refused: "not in the query"},
		"too long":           {path: batch, kind: json, body: content{err: &http.MaxBytesError{Limit: 7}}, refused: "larger than 7 bytes"},
		"broken off":         {path: batch, kind: json, body: content{err: errors.New("reset")}, refused: "cannot be read"},
		"without any memory": {path: batch, kind: json, body: content{err: api.E(api.Unavailable, "busy", "later")}, refused: "later"},
	} {
		list, err := asked(t, tc.inspector, "POST", tc.path, tc.query, tc.kind, &tc.body)
		if len(list) != tc.want || (err == nil) != (tc.refused == "") || err != nil && !strings.Contains(err.Error(), tc.refused) {
			t.Errorf("%s: %v, %v; want %d, %q", name, list, err, tc.want, tc.refused)
		}
		if want := api.Invalid; err != nil && name != "without any memory" && (api.CodeOf(err) != want || api.ReasonOf(err) != route.ReasonBadBatch) {
			t.Errorf("%s: got code %v, reason %s; want reason bad_batch", name, api.CodeOf(err), api.ReasonOf(err))
		}
		if tc.want == 0 && tc.refused == "" && tc.body.reads > 0 || tc.body.reads > 1 {
			t.Errorf("%s: the body was read %d times", name, tc.body.reads)
		}
	}
}

// TestInspector_noBody: at an entry point without the body, requests that would have to
// be inspected are refused.
func TestInspector_noBody(t *testing.T) {
	for _, tc := range []struct{ method, path, query, kind, want string }{
		{"GET", "/", "", "", ""},
		{"GET", "/", "", encodedType, ""}, // PHP reads forms only for POST
		{"PUT", "/wp-json/wp/v2/posts/1", "", partsType, ""},
		{"POST", "/wp-json/wp/v2/posts", "", "application/json", ""},
		{"POST", "/wp-json/wp/v2/posts", "", "", ""},
		{"POST", "/about/", "", encodedType, api.ReasonBadPath},
		{"post", "/about/", "", encodedType, api.ReasonBadPath},
		{"POST", "/wp-json/wp/v2/media", "", partsType, api.ReasonBadPath},
		{"POST", "/wp-login.php", "", "text/plain|" + strings.ToUpper(encodedType), api.ReasonBadPath},
		{"POST", "/wp-json/batch/v1", "", "application/json", route.ReasonBadBatch},
		{"POST", "/wp-json/batch/v1", "", "", route.ReasonBadBatch},
		{"POST", "/", "rest_route=/Batch/v1/", "application/json", route.ReasonBadBatch},
		{"GET", "/wp-json/batch/v1", "_method=POST", "", route.ReasonBadBatch},
		{"POST", "/index-php/wp-json/batch/v1", "", "application/json", route.ReasonBadBatch}, // a batch is one of several readings
	} {
		list, err := asked(t, Inspector{}, tc.method, tc.path, tc.query, tc.kind, nil)
		if api.ReasonOf(err) != tc.want || list != nil || err != nil && api.CodeOf(err) != api.Invalid {
			t.Errorf("%s %s?%s, %s: %v, %v; want %q", tc.method, tc.path, tc.query, tc.kind, list, err, tc.want)
		}
	}
}

const (
	encodedType = "application/x-www-form-urlencoded"
	partsType   = "multipart/form-data; boundary=b"

	maxHeld = 4 << 10 // bytes of a form that wait for a verdict
)

// TestInspector_Hold: as many bytes are held as Screen accepts, and none for bodies that
// are not forms.
func TestInspector_Hold(t *testing.T) {
	for _, tc := range []struct {
		method, kind, body string
		length             int64
		want               int
	}{
		{"POST", encodedType, "a=b", 3, maxHeld + 4},
		{"post", partsType, "--b", -1, maxHeld + 16<<10},
		{"POST", encodedType, "a", 1 << 30, maxHeld + 16<<10},
		{"POST", encodedType, "", 0, 0},
		{"PUT", encodedType, "a=b", 3, 0},
		{"POST", "application/json", "{}", 2, 0},
	} {
		r, err := http.NewRequest(tc.method, "/", strings.NewReader(tc.body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", tc.kind)
		r.ContentLength = tc.length
		if got := (Inspector{}).Hold(r); got != tc.want {
			t.Errorf("%s %s of %d bytes: got %d, want %d", tc.method, tc.kind, tc.length, got, tc.want)
		}
	}
}

// TestInspector_costsNothing: requests that are not batches cause no allocation.
func TestInspector_costsNothing(t *testing.T) {
	var body httpauth.Body = &content{}
	for _, path := range []string{"/about/", "/wp-json/wp/v2/posts"} {
		read, err := Reader{}.Read("POST", path, "")
		if err != nil {
			t.Fatal(err)
		}
		a, d, i := &api.Attempt{Method: "POST", Path: path}, &core.Decision{Reading: &read}, Inspector{Batches: []string{"/cart/batch"}}
		if n := testing.AllocsPerRun(100, func() { _, _ = i.Inspect(a, d, body) }); n != 0 {
			t.Errorf("%s: %v allocations", path, n)
		}
	}
}
