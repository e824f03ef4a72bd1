package token_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/token"
)

// TestParseValue_tells: the error names the fault of invalid JSON and its offset.
func TestParseValue_tells(t *testing.T) {
	array := func(depth int) string { return strings.Repeat("[", depth) + strings.Repeat("]", depth) }
	object := func(depth int) string { return strings.Repeat(`{"a":`, depth) + "1" + strings.Repeat("}", depth) }
	members := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `"%d":0,`, i)
		}
		return strings.TrimSuffix(b.String(), ",")
	}
	for text, want := range map[string]string{
		"": "byte 0: want a value", "x": "byte 0: want a value", "tru": "byte 0: want a value", " nul": "byte 1: want a value", "1 2": "byte 2: data after the value", "{} x": "byte 3: data after",
		"\xff": "not UTF-8", "\x00": "byte 0: want a value", "\v1": "byte 0: want a value", " \t\r\n1": "",
		"{": "byte 1: want a member name", "{1": "byte 1: want a member name", "{,}": "byte 1: want a member name", `{"a"`: `byte 4: want ':'`, `{"a"x`: `byte 4: want ':'`, `{"a":`: "byte 5: want a value",
		`{"a":1`: `byte 6: want ','`, `{"a":1]`: `byte 6: want ','`, `{"a":1,`: "byte 7: want a member name", `{"a":1,}`: "byte 7: want a member name", `{"a":1 "b"`: `byte 7: want ','`, `{"a":}`: "byte 5: want a value",
		`{"a":1,"a":2}`: `byte 10: duplicate member "a"`, `{"a\q":1}`: "unknown escape", `{"a`: "unfinished string", `{"a":"`: "unfinished string", `{"a":[1}`: `byte 7: want ','`,
		"[": "byte 1: want a value", "[1": `byte 2: want ','`, "[1}": `byte 2: want ','`, "[1,": "byte 3: want a value", "[1,]": "byte 3: want a value", "[,]": "byte 1: want a value", "[1 2]": `byte 3: want ','`, "[]": "", "[ ]": "", "{ }": "",
		array(15): "", array(16): "deeper than 16 levels", object(15): "", object(16): "deeper than 16 levels",
		"[" + strings.Repeat(array(2)+",", 20) + "1]": "", "[" + strings.Repeat(object(2)+",", 20) + "1]": "", // beside each other
		"{" + members(256) + "}": "", "{" + members(257) + "}": "more than 256 members",
		"{" + members(15) + `,"3":1}`: "duplicate member", "{" + members(16) + `,"3":1}`: "duplicate member", "{" + members(17) + `,"16":1}`: "duplicate member", "{" + members(16) + `,"15":1}`: "duplicate member",
		"\"\x1f\"": "byte 1: control character", "\"a\\n\x1f\"": "byte 4: control character", "\"\x1f": "control character", `"`: "unfinished string", `"\n`: "unfinished string", `"\`: "unknown escape", `"\x"`: "unknown escape",
		`"\u"`: "want four hexadecimal", `"\u123"`: "want four hexadecimal", `"\u123g"`: "want four hexadecimal", `"\u+123"`: "want four hexadecimal", `"\ud800"`: "half a surrogate", `"\ud800\n"`: "half a surrogate", `"\ud800\u0041"`: "half a surrogate", `"\udc00\ud800"`: "half a surrogate", `"\ud800\ud`: "half a surrogate",
		`"\"\\\/\b\f\n\r\t\u0041\ud83d\ude00"`: "", "-": "want a digit", "-x": "want a digit", "01": "byte 1: data after", "1.": "want a digit", "1.e1": "want a digit", "1e": "want a digit", "1e+": "want a digit", "1e-": "want a digit", ".1": "want a value", "+1": "want a value", "1.5e+3": "", "-0.0E-0": "",
	} {
		if _, err := token.ParseValue(text); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: got %v, want %q", text, err, want)
		}
	}
	for text, want := range map[string]any{
		"1": int64(1), "-1": int64(-1), "0": int64(0), "1.0": json.Number("1.0"), "1e2": json.Number("1e2"), "1E2": json.Number("1E2"), "9223372036854775807": int64(math.MaxInt64), "9223372036854775808": json.Number("9223372036854775808"),
		`"\"\\\/\b\f\n\r\t\u0041\ud83d\ude00z"`: "\"\\/\b\f\n\r\tA\U0001f600z", "true": true, "false": false, "null": nil,
	} {
		if got, err := token.ParseValue(text); err != nil || got != want {
			t.Errorf("%s: got %#v, %v, want %#v", text, got, err, want)
		}
	}
}

