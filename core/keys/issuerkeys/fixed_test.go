package issuerkeys_test

import (
	"fmt"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys/issuerkeys"
)

// TestFixed finds keys in a list by id and algorithm, at most eight.
func TestFixed(t *testing.T) {
	var list []api.Key
	for i := range 10 {
		list = append(list, api.Key{ID: fmt.Sprint(i % 9), Algorithm: []string{"ES256", "EdDSA"}[i%10/9]})
	}
	find := issuerkeys.Fixed(list)
	list[1].ID = "changed"
	for _, tc := range []struct {
		kid, alg string
		want     int
	}{{"", "ES256", 8}, {"1", "ES256", 1}, {"8", "ES256", 1}, {"0", "EdDSA", 1}, {"1", "EdDSA", 0}, {"x", "ES256", 0}, {"", "EdDSA", 1}, {"", "RS256", 0}} {
		if got, err := find(t.Context(), tc.kid, tc.alg); err != nil || len(got) != tc.want {
			t.Errorf("%q, %s: got %v, %v, want %d", tc.kid, tc.alg, got, err, tc.want)
		}
	}
}

// TestFixed_anyKid: a pinned key without an ID fits every kid, and one with an ID does not.
func TestFixed_anyKid(t *testing.T) {
	a, b := mustKey(t, "ES256"), mustKey(t, "ES256")
	nameless := b
	nameless.ID = ""
	for _, c := range []struct {
		list []api.Key
		kid  string
		want []api.Key
	}{
		{[]api.Key{nameless}, "theirs", []api.Key{nameless}}, {[]api.Key{nameless}, "", []api.Key{nameless}},
		{[]api.Key{a}, "theirs", nil}, {[]api.Key{a, nameless}, a.ID, []api.Key{a}}, {[]api.Key{a, nameless}, "theirs", []api.Key{nameless}},
	} {
		find := issuerkeys.Fixed(c.list)
		got, err := find(t.Context(), c.kid, "ES256")
		if err != nil || len(got) != len(c.want) || len(got) > 0 && got[0].ID != c.want[0].ID {
			t.Errorf("kid %q in %v: got %v, %v", c.kid, c.list, got, err)
		}
		if got, err := find(t.Context(), c.kid, "RS256"); err != nil || len(got) > 0 {
			t.Errorf("kid %q, another algorithm: got %v, %v; want none", c.kid, got, err)
		}
	}
}
