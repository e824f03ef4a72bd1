package wordpress

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

func TestBatch(t *testing.T) {
	for _, tc := range []struct{ body, want string }{
		{`{"requests":[]}`, "[]"},
		{`{"requests":[{"path":"/wp/v2/posts"}],"validation":"normal"}`, "[{POST /wp-json/wp/v2/posts}]"},
		{" { \"a\" : [ \"]}\\\"\" , { } ] ,\n\"requests\" : [ { \"x\" : -1.5e3 , \"path\" : \"/a\" , \"y\" : null } ] } ", "[{POST /wp-json/a}]"},
		{`{"requests":[{"path":"/a?b=c&_method=GET&d=e f&rest_route=/b&.method=x"},{"path":"/a?"}]}`, "[{POST /wp-json/a?b=c&d=e+f} {POST /wp-json/a}]"},
		{`{"requests":[{"method":"DELETE","path":"/wp/v2/Users/2?force=true&_method=GET&rest_route=/a"},{"method":"PUT","path":"/a","body":{"path":"/b"}}]}`, "[{DELETE /wp-json/wp/v2/Users/2?force=true} {PUT /wp-json/a}]"},
		{`{"\u0072equests":[{"p\u0061th":"\/wp\u002fv2/posts"}]}`, "[{POST /wp-json/wp/v2/posts}]"},
		{`{"requests":[{"path":"/a"}],"requests":[{"path":"/b"}]}`, "[{POST /wp-json/b}]"}, // the last, as in PHP
		{`{"requests":[{"path":"/a","path":"/b"}]}`, "[{POST /wp-json/b}]"},

		{``, "400"},
		{`null`, "400"},
		{`[]`, "400"},
		{`{}`, "400"},
		{`requests[0][path]=/wp/v2/posts`, "400"},
		{`{"Requests":[{"path":"/a"}]}`, "400"},
		{`{"requests":null}`, "400"},
		{`{"requests":"/a"}`, "400"},
		{`{"requests":{"0":{"path":"/a"}}}`, "400"},
		{`{"requests":["/a"]}`, "400"},
		{`{"requests":[null]}`, "400"},
		{`{"requests":[{}]}`, "400"},
		{`{"requests":[{"Path":"/a"}]}`, "400"},
		{`{"requests":[{"path":null}]}`, "400"},
		{`{"requests":[{"path":7}]}`, "400"},
		{`{"requests":[{"path":["/a"]}]}`, "400"},
		{`{"requests":[{"path":"a"}]}`, "400"},
		{`{"requests":[{"path":"//a"}]}`, "400"},
		{`{"requests":[{"path":"http://x/a"}]}`, "400"},
		{`{"requests":[{"path":"/a/../b"}]}`, "400"},
		{`{"requests":[{"path":"/a%2fb"}]}`, "400"},
		{`{"requests":[{"path":"/a#b"}]}`, "400"},
		{`{"requests":[{"path":"/a;b"}]}`, "400"},
		{`{"requests":[{"path":"/a\\b"}]}`, "400"},
		{`{"requests":[{"path":"/a\nb"}]}`, "400"},
		{`{"requests":[{"path":"/batch/V1/"}]}`, "400"},
		{`{"requests":[{"path":"/a","method":null}]}`, "400"},
		{`{"requests":[{"path":"/a","method":"delete"}]}`, "400"},
		{`{"requests":[{"path":"/a","method":"TRACE"}]}`, "400"},
		{`{"requests":[{"path":"/a","method":["GET"]}]}`, "400"},
		{`{"requests":[{"path":"/a"}]} x`, "400"},
		{`{"requests":[{"path":"/a?b#c"}]}`, "400"},
		{`{"requests":[{"path":"/a?b\u0000"}]}`, "400"},
		{`{"requests":[{"path":"/a?` + strings.Repeat("b", route.MaxTarget) + `"}]}`, "400"},
		{`{"requests":[` + strings.Repeat(`{"path":"/a"},`, maxInner) + `{"path":"/a"}]}`, "400"},
		{`{` + strings.Repeat(`"a":1,`, maxMembers) + `"requests":[]}`, "400"},
		{`{"requests":[{` + strings.Repeat(`"a":1,`, maxMembers) + `"path":"/a"}]}`, "400"},
		{`{"requests":[{"path":"/a","headers":{` + strings.Repeat(`"a":1,`, maxHeaders) + `"b":1}}]}`, "400"},
		{`{"requests":[],"a":` + strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth) + `}`, "400"},
	} {
		list, err := Inspector{}.batch(route.Meaning{API: "/wp-json"}, []byte(tc.body))
		var read []string
		for _, r := range list {
			read = append(read, fmt.Sprintf("{%s %s}", r.Method, r.Target))
		}
		got := fmt.Sprint(read)
		var refused *api.Error
		if errors.As(err, &refused) && refused.Code == api.Invalid && refused.Reason == route.ReasonBadBatch {
			got = "400"
		}
		if got != tc.want {
			t.Errorf("%.80s: got %s, %v; want %s", tc.body, got, err, tc.want)
		}
	}
}

