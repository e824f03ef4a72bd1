package route

import (
	"strings"
	"testing"
)

// TestCompile_checks tests every value of every setting, and an invalid one.
func TestCompile_checks(t *testing.T) {
	for _, tc := range []struct {
		rule Rule
		says string // "" for a good one
	}{
		{Rule{OnBadToken: Asked}, ""}, {Rule{OnBadToken: Deny}, ""}, {Rule{OnBadToken: "x"}, "on_bad_token"},
		{Rule{OnBadToken: Anonymous, Access: Optional}, ""}, {Rule{OnBadToken: Anonymous, Access: Public}, ""}, {Rule{OnBadToken: Asked, Access: Public}, ""},
		{Rule{OnRevoke: End}, ""}, {Rule{OnRevoke: Keep}, ""}, {Rule{OnRevoke: "x"}, `on_revoke is "x", must be end or keep`},
		{Rule{Access: Public}, ""}, {Rule{Access: Optional}, ""}, {Rule{Access: Required}, ""}, {Rule{Access: "x"}, "access"},
		{Rule{Access: Required, Roles: []string{"a"}, Scopes: []string{"b"}}, ""},
		{Rule{Access: Public, Scopes: []string{"b"}}, "must be required"}, {Rule{Access: Optional, Roles: []string{"a"}}, "must be required"},
		{Rule{TrailingSlash: SlashSame}, ""}, {Rule{TrailingSlash: SlashDistinct}, ""}, {Rule{TrailingSlash: "x"}, "trailing_slash"},
		{Rule{Methods: []string{""}}, "must be in upper case"}, {Rule{Methods: []string{"M-SEARCH"}}, ""}, {Rule{Methods: []string{"A B"}}, "must be in upper case"},
		{Rule{Header: HeaderSpec{Name: "X-A", Prefix: "JWT"}}, ""}, {Rule{Header: HeaderSpec{Prefix: "JWT"}}, ""}, {Rule{Header: HeaderSpec{Prefix: "a,"}}, "must be one word"},
		{Rule{Header: HeaderSpec{Name: "X-A", RefuseStandard: true}}, ""},
	} {
		tc.rule.Name, tc.rule.Path = "r", "/a"
		_, err := Compile([]Rule{tc.rule})
		if (err == nil) != (tc.says == "") || err != nil && !strings.Contains(err.Error(), tc.says) {
			t.Errorf("%+v: got %v, want %q", tc.rule, err, tc.says)
		}
	}
}

// TestCompile_keepsNothing: changing the caller's lists does not change the table.
func TestCompile_keepsNothing(t *testing.T) {
	rules := []Rule{{Name: "r", Path: "/a", Methods: []string{"GET"}, Roles: []string{"a"}, Scopes: []string{"s"}}}
	table := mustCompile(t, rules...)
	rules[0].Methods[0], rules[0].Roles[0], rules[0].Scopes[0] = "PUT", "b", "t"
	if r, ok := table.Match("", "GET", "/a"); !ok || r.Methods[0] != "GET" || r.Roles[0] != "a" || r.Scopes[0] != "s" {
		t.Errorf("Match(GET /a) = %+v, want method GET, role a and scope s", r)
	}
}
