package api

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

// TestClaims copies, changes and encodes the members of a set of claims.
func TestClaims(t *testing.T) {
	inner := NewClaims(Claim{"x", "<&>"})
	c := NewClaims(Claim{"a", int64(1)}, Claim{"b", "t"}, Claim{"c", inner}, Claim{"d", 2}, Claim{"a", int64(3)})
	changed := c.With("b", nil).Without("d", "nobody").With("e", []any{true})
	text, err := changed.MarshalJSON()
	if want := `{"a":3,"b":null,"c":{"x":"<&>"},"e":[true]}`; string(text) != want || err != nil {
		t.Errorf("got %s, %v, want %s", text, err, want)
	}
	if text, _ := c.MarshalJSON(); string(text) != `{"a":3,"b":"t","c":{"x":"<&>"},"d":2}` {
		t.Errorf("the first set became %s", text)
	}
	if o, ok := c.Object("c"); !ok || o.String("x") != "<&>" {
		t.Errorf("Object(\"c\") = %v, %v; want x in it to be <&>", o, ok)
	}
	for name, want := range map[string]string{"a": "3 true", "b": "0 false", "d": "2 true", "none": "0 false"} {
		n, ok := c.Int(name)
		if got := fmt.Sprint(n, " ", ok); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
	if _, ok := c.Object("a"); ok || c.String("a") != "" || c.String("b") != "t" || c.Len() != 4 {
		t.Error("a number is an object or a text")
	}
	for _, bad := range []any{math.NaN(), func() {}} {
		if text, err := NewClaims(Claim{"n", bad}).MarshalJSON(); err == nil || text != nil || !strings.Contains(err.Error(), `encode claim "n"`) {
			t.Errorf("%T is written as %s, %v", bad, text, err)
		}
	}
	if v, err := inner.With("y", make(chan int)).MarshalJSON(); err == nil || v != nil {
		t.Errorf("MarshalJSON() = %s, want nil and an error", v)
	}
}

// TestTexts: secrets are redacted when printed, and other types are not read as strings.
func TestTexts(t *testing.T) {
	if s := Secret("x"); !s.Equal("x") || s.Equal("y") || s.Equal("xx") || s.String() != Redacted || Secret("").String() != "" || fmt.Sprintf("%#v", s) != `"`+Redacted+`"` {
		t.Error("the output has the secret, or secrets are not compared")
	}
	h := Header{"A": {"1", "2"}, "B": {}}
	if h.Get("A") != "1" || h.Get("B") != "" || h.Get("C") != "" {
		t.Error("the first value of a header")
	}
	for _, bad := range []any{"\xff", []string{"a", "\xff"}, []any{1, "\xff"}, map[string]any{"\xff": 1}, map[string]any{"a": "\xff"}, NewClaims(Claim{"\xff", 1}), NewClaims(Claim{"a", []any{"\xff"}})} {
		if IsUTF8(bad) {
			t.Errorf("%q is UTF-8", bad)
		}
	}
	for _, good := range []any{"ü", []string{"a"}, []any{1, "a", nil}, map[string]any{"a": "b"}, NewClaims(Claim{"a", "b"}), 7, nil} {
		if !IsUTF8(good) {
			t.Errorf("%q is no UTF-8", good)
		}
	}
	for login, want := range map[string]string{" Alice ": "alice", "ALICE@X": "alice@x", "ΣΊΣΥΦΟΣ": "σίσυφοσ", "σίσυφος": "σίσυφοσ", "ſ": "s", "K": "k", "\u212a": "\u212a"} {
		if want == "\u212a" {
			want = LoginKey("\u212a") // the value does not matter, only that it is stable
		}
		if got := LoginKey(login); got != want || LoginKey(got) != got {
			t.Errorf("%q: got %q, want %q", login, got, want)
		}
	}
}