// TestBatch_tells tests the errors for invalid batches, and the limits.
func TestBatch_tells(t *testing.T) {
	request := func(n int) string { return strings.Repeat(`{"path":"/a"},`, n-1) + `{"path":"/a"}` }
	for body, want := range map[string]string{
		`{`: "is not JSON", `"a`: "is not JSON", `[]`: "is not an object", `{"requests":7}`: "has no list of requests", `{"requests":[7]}`: "is not an object",
		`{"requests":[` + request(maxInner) + `]}`:                                                          "",
		`{"requests":[` + request(maxInner+1) + `]}`:                                                        "has too many requests",
		`{` + strings.Repeat(`"a":1,`, maxMembers-1) + `"requests":[]}`:                                     "",
		`{` + strings.Repeat(`"a":1,`, maxMembers) + `"requests":[]}`:                                       "too many members",
		`{"requests":[{` + strings.Repeat(`"a":1,`, maxMembers-1) + `"path":"/a"}]}`:                        "",
		`{"requests":[{` + strings.Repeat(`"a":1,`, maxMembers) + `"path":"/a"}]}`:                          "too many members",
		`{"requests":[{"path":"/a","headers":{` + strings.Repeat(`"a":1,`, maxHeaders-1) + `"b":1}}]}`:      "",
		`{"requests":[{"path":"/a","headers":{` + strings.Repeat(`"a":1,`, maxHeaders) + `"b":1}}]}`:        "too many of them",
		`{"requests":[],"a":` + strings.Repeat("[", maxDepth-1) + strings.Repeat("]", maxDepth-1) + `}`:     "",
		`{"requests":[],"a":` + strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth) + `}`:         "nested too deeply",
		`{"requests":[],"a":"` + strings.Repeat("[{", maxDepth) + `"}`:                                      "", // in a text
		`{"requests":[],"a":[` + strings.Repeat("[],", maxDepth) + strings.Repeat("{},", maxDepth) + `[]]}`: "", // beside each other
		"{\t\"requests\"\r\n:\t[\r{\t\"path\"\r:\t\"/a\"\t}\r]\t}\r\n":                                      "",
		`{"requests":[{"path":"/a","method":"OPTIONS"}]}`:                                                   "none of GET, POST, PUT, PATCH, DELETE",
		`{"requests":[{"path":"/a","method":7}]}`:                                                           "a method that is not a string",
		`{"requests":[{"path":7}]}`:                                                                         "has no path",
		`{"requests":[{"path":"/batch/v1"}]}`:                                                               "a path that no batch can reach",
		`{"requests":[{"path":"/a#b"}]}`:                                                                    "a path that no batch can reach",
		`{"requests":[{"path":"/a?b#c"}]}`:                                                                  "a query that no request can have",
		`{"requests":[{"path":"/a","headers":7}]}`:                                                          "headers that are not an object",
		`{"requests":[{"path":"/a","headers":{"a-b":1,"a_b":1}}]}`:                                          "a header in two spellings",
		`{"requests":[{"path":"/a?` + strings.Repeat("b", route.MaxTarget-len("/wp-json/a")) + `"}]}`:       "",
		`{"requests":[{"path":"/a?` + strings.Repeat("b", route.MaxTarget-len("/wp-json/a")+1) + `"}]}`:     "a query that no request can have",
	} {
		list, err := Inspector{}.batch(route.Meaning{API: "/wp-json"}, []byte(body))
		if (err == nil) != (want == "") || err != nil && (!strings.Contains(err.Error(), want) || list != nil) {
			t.Errorf("%.60s (%d bytes): got %d, %v, want %q", body, len(body), len(list), err, want)
		}
	}
	for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
		list, err := Inspector{}.batch(route.Meaning{API: "/wp-json"}, []byte(`{"requests":[{"path":"/a","method":"`+method+`"}]}`))
		if err != nil || list[0].Method != method {
			t.Errorf("%s: got %v, %v; want that method", method, list, err)
		}
	}
}

