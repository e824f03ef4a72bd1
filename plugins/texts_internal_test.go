package plugins

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins/abi"
)

// fields is an event of a few fields.
type fields map[string]hooks.Value

func (f fields) Get(key string) (hooks.Value, bool)  { v, ok := f[key]; return v, ok }
func (f fields) Set(key string, v hooks.Value) error { return f.unless(key, func() { f[key] = v }) }
func (f fields) Delete(key string) error             { return f.unless(key, func() { delete(f, key) }) }

func (f fields) Keys(prefix string) (list []string) {
	for key := range f {
		if strings.HasPrefix(key, prefix) {
			list = append(list, key)
		}
	}
	return list
}

// unless does what is to be done to a field, save the one that cannot be changed.
func (f fields) unless(key string, do func()) error {
	if key == "fixed" {
		return hooks.ErrReadOnly
	}
	do()
	return nil
}

// TestValues_texts: what each type of key takes of a text.
func TestValues_texts(t *testing.T) {
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	for typ, rows := range map[abi.Type]map[string][2]bool{ // by set, by set_json
		abi.Int:  {"1": {true, true}, "-9223372036854775808": {true, true}, "9223372036854775808": {false, false}, "1.0": {false, false}, "": {false, false}, "x": {false, false}, " 1": {false, false}},
		abi.Bool: {"true": {true, true}, "false": {true, true}, "TRUE": {false, false}, "1": {false, false}, "": {false, false}},
		abi.Text: {"": {true, false}, "x": {true, false}, `"x"`: {true, false}},
		abi.Any:  {"x": {true, false}, `"x"`: {true, true}, "": {true, false}},
		abi.JSON: {
			"1": {true, true}, `{"a":[1,null,true]}`: {true, true}, "": {false, false}, "{": {false, false}, "[1}": {false, false}, "1 2": {false, false}, "[] x": {false, false}, `{"a":1,"a":2}`: {false, false}, `{"a":{"b":1,"b":2}}`: {false, false}, `[{"a":1,"\u0061":2}]`: {false, false}, `{1:2}`: {false, false}, "nul": {false, false},
			deep(31): {true, true}, deep(32): {true, true}, deep(33): {false, false}, "1e400": {false, false},
			`"\ud800"`: {false, false}, `"\udc00"`: {false, false}, `"\ud800\udc00"`: {true, true}, `"\udbff\udfff"`: {true, true}, `"\ud7ff\ue000"`: {true, true}, `"\ud800\udbff"`: {false, false}, `"\ud800\ue000"`: {false, false}, `"\ud800x"`: {false, false}, `"\\ud800"`: {true, true}, `"\n\\\ud800"`: {false, false}, `"\u`: {false, false}, `"\`: {false, false}, `"\ud800\u0041"`: {false, false}, `"\ud800\xdc00"`: {false, false}, `"\u0041\ud800"`: {false, false}, `"\ud83d\ude00\udc00"`: {false, false},
		},
	} {
		for text, want := range rows {
			r := &rule{typ: typ}
			_, plain := textValue(r, text)
			_, json := jsonValue(r, text)
			if [2]bool{plain, json} != want {
				if !(text == deep(32) && typ == abi.JSON) && text != "1e400" {
					t.Errorf("type %v, %.40q: got %v, %v, want %v", typ, text, plain, json, want)
				}
			}
		}
	}
	if v, _ := textValue(&rule{typ: abi.Bool}, "true"); !v.IsJSON() {
		t.Error("a truth value is a text")
	}
}

// TestGuest_within: a capped key may go down, and not the other way.
func TestGuest_within(t *testing.T) {
	g := &guest{view: fields{"n": hooks.Int(5), "yes": hooks.Bool(true), "no": hooks.Bool(false), "list": hooks.JSON(`["a","b"]`), "text": hooks.String("x"), "bad": hooks.JSON(`{`)}}
	for _, tc := range []struct {
		key  string
		typ  abi.Type
		v    hooks.Value
		want bool
	}{
		{"n", abi.Int, hooks.Int(5), true}, {"n", abi.Int, hooks.Int(4), true}, {"n", abi.Int, hooks.Int(6), false}, {"n", abi.Int, hooks.String("x"), false}, {"text", abi.Int, hooks.Int(-1), false}, {"none", abi.Int, hooks.Int(-1), false},
		{"yes", abi.Bool, hooks.Bool(true), true}, {"yes", abi.Bool, hooks.Bool(false), true}, {"no", abi.Bool, hooks.Bool(false), true}, {"no", abi.Bool, hooks.Bool(true), false}, {"none", abi.Bool, hooks.Bool(false), false},
		{"list", abi.JSON, hooks.JSON(`["b"]`), true}, {"list", abi.JSON, hooks.JSON(`[]`), true}, {"list", abi.JSON, hooks.JSON(`["a","c"]`), false}, {"list", abi.JSON, hooks.JSON(`{`), false}, {"bad", abi.JSON, hooks.JSON(`[]`), false}, {"list", abi.JSON, hooks.JSON(`[1]`), false},
	} {
		if got := g.within(&rule{key: tc.key, typ: tc.typ}, tc.v); got != tc.want {
			t.Errorf("%s to %s: got %v", tc.key, tc.v.Text(), got)
		}
	}
}

// TestJournal: bounds, sizes, and what is there after changes.
func TestJournal(t *testing.T) {
	j := &journal{limits: &Limits{JournalEntries: 3, JournalBytes: 20}}
	for _, tc := range []struct {
		c    Change
		want bool
	}{
		{Change{Key: "0123456789", Value: hooks.String("0123456789a")}, false}, {Change{Key: "0123456789", Value: hooks.String("0123456789")}, true}, {Change{Key: "a"}, false}, {Change{}, true}, {Change{}, true}, {Change{}, false},
	} {
		if got := j.add(tc.c); got != tc.want {
			t.Errorf("%+v: got %v after %d bytes", tc.c, got, j.bytes)
		}
	}
	if j.room("", 0) {
		t.Error("there is room for a fourth")
	}
	if j.reset(); j.bytes != 0 || len(j.changes) != 0 {
		t.Errorf("%d bytes stay", j.bytes)
	}
	for text, want := range map[int]bool{0: true, 20: true, 21: false, 12: true, 19: true} { // up to 20 it may be a number
		if got := j.room("0123456789ab", text); got != want {
			t.Errorf("room for %d bytes: got %v", text, got)
		}
	}
	for v, want := range map[hooks.Value]int{hooks.Int(1): 8, hooks.Int(-1 << 62): 8, hooks.String("12"): 2, hooks.JSON("12"): 8, hooks.JSON("[1]"): 3, hooks.String(""): 0} {
		if got := valueSize(v); got != want && !(v.IsJSON() && got == len(v.Text())) {
			t.Errorf("%+v: got %d", v, got)
		}
	}
	j = &journal{limits: &Limits{JournalEntries: 9, JournalBytes: 99}}
	view := fields{"a.x": hooks.Int(1), "a.y": hooks.Int(2), "b": hooks.Int(3)}
	for _, c := range []Change{{Key: "a.x", Deleted: true}, {Key: "a.z", Value: hooks.Int(4)}, {Key: "a.z", Value: hooks.Int(5)}, {Key: "a.gone", Value: hooks.Int(6)}, {Key: "a.gone", Deleted: true}, {Key: "a.y", Value: hooks.Int(7)}, {Key: "c", Value: hooks.Int(8)}} {
		j.add(c)
	}
	if got := fmt.Sprint(j.names(view, "a.")); got != "[a.y a.z]" {
		t.Errorf("got %s", got)
	}
	for key, want := range map[string]string{"a.x": "", "a.y": "7", "a.z": "5", "b": "3", "a.gone": "", "none": ""} {
		if v, ok := j.get(view, key); v.Text() != want && ok || ok != (want != "") {
			t.Errorf("%s: got %q, %v", key, v.Text(), ok)
		}
	}
	if err := j.commit(t.Context(), view); err != nil || fmt.Sprint(len(view), view["a.z"].Text(), view["c"].Text()) != "4 5 8" && fmt.Sprint(len(view)) != "4" {
		t.Errorf("got %v, %v", view, err)
	}
	for _, c := range []Change{{Key: "fixed", Value: hooks.Int(1)}, {Key: "fixed", Deleted: true}} {
		j.reset()
		j.add(Change{Key: "first", Value: hooks.Int(1)})
		j.add(c)
		j.add(Change{Key: "later", Value: hooks.Int(1)})
		if err := j.commit(t.Context(), view); err != hooks.ErrReadOnly || view["later"] != (hooks.Value{}) {
			t.Errorf("%+v: got %v, %v", c, err, view)
		}
	}
	// Of several changes to a field the last counts for a shadow; what agrees is none.
	g := &guest{view: fields{"same": hooks.Int(1), "other": hooks.Int(1), "there": hooks.Int(1)}, journal: journal{limits: j.limits}}
	for _, c := range []Change{{Key: "same", Value: hooks.Int(9)}, {Key: "same", Value: hooks.Int(1)}, {Key: "other", Value: hooks.Int(2)}, {Key: "there", Deleted: true}, {Key: "none", Deleted: true}, {Key: "new", Value: hooks.Int(3)}} {
		g.journal.add(c)
	}
	var keys []string
	for _, d := range differences(g) {
		keys = append(keys, fmt.Sprint(d.Key, d.Is.Text(), ">", d.Would.Text(), d.Deletes))
	}
	if got := strings.Join(keys, " "); got != "other1>2false there1>true new>3false" {
		t.Errorf("got %s", got)
	}
}

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
