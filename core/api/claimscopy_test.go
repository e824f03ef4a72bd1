package api_test

import (
	"slices"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
)

// TestClaims_Set: Set returns the names changed since Noting, and only those.
func TestClaims_Set(t *testing.T) {
	base := api.NewClaims(api.Claim{Name: "a", Value: 1}, api.Claim{Name: "b", Value: 2})
	if _, known := base.Set(); known {
		t.Error("it was not noted")
	}
	c := base.Noting()
	thrown := c.With("x", 1)
	for name, tc := range map[string]struct {
		of   api.Claims
		want []string
	}{
		"nothing": {c, nil}, "thrown away": {thrown, []string{"x"}}, "with": {c.With("a", 1), []string{"a"}},
		"without": {c.Without("a", "b"), []string{"b", "a"}}, "both": {c.With("c", 1).Without("a"), []string{"a", "c"}},
		"a clone": {c.With("a", []any{1}).Clone(), []string{"a"}},
	} {
		if names, known := tc.of.Set(); !known || !slices.Equal(names, tc.want) {
			t.Errorf("%s: %q, %v, want %q", name, names, known, tc.want)
		}
	}
}

// TestClone: the copy shares nothing with the original.
func TestClone(t *testing.T) {
	list, words := []any{"a", []any{"b"}}, []string{"c"}
	within := api.NewClaims(api.Claim{Name: "l", Value: []any{"d"}})
	c := api.NewClaims(api.Claim{Name: "list", Value: list}, api.Claim{Name: "words", Value: words},
		api.Claim{Name: "map", Value: map[string]any{"m": []any{"e"}}}, api.Claim{Name: "within", Value: within}, api.Claim{Name: "n", Value: []any(nil)})
	was, err := c.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	id := api.Identity{Roles: []string{"r"}, Scopes: []string{"s"}, Proof: api.Proof{Claims: c, Restriction: &api.Restriction{Roles: []string{"r"}}}}
	copied := id.Clone()
	copied.Roles[0], copied.Scopes[0], copied.Proof.Restriction.Roles[0] = "x", "x", "x"
	x := copied.Proof.Claims
	get := func(c api.Claims, name string) any { v, _ := c.Get(name); return v }
	get(x, "list").([]any)[1].([]any)[0] = "x"
	get(x, "list").([]any)[0] = "x"
	get(x, "words").([]string)[0] = "x"
	get(x, "map").(map[string]any)["m"].([]any)[0] = "x"
	get(get(x, "within").(api.Claims), "l").([]any)[0] = "x"
	is, err := c.MarshalJSON()
	if err != nil || string(is) != string(was) || id.Roles[0]+id.Scopes[0]+id.Proof.Restriction.Roles[0] != "rsr" {
		t.Errorf("it became %s, %+v, %v", is, id, err)
	}
	if id = (api.Identity{}).Clone(); id.Roles != nil || id.Proof.Restriction != nil {
		t.Errorf("nothing became %+v", id)
	}
	h := api.Header{"A": {"b"}}
	if h.Clone()["A"][0] = "x"; h["A"][0] != "b" {
		t.Error("a header's values are shared")
	}
}
