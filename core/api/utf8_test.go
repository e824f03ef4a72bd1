package api_test

import (
	"testing"

	"github.com/cardea-auth/cardea/core/api"
)

// TestIsUTF8: text that is not valid UTF-8, which encoders would change, is found anywhere.
func TestIsUTF8(t *testing.T) {
	const bad = "a\xff"
	claims := func(name string, value any) api.Claims { return api.Claims{}.With("good", "x").With(name, value) }
	for name, tc := range map[string]struct {
		value any
		want  bool
	}{
		"text": {bad, false}, "list": {[]string{"a", bad}, false}, "any list": {[]any{1, bad}, false}, "deep": {[]any{[]any{map[string]any{"a": bad}}}, false},
		"value": {map[string]any{"a": bad}, false}, "name": {map[string]any{bad: 1}, false}, "claim": {claims("a", bad), false},
		"claim's name": {claims(bad, 1), false}, "claim in a claim": {claims("a", claims("b", bad)), false},
		"good": {claims("ä", []any{"ö", map[string]any{"ü": "ß"}, 1, nil, true, []string{"é"}}), true}, "number": {1.5, true}, "nothing": {nil, true},
	} {
		if got := api.IsUTF8(tc.value); got != tc.want {
			t.Errorf("%s: %v, want %v", name, got, tc.want)
		}
	}
}

// TestClaims_MarshalJSON: the error names the claim that cannot be encoded.
func TestClaims_MarshalJSON(t *testing.T) {
	if text, err := (api.Claims{}.With("b", "<&>").With("a", 1)).MarshalJSON(); err != nil || string(text) != `{"b":"<&>","a":1}` {
		t.Errorf("MarshalJSON() = %s, %v; want b before a and no escapes", text, err)
	}
	if text, err := (api.Claims{}.With("a", make(chan int))).MarshalJSON(); err == nil {
		t.Errorf("a channel is written as %s", text)
	}
}
