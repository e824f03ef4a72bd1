package api

import (
	"slices"
	"testing"
)

// TestIdentity tests checks of roles and scopes, and copies.
func TestIdentity(t *testing.T) {
	id := Identity{Roles: []string{"a", "b"}, Scopes: []string{"s"}}
	for _, tc := range []struct {
		want []string
		ok   bool
	}{{[]string{"a"}, true}, {[]string{"x", "b"}, true}, {[]string{"x"}, false}, {nil, false}, {[]string{"s"}, false}} {
		if id.HasRole(tc.want...) != tc.ok {
			t.Errorf("has one of %v: want %v", tc.want, tc.ok)
		}
	}
	if !id.HasScope("x", "s") || id.HasScope("a") || id.HasScope() {
		t.Error("scopes and roles are one")
	}
	roles := []string{"r"}
	other := id.WithRoles(roles...).WithScopes(roles...)
	roles[0] = "changed"
	if !slices.Equal(other.Roles, []string{"r"}) || !slices.Equal(other.Scopes, []string{"r"}) || !slices.Equal(id.Roles, []string{"a", "b"}) {
		t.Errorf("got %v, %v beside %v", other.Roles, other.Scopes, id.Roles)
	}
	for want, p := range map[bool]Proof{true: {Narrowed: true}, false: {LoginNarrowed: true}} {
		if (Identity{Proof: p}).IsNarrowed() != want {
			t.Errorf("%+v is narrowed: want %v", p, want)
		}
	}
	if !(Identity{Proof: Proof{Restriction: &Restriction{}}}).IsNarrowed() {
		t.Error("a restricted identity is not narrowed")
	}
}
