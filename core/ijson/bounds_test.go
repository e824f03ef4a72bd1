package ijson_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/ijson"
)

// Embedded is embedded, so its members count as those of the outer struct.
type Embedded struct {
	Part int `json:"part"`
}

type shapes struct {
	Embedded
	Array  [2]inner         `json:"array"`
	Of     map[string]inner `json:"of"`
	Lists  [][]inner        `json:"lists"`
	Gone   string           `json:"-"`
	Any    any              `json:"any"`
	Own    own              `json:"own"`
	Text   string           `json:"text"`
	Deeper *[]*inner        `json:"deeper"`
}

// own reads itself.
type own struct{ text string }

func (o *own) UnmarshalJSON(data []byte) error { o.text = string(data); return nil }

// TestDecode_shapes: names are checked in structs within any type.
func TestDecode_shapes(t *testing.T) {
	for text, want := range map[string]string{
		`{"part":1,"array":[{"read":["a"]},{}],"of":{"x":{"read":[]}},"lists":[[{"read":[]}]],"deeper":[{"read":[]},null],"own":{"a":1,"B":[2]},"any":{"A":1}}`: "",
		`{"Embedded":{"part":1}}`: `unknown field "Embedded"`, `{"Gone":"x"}`: `unknown field "Gone"`, `{"-":"x"}`: `unknown field "-"`, `{"Part":1}`: `it is written "part"`,
		`{"array":[{"x":1}]}`: `unknown field "x"`, `{"of":{"any":{"x":1}}}`: `unknown field "x"`, `{"lists":[[{"x":1}]]}`: `unknown field "x"`, `{"deeper":[{"x":1}]}`: `unknown field "x"`,
		`{"array":[{"Read":[]}]}`: `it is written "read"`, `{"of":{"any":{"Read":[]}}}`: `it is written "read"`, `{"lists":[[{"Read":[]}]]}`: `it is written "read"`, `{"deeper":[{"Read":[]}]}`: `it is written "read"`,
		`{"own":{"a":1,"a":2}}`: "twice", `{"any":{"a":[{"b":1,"b":2}]}}`: "twice", `{"of":{"a":{},"a":{}}}`: "twice", `{"array":[{},{"read":[],"read":[]}]}`: "twice",
		`{"text":"a","any":[1,{"x":2}]}`: "", `{"text":{"a":1}}`: "cannot unmarshal",
	} {
		var v shapes
		if err := ijson.Decode([]byte(text), &v); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", text, err, want)
		}
	}
}

// TestDecode_surrogates tests the bounds of both halves, and what is not an escape.
func TestDecode_surrogates(t *testing.T) {
	for text, fine := range map[string]bool{
		`\ud7ff`: true, `\ue000`: true, `\ud800\udc00`: true, `\ud800\udfff`: true, `\udbff\udc00`: true, `\udbff\udfff`: true, `\uDBFF\uDFFF`: true, `\ud83d\ude00\ud83d\ude00`: true, `\ud83d\ude00x\n`: true,
		`\ud800`: false, `\udbff`: false, `\udc00`: false, `\udfff`: false, `\ud800\udbff`: false, `\ud800\ue000`: false, `\ud800\ud800\udc00`: false, `\ud800x`: false, `\ud800\n`: false, `\ud800\\udc00`: false, `\ud800udc00`: false, `\ud800xudc00`: false, `\ud800\xdc00`: false,
		`\\ud800`: true, `\\\\ud800`: true, `\\\ud800`: false, `x\ud83d\ude00\udc00`: false, `\"\ud800`: false, `\n\n\ud800`: false, `\ud83d\ude00\n\ud800`: false, `\"`: true, `\\`: true, `\ud800\u0041`: false, `\ud83d\ude00\\`: true,
	} {
		var v any
		err := ijson.Decode([]byte(`"`+text+`"`), &v)
		if told := err != nil && strings.Contains(err.Error(), "surrogate"); told == fine {
			if !(strings.Contains(text, `\x`) && err != nil) {
				t.Errorf("%s: got %v, want it taken: %v", text, err, fine)
			}
		}
	}
	for _, text := range []string{`\`, `"\`, `"\u`, `"\ud8`, `"\ud800`, `"\ud800\`, `"\ud800\udc`, `"a\`} {
		var v any
		if ijson.Decode([]byte(text), &v) == nil {
			t.Errorf("%s is taken", text)
		}
	}
}

// TestDecode_ends: text cut at any byte is an error, and the maximum depth is accepted.
func TestDecode_ends(t *testing.T) {
	const whole = `{"any":[1,{"a":[true,"x"]},-2.5e3]}`
	for i := range len(whole) {
		var v shapes
		if err := ijson.Decode([]byte(whole[:i]), &v); err == nil || !strings.Contains(err.Error(), "the JSON ends before it is complete") {
			t.Errorf("%s: Decode: got %v, want an error with %q", whole[:i], err, "the JSON ends before it is complete")
		}
	}
	for text, want := range map[string]string{`{"any":[1}}`: "invalid character", `{"any":{"a":1]}`: "invalid character", `{"any":[1 2]}`: "invalid character", `{"any":}`: "invalid character", `{any:1}`: "invalid character", `{"any":tru}`: "invalid character"} {
		var v shapes
		if err := ijson.Decode([]byte(text), &v); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", text, err, want)
		}
	}
	deepest := 0
	for n := 1; n < 300; n++ {
		var v json.RawMessage
		text := strings.Repeat("[", n) + strings.Repeat("]", n)
		if err := ijson.Decode([]byte(text), &v); err == nil {
			deepest = n
		} else if !strings.Contains(err.Error(), "nested deeper") {
			t.Fatalf("%d levels: got %v, want an error with %q", n, err, "nested deeper")
		}
	}
	if deepest != 101 {
		t.Errorf("%d levels are taken", deepest)
	}
}

// TestValid accepts one value with unique names, numbers in range, and the given depth.
func TestValid(t *testing.T) {
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	for text, want := range map[string]bool{
		"1": true, "null": true, `"x"`: true, `{"a":[1,null,true]}`: true, deep(3): true,
		deep(4): false, `[[[1]]]`: false, "": false, "{": false, "[1}": false, "1 2": false, "[] x": false, "nul": false, `{1:2}`: false,
		`{"a":1,"a":2}`: false, `[{"a":1,"\u0061":2}]`: false, "1e400": false, "1e-400": true, `"\ud800"`: false, `"\ud800\udc00"`: true, "\"\xff\"": false,
	} {
		if got := ijson.Valid([]byte(text), 3); got != want {
			t.Errorf("%s: Valid: got %v, want %v", text, got, want)
		}
	}
}
