package suggest

import "testing"

func TestNearest(t *testing.T) {
	names := []string{"role", "roles", "rules", ""}
	for _, tc := range []struct {
		word string
		most int
		want string
	}{
		{"roles", 0, "roles"}, {"roles", 3, "roles"}, {"rols", 1, "role"}, {"rulez", 1, "rules"}, {"rol", 1, "role"}, {"ruless", 1, "rules"}, {"rolex", 1, "role"},
		{"rols", 0, ""}, {"zebra", 2, ""}, {"", 0, ""}, {"x", 1, ""}, {"role", -1, ""},
	} {
		if got := Nearest(tc.word, names, tc.most); got != tc.want {
			t.Errorf("Nearest(%q, %d) = %q, want %q", tc.word, tc.most, got, tc.want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, tc := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"", "abc", 3}, {"kitten", "sitting", 3}, {"flaw", "lawn", 2}, {"same", "same", 0},
		{"", "ab", 2}, {"abc", "abd", 1}, {"abc", "ac", 1}, {"ac", "abc", 1}} {
		if got := distance(tc.a, tc.b); got != tc.want {
			t.Errorf("distance(%q, %q) = %d, want %d", tc.a, tc.b, got, tc.want)
		}
	}
}
