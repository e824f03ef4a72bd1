package judge

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
)

func textClaims(pairs ...string) api.Claims {
	var list []api.Claim
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, api.Claim{Name: pairs[i], Value: pairs[i+1]})
	}
	return api.NewClaims(list...)
}

// TestCheckClaim: the error names the claim that no token can hold.
func TestCheckClaim(t *testing.T) {
	deep := any("x")
	for range 20 {
		deep = []any{deep}
	}
	for _, tc := range []struct {
		name  string
		value any
		fine  bool
	}{
		{"a", "x", true}, {"a", nil, true}, {"a", []any{"x", json.Number("1.5"), true}, true}, {strings.Repeat("n", MaxName), "x", true},
		{"", "x", false}, {strings.Repeat("n", MaxName+1), "x", false}, {"a", "\xff", false}, {"a", []any{"\xff"}, false}, {"a", make(chan int), false}, {"a", deep, false},
	} {
		err := CheckClaim(tc.name, tc.value)
		if (err == nil) != tc.fine || err != nil && !strings.Contains(err.Error(), "claim."+tc.name[:min(len(tc.name), 1)]) {
			t.Errorf("claim %.10q of %T: got error %v, want accepted %v", tc.name, tc.value, err, tc.fine)
		}
	}
}

// TestLargest returns the longest of the claims that a hook changed.
func TestLargest(t *testing.T) {
	long := strings.Repeat("x", 100)
	for want, c := range map[string]struct{ before, after api.Claims }{
		"claim.*": {textClaims("a", long), textClaims("a", long)},
		"claim.b": {textClaims("a", long), textClaims("a", long, "b", "x")},
		"claim.c": {textClaims("a", long+long), textClaims("a", long+long, "b", "x", "c", long, "d", "xy")},
		"claim.a": {textClaims("a", "x"), textClaims("a", long, "b", "x")},
	} {
		if got := Largest(c.before, c.after); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// TestChangedMembers: new members are validated even if they are null.
func TestChangedMembers(t *testing.T) {
	before := api.NewClaims(api.Claim{Name: "same", Value: "x"}, api.Claim{Name: "nil", Value: nil}, api.Claim{Name: "list", Value: []any{"a"}})
	after := before.With("list", []any{"b"}).With("new", nil).With("newer", "y")
	var got []string
	if err := ChangedMembers(before, after, func(name string, _ any) error { got = append(got, name); return nil }); err != nil || fmt.Sprint(got) != "[list new newer]" {
		t.Errorf("ChangedMembers: got %v, %v; want \"[list new newer]\"", got, err)
	}
	broken := errors.New("broken")
	if err := ChangedMembers(before, after, func(string, any) error { return broken }); err != broken {
		t.Errorf("ChangedMembers: got %v, want %v", err, broken)
	}
}
