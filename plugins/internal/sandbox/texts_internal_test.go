package sandbox

import (
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins/abi"
)

// TestValues_texts tests which texts each type of key accepts.
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

// TestGuest_within: a capped key can be lowered and not raised.
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
			t.Errorf("%s to %s: got %v, want %v", tc.key, tc.v.Text(), got, tc.want)
		}
	}
}