func TestIsBatch(t *testing.T) {
	for path, want := range map[string]bool{
		"/blog/wp-json/batch/v1": true, "/blog/wp-json/wc/store/v1/batch": true, "/blog/wp-json/wc/store/batch": true, "/blog/wp-json/cocart/batch": true,
		"/blog/wp-json/Batch/V1/": true, "/blog/wp-json/batch": false, "/blog/wp-json/wc/v3/products/batch": false, "/blog/wp-json": false, "/batch/v1": false, "/x/batch/v1": false,
	} {
		read, err := Reader{REST: []string{"/blog/wp-json/"}}.Read("POST", path, "")
		if got := (Inspector{Batches: []string{"/cocart/batch"}}).isBatch(read.Meaning); got != want || err != nil {
			t.Errorf("%s: isBatch: got %t, %v; want %v", path, got, err, want)
		}
	}
}

// TestBatch_headers: all headers of requests in batches are found.
func TestBatch_headers(t *testing.T) {
	for body, want := range map[string]string{
		`{"requests":[{"path":"/a"},{"path":"/b","headers":{"X-B":"1","x_a":["2","\u0033"]}}]}`: "map[X-B:[1] x_a:[2 3]]",
		`{"requests":[{"path":"/b","headers":[]},{"path":"/b","headers":{}}]}`:                  "map[]",
		`{"\u0072equests":[{"path":"/a","he\u0061ders":{"\u0058-A":1}}]}`:                       "map[X-A:[1]]",
		`{"requests":[{"path":"/a","headers":{"a":1},"headers":{"b":true}}]}`:                   "map[b:[true]]", // PHP takes the last as well
		`{"requests":[{"path":"/a","headers":{"X-A":"1","x_a":"2"}}]}`:                          "error",
		`{"requests":[{"path":"/a","headers":"X-A: 1"}]}`:                                       "error",
		`{"requests":[{"path":"/a","headers":[{"X-A":1}]}]}`:                                    "error",
		`{"requests":{}}`: "error",
	} {
		list, err := Inspector{}.batch(route.Meaning{API: "/wp-json"}, []byte(body))
		got := "error"
		if err == nil {
			got = fmt.Sprint(map[string][]string(list[len(list)-1].Header))
		}
		if got != want {
			t.Errorf("%s: %q (%v), want %q", body, got, err, want)
		}
	}
}

// BenchmarkBatch reads a megabyte of small members, which must cause neither a map nor
// many allocations.
func BenchmarkBatch(b *testing.B) {
	for name, body := range map[string]string{
		"in a body": `{"requests":[{"path":"/a","body":{` + strings.Repeat(`"a":1,`, 100_000) + `"b":1}}]}`,
		"in all":    `{` + strings.Repeat(`"a":1,`, 100_000) + `"requests":[]}`,
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Inspector{}.batch(route.Meaning{API: "/wp-json"}, []byte(body))
			}
		})
	}
}

// FuzzBatch: every result is a canonical path below the REST API that is not a batch
// route.
func FuzzBatch(f *testing.F) {
	f.Add([]byte(`{"requests":[{"method":"DELETE","path":"/wp/v2/users/2?force=true"}]}`))
	f.Add([]byte(`{"requests":[{"path":"/batch/v1"},{"path":"/\u212a"}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		list, err := Inspector{}.batch(route.Meaning{API: "/wp-json"}, body)
		if err != nil && list != nil {
			t.Fatalf("got %v beside %v", list, err)
		}
		var all map[string]json.RawMessage
		var requests []struct{ Path string }
		if err == nil && (json.Unmarshal(body, &all) != nil || json.Unmarshal(all["requests"], &requests) != nil || len(requests) != len(list)) {
			t.Fatalf("%d requests of %q, JSON has %d", len(list), body, len(requests))
		}
		for _, r := range list {
			path, query, err := route.Canonical(r.Target)
			target, has, _ := strings.Cut(r.Target, "?")
			if err != nil || route.EscapePath(path) != target || query != has || !strings.HasPrefix(path, "/wp-json/") || (Inspector{}).isBatch(route.Meaning{API: "/wp-json", Route: strings.TrimPrefix(path, "/wp-json")}) {
				t.Errorf("%q: got path %q, query %q, %v; want a path of the REST API that reads back", r.Target, path, query, err)
			}
		}
	})
}