// TestSize_bounds tests claims at the size limits of a token.
func TestSize_bounds(t *testing.T) {
	nested := func(depth int, list bool) any {
		var v any = int64(1)
		for range depth {
			if list {
				v = []any{v}
			} else {
				v = api.NewClaims(api.Claim{Name: "a", Value: v})
			}
		}
		return v
	}
	many := func(n int) (list []api.Claim) {
		for i := range n {
			list = append(list, api.Claim{Name: fmt.Sprint(i), Value: true})
		}
		return list
	}
	wide := make([]any, 40)
	for i := range wide {
		wide[i] = []any{nested(2, i%2 == 0)}
	}
	for name, tc := range map[string]struct {
		claims api.Claims
		want   string
	}{
		"lists, as deep as can be": {api.NewClaims(api.Claim{Name: "x", Value: nested(15, true)}), ""}, "deeper lists": {api.NewClaims(api.Claim{Name: "x", Value: nested(16, true)}), "x: more than 16 levels"},
		"objects, as deep as can be": {api.NewClaims(api.Claim{Name: "x", Value: nested(15, false)}), ""}, "deeper objects": {api.NewClaims(api.Claim{Name: "x", Value: nested(16, false)}), "more than 16 levels"},
		"lists beside each other":   {api.NewClaims(api.Claim{Name: "x", Value: wide}), ""},
		"as many members as can be": {api.ParsedClaims(many(256)), ""}, "more members": {api.ParsedClaims(many(257)), "or 256 members"},
		"a name that is not a string": {api.NewClaims(api.Claim{Name: "\xff", Value: 1}), "text is not UTF-8"}, "no text": {api.NewClaims(api.Claim{Name: "x", Value: []string{"\xff"}}), "x: text is not UTF-8"},
		"not a number": {api.NewClaims(api.Claim{Name: "x", Value: math.NaN()}), "x: "}, "no number": {api.NewClaims(api.Claim{Name: "x", Value: json.Number("x")}), "x: "}, "a time": {api.NewClaims(api.Claim{Name: "x", Value: []any{time.Now()}}), "x: a time.Time is not a claim value"},
	} {
		n, err := token.Size(tc.claims)
		if (err == nil) != (tc.want == "") || err != nil && !strings.Contains(err.Error(), tc.want) || err == nil && n < 3 {
			t.Errorf("%s: got %d, %v, want %q", name, n, err, tc.want)
		}
		_, err = token.Sign(nil, tc.claims, hs256())
		if (err == nil) != (tc.want == "") || err != nil && !strings.Contains(err.Error(), "sign token: claims: ") {
			t.Errorf("%s, signed: got %v", name, err)
		}
		if tc.want != "" {
			if _, err = token.Sign([]api.Claim{{Name: "x", Value: tc.claims}}, api.Claims{}, hs256()); err == nil || !strings.Contains(err.Error(), "sign token: header: ") {
				t.Errorf("%s, in the header: got %v, want an error with %q", name, err, "sign token: header: ")
			}
		}
	}
	if _, err := token.Sign(nil, api.Claims{}, api.Key{ID: "k", Algorithm: "RS256", Public: mustGenerate(t, "RS256").Public, Private: []byte("x")}); err == nil || !strings.Contains(err.Error(), "sign token with ") {
		t.Errorf("with half a key: got %v, want an error with %q", err, "sign token with ")
	}
}
