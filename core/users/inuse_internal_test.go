package users

import (
	"fmt"
	"testing"

	"github.com/cardea-auth/cardea/core/users/internal/passhash"
)

// TestFormsInUse combines the hash formats of directories, some of which report none.
func TestFormsInUse(t *testing.T) {
	a, b, c, nobody := passhash.Cost{Kind: passhash.Bcrypted, N: 4}, passhash.Cost{Kind: passhash.Bcrypted, N: 5}, passhash.Cost{Kind: passhash.Bcrypted, N: 6}, passhash.Cost{Kind: passhash.Crypted}
	var f formsInUse
	f.of("told").add(a)
	f.of("told").counted = true
	f.of("told too").add(b)
	f.of("told too").counted = true
	for range mostForms { // a repeated cost takes only one slot
		f.met("silent", c)
	}
	f.met("silent too", c)
	f.met("silent too", c)
	f.met("silent too", a)
	f.met("silent", passhash.Cost{Kind: passhash.Bcrypted, N: passhash.CapBcrypt + 1})
	for _, tc := range []struct {
		names []string
		want  []passhash.Cost
	}{
		{nil, []passhash.Cost{nobody}}, {[]string{"new"}, []passhash.Cost{nobody}}, {[]string{"told"}, []passhash.Cost{a}}, {[]string{"told", "told too"}, []passhash.Cost{a, b}}, {[]string{"told", "told"}, []passhash.Cost{a}},
		{[]string{"silent too"}, []passhash.Cost{c, a, nobody}}, {[]string{"silent"}, []passhash.Cost{c, nobody}}, {[]string{"told", "silent"}, []passhash.Cost{a, c, nobody}}, {[]string{"silent", "told"}, []passhash.Cost{c, nobody, a}}, {[]string{"new", "silent"}, []passhash.Cost{nobody, c}},
	} {
		if got := f.inUse(tc.names, nobody); fmt.Sprint(got) != fmt.Sprint(tc.want) {
			t.Errorf("%v: got %v, want %v", tc.names, got, tc.want)
		}
	}
	if got := f.of("told").costs; len(got) != 1 {
		t.Errorf("what was lent became %v", got)
	}
	for i := range 2 * mostForms {
		f.of("many").add(passhash.Cost{Kind: passhash.Stretched, N: uint32(i)})
	}
	if n := len(f.of("many").costs); n != mostForms {
		t.Errorf("%d costs are remembered", n)
	}
	for _, tc := range []struct {
		names       []string
		spent, want float64
	}{{[]string{"a"}, 5, 5}, {[]string{"a"}, 3, 5}, {[]string{"b"}, 4, 4}, {[]string{"b", "a"}, 1, 5}, {[]string{"a", "b"}, 1, 5}, {nil, 9, 0}} {
		if got := f.programs(tc.names, tc.spent); got != tc.want {
			t.Errorf("%v after %v: got %v, want %v", tc.names, tc.spent, got, tc.want)
		}
	}
}
