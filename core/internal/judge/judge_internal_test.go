package judge

import (
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/point"
)

// TestJudgeRights_before: a hook is not responsible for invalid values that were there
// before it.
func TestJudgeRights_before(t *testing.T) {
	odd := api.Identity{Roles: []string{"a,b", "x"}, Scopes: []string{"a b", "x"}}
	for name, c := range map[string]struct {
		roles, scopes []string
		good          bool
	}{
		"as it was":               {odd.Roles, odd.Scopes, true},
		"less":                    {odd.Roles[:1], nil, true},
		"one more role":           {append(odd.Roles[:2:2], "good"), odd.Scopes, true},
		"one more scope":          {odd.Roles, append(odd.Scopes[:2:2], "good"), true},
		"one more role, odd":      {append(odd.Roles[:2:2], "c,d"), odd.Scopes, false},
		"one more scope, odd":     {odd.Roles, append(odd.Scopes[:2:2], "c d"), false},
		"the odd scope as a role": {append(odd.Roles[:2:2], "a b"), odd.Scopes, true},
		"the odd role as a scope": {odd.Roles, append(odd.Scopes[:2:2], "a,b"), true},
	} {
		if err := judgeRights(&odd, &api.Identity{Roles: c.roles, Scopes: c.scopes}); (err == nil) != c.good {
			t.Errorf("%s: judgeRights: got %v, want an error: %v", name, err, !c.good)
		}
	}
}

// TestJudgeEnd: a keyed hook may choose only from the sessions that it was shown; a Go hook
// may name others.
func TestJudgeEnd(t *testing.T) {
	before := &point.SessionLimit{Live: []string{"a", "b"}}
	for name, c := range map[string]struct {
		end   []string
		keyed bool
		good  bool
	}{
		"none": {nil, true, true}, "one": {[]string{"b"}, true, true}, "all": {[]string{"a", "b"}, true, true},
		"another": {[]string{"c"}, true, false}, "one and another": {[]string{"a", "c"}, true, false}, "another, in Go": {[]string{"c"}, false, true},
	} {
		if err := SessionLimit(t.Context(), before, &point.SessionLimit{End: c.end}, c.keyed); (err == nil) != c.good {
			t.Errorf("%s: SessionLimit: got %v, want an error: %v", name, err, !c.good)
		}
	}
}

// TestJudgeCORS_before: lists that a keyed hook leaves unchanged are not validated.
func TestJudgeCORS_before(t *testing.T) {
	for name, c := range map[string]struct {
		before, after point.CORSHeaders
		keyed, good   bool
	}{
		"headers left":        {point.CORSHeaders{Headers: "a b"}, point.CORSHeaders{Headers: "a b"}, true, true},
		"methods left":        {point.CORSHeaders{Methods: "a b"}, point.CORSHeaders{Methods: "a b"}, true, true},
		"headers changed":     {point.CORSHeaders{Headers: "a"}, point.CORSHeaders{Headers: "a b"}, true, false},
		"methods changed":     {point.CORSHeaders{Methods: "a"}, point.CORSHeaders{Methods: "a b"}, true, false},
		"headers, in Go":      {point.CORSHeaders{}, point.CORSHeaders{Headers: "a b"}, false, true},
		"methods, in Go":      {point.CORSHeaders{}, point.CORSHeaders{Methods: "a b"}, false, true},
		"any origin":          {point.CORSHeaders{Origin: "o"}, point.CORSHeaders{Allow: "*"}, true, true},
		"the origin":          {point.CORSHeaders{Origin: "o"}, point.CORSHeaders{Allow: "o"}, true, true},
		"another":             {point.CORSHeaders{Origin: "o"}, point.CORSHeaders{Allow: "p"}, true, false},
		"another, in Go":      {point.CORSHeaders{Origin: "o"}, point.CORSHeaders{Allow: "p"}, false, false},
		"none":                {point.CORSHeaders{Origin: "o"}, point.CORSHeaders{}, true, true},
		"headers changed too": {point.CORSHeaders{Methods: "a b"}, point.CORSHeaders{Methods: "a b", Headers: "c"}, true, true},
	} {
		if err := CORS(t.Context(), &c.before, &c.after, c.keyed); (err == nil) != c.good {
			t.Errorf("%s: CORS: got %v, want an error: %v", name, err, !c.good)
		}
	}
}

// TestCheckMember tests names and values of members of a JSON object.
func TestCheckMember(t *testing.T) {
	for name, c := range map[string]struct {
		member string
		value  any
		good   bool
	}{
		"text": {"x", "v", true}, "the longest name": {strings.Repeat("a", MaxName), nil, true}, "no name": {"", "v", false},
		"too long a name": {strings.Repeat("a", MaxName+1), "v", false}, "a name in no UTF-8": {"\xff", "v", false},
		"no JSON": {"x", func() {}, false}, "no UTF-8": {"x", "\xff", false}, "within": {"x", []any{map[string]any{"a": "\xff"}}, false},
	} {
		if err := checkMember("body.", c.member, c.value); (err == nil) != c.good || err != nil && !strings.Contains(err.Error(), "body.") {
			t.Errorf("%s: checkMember: got %v, want an error about body.: %v", name, err, !c.good)
		}
	}
}
