package core

import (
	"errors"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// TestJudgeRights_before: what stood there before a hook is not the hook's to answer for,
// whatever stands beside it.
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
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestJudgeEnd: a keyed hook chooses out of the sessions that it was shown; a Go hook may
// name others.
func TestJudgeEnd(t *testing.T) {
	before := &SessionLimit{Live: []string{"a", "b"}}
	for name, c := range map[string]struct {
		end   []string
		keyed bool
		good  bool
	}{
		"none": {nil, true, true}, "one": {[]string{"b"}, true, true}, "all": {[]string{"a", "b"}, true, true},
		"another": {[]string{"c"}, true, false}, "one and another": {[]string{"a", "c"}, true, false}, "another, in Go": {[]string{"c"}, false, true},
	} {
		if err := judgeEnd(t.Context(), before, &SessionLimit{End: c.end}, c.keyed); (err == nil) != c.good {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestJudgeCORS_before: lists that a keyed hook leaves as they are are not judged.
func TestJudgeCORS_before(t *testing.T) {
	for name, c := range map[string]struct {
		before, after CORSHeaders
		keyed, good   bool
	}{
		"headers left":        {CORSHeaders{Headers: "a b"}, CORSHeaders{Headers: "a b"}, true, true},
		"methods left":        {CORSHeaders{Methods: "a b"}, CORSHeaders{Methods: "a b"}, true, true},
		"headers changed":     {CORSHeaders{Headers: "a"}, CORSHeaders{Headers: "a b"}, true, false},
		"methods changed":     {CORSHeaders{Methods: "a"}, CORSHeaders{Methods: "a b"}, true, false},
		"headers, in Go":      {CORSHeaders{}, CORSHeaders{Headers: "a b"}, false, true},
		"methods, in Go":      {CORSHeaders{}, CORSHeaders{Methods: "a b"}, false, true},
		"any origin":          {CORSHeaders{Origin: "o"}, CORSHeaders{Allow: "*"}, true, true},
		"the origin":          {CORSHeaders{Origin: "o"}, CORSHeaders{Allow: "o"}, true, true},
		"another":             {CORSHeaders{Origin: "o"}, CORSHeaders{Allow: "p"}, true, false},
		"another, in Go":      {CORSHeaders{Origin: "o"}, CORSHeaders{Allow: "p"}, false, false},
		"none":                {CORSHeaders{Origin: "o"}, CORSHeaders{}, true, true},
		"headers changed too": {CORSHeaders{Methods: "a b"}, CORSHeaders{Methods: "a b", Headers: "c"}, true, true},
	} {
		if err := judgeCORS(t.Context(), &c.before, &c.after, c.keyed); (err == nil) != c.good {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestJudgeCredentialHeader: each part of what custom-header says can be wrong alone.
func TestJudgeCredentialHeader(t *testing.T) {
	p := &policy{hooks: NewHooks(), configured: []string{"X-Tier"}}
	long := strings.Repeat("a", maxHookName+1)
	for name, c := range map[string]struct {
		says CredentialHeader
		good bool
	}{
		"the standard one":         {CredentialHeader{}, true},
		"another":                  {CredentialHeader{Name: "X-Token"}, true},
		"another, alone":           {CredentialHeader{Name: "X-Token", RefuseStandard: true}, true},
		"with a prefix":            {CredentialHeader{Name: "X-Token", Prefix: "Token"}, true},
		"the longest":              {CredentialHeader{Name: long[1:], Prefix: long[1:]}, true},
		"none, alone":              {CredentialHeader{RefuseStandard: true}, false},
		"protected":                {CredentialHeader{Name: "X-Tier"}, false},
		"no name of a header":      {CredentialHeader{Name: "X Token"}, false},
		"one that means something": {CredentialHeader{Name: "Cookie"}, false},
		"too long":                 {CredentialHeader{Name: long}, false},
		"two words":                {CredentialHeader{Name: "X-Token", Prefix: "a b"}, false},
		"a prefix too long":        {CredentialHeader{Name: "X-Token", Prefix: long}, false},
	} {
		err := p.judgeCredentialHeader(t.Context(), nil, &c.says, true)
		if (err == nil) != c.good {
			t.Errorf("%s: %v", name, err)
		}
		if c.says.Prefix == "" && c.says.Name != "" && err != nil && !strings.HasPrefix(err.Error(), "name ") {
			t.Errorf("%s: %v, want it told of the name", name, err)
		}
	}
}

// TestCheckMember: names and values of what becomes a member of a JSON object.
func TestCheckMember(t *testing.T) {
	for name, c := range map[string]struct {
		member string
		value  any
		good   bool
	}{
		"text": {"x", "v", true}, "the longest name": {strings.Repeat("a", maxHookName), nil, true}, "no name": {"", "v", false},
		"too long a name": {strings.Repeat("a", maxHookName+1), "v", false}, "a name in no UTF-8": {"\xff", "v", false},
		"no JSON": {"x", func() {}, false}, "no UTF-8": {"x", "\xff", false}, "within": {"x", []any{map[string]any{"a": "\xff"}}, false},
	} {
		if err := checkMember("body.", c.member, c.value); (err == nil) != c.good || err != nil && !strings.Contains(err.Error(), "body.") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func textClaims(pairs ...string) api.Claims {
	var list []api.Claim
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, api.Claim{Name: pairs[i], Value: pairs[i+1]})
	}
	return api.NewClaims(list...)
}

// TestLargest: of the claims that a hook has changed the longest is named.
func TestLargest(t *testing.T) {
	long := strings.Repeat("x", 100)
	for want, c := range map[string]struct{ before, after api.Claims }{
		"claim.*": {textClaims("a", long), textClaims("a", long)},
		"claim.b": {textClaims("a", long), textClaims("a", long, "b", "x")},
		"claim.c": {textClaims("a", long+long), textClaims("a", long+long, "b", "x", "c", long, "d", "xy")},
		"claim.a": {textClaims("a", "x"), textClaims("a", long, "b", "x")},
	} {
		if got := largest(c.before, c.after); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// forgeable is a draft of a token that names its user and client by claims of its own,
// and is tied to a device.
func forgeable() *draft {
	return &draft{layout: &Layout{
		Order: []string{"who", "number", "name", "client", "device"},
		Read: func(c api.Claims) (api.Identity, bool, error) {
			if c.String("who") == "unreadable" {
				return api.Identity{}, false, errors.New("unreadable")
			}
			return api.Identity{Subject: c.String("who"), Number: int64(len(c.String("number"))), Login: c.String("name"), Client: c.String("client")}, true, nil
		},
		Bound: func(c api.Claims) string { return c.String("device") },
	}}
}

// TestUnforged: a hook may leave out what names a user besides, and may change nothing of
// whom a token stands for; the claim is named by which it does.
func TestUnforged(t *testing.T) {
	base := textClaims("who", "u", "number", "xx", "name", "n", "client", "c", "device", "d", "more", "m")
	for name, c := range map[string]struct {
		after api.Claims
		claim string // "": it is good
	}{
		"as it was":         {base, ""},
		"something else":    {base.With("more", "other"), ""},
		"no number":         {base.Without("number"), ""},
		"no name":           {base.Without("name"), ""},
		"another subject":   {base.With("who", "eve"), "claim.who"},
		"no subject":        {base.Without("who"), "claim.who"},
		"another number":    {base.With("number", "x"), "claim.number"},
		"another name":      {base.With("name", "eve"), "claim.name"},
		"another client":    {base.With("client", "eve"), "claim.client"},
		"no client":         {base.Without("client"), "claim.client"},
		"another device":    {base.With("device", "eve"), "claim.device"},
		"no device":         {base.Without("device"), "claim.device"},
		"not to be read":    {base.With("who", "unreadable"), "claim.who"},
		"the second of two": {base.With("more", "other").With("client", "eve"), "claim.client"},
		"the first of two":  {base.With("name", "eve").With("client", "eve"), "claim.name"},
	} {
		d := forgeable()
		err := d.unforged(base, d.stamp(c.after))
		if (err == nil) != (c.claim == "") {
			t.Errorf("%s: %v", name, err)
		}
		if got := (claimsJudge{d: d, base: base}).forger(base, c.after); err != nil && got != c.claim {
			t.Errorf("%s: %s is named", name, got)
		}
	}
	d := forgeable()
	if err := d.unforged(textClaims("who", "unreadable"), textClaims("who", "eve")); err != nil {
		t.Errorf("not to be read before either: %v", err)
	}
}

// TestCopyHeaders: of a refusal's headers those are sent that a hook may set; the type of
// the body is told apart.
func TestCopyHeaders(t *testing.T) {
	r := &ErrorResponse{Headers: map[string][]string{"x-help": {"a", "b"}, "Content-Type": {"application/problem+json"}, "X Help": {"c"}}}
	got := map[string][]string{"X-There": {"d"}}
	r.CopyHeaders(got)
	if len(got) != 2 || len(got["X-Help"]) != 2 || got["X-There"][0] != "d" {
		t.Errorf("got %v", got)
	}
}

// TestViewsOf: a request is judged as each thing for which it could be taken, and as what
// it is by its path where it is read in one way.
func TestViewsOf(t *testing.T) {
	a := &api.Attempt{Method: "GET", Host: "H", Path: "/x"}
	for want, at := range map[string]*place{
		"/x":    {host: "h"},
		"/x ":   {host: "h", read: &route.Reading{}},
		"/a":    {host: "h", read: &route.Reading{Meaning: route.Meaning{Path: "/a"}}},
		"/a /b": {host: "h", read: &route.Reading{Meaning: route.Meaning{Path: "/a"}, Also: []route.Meaning{{Path: "/b"}}}},
		"":      nil,
	} {
		var got []string
		for seen := range at.views(a) {
			got = append(got, seen.Path)
			if at != nil && seen.Host != "h" {
				t.Errorf("host %q", seen.Host)
			}
		}
		if strings.Join(got, " ") != strings.TrimSpace(want) {
			t.Errorf("got %v, want %s", got, want)
		}
	}
}

// TestShown: points that decide nothing see a request as the first thing for which it
// could be taken, by its host in any form; one whose host cannot be read, as it came.
func TestShown(t *testing.T) {
	table, err := route.Compile(nil)
	if err != nil {
		t.Fatal(err)
	}
	p := &policy{hooks: NewHooks(), rules: table}
	p.read = func(_, method, path, query string) (r route.Reading, err error) {
		if query == "broken" {
			return r, errors.New("broken")
		}
		if query != "" {
			r.Meaning = route.Meaning{Method: "POST", Path: query}
		}
		return r, nil
	}
	for want, a := range map[string]*api.Attempt{
		"GET h /x":   {Method: "GET", Host: "H:443", Path: "/x"},
		"GET h /y":   {Method: "GET", Host: "h", Path: "/y", Query: "broken"},
		"POST h /z":  {Method: "GET", Host: "h", Path: "/x", Query: "/z"},
		"GET  /here": {Method: "GET", Host: "no host", Path: "/here", Query: "/z"},
		"GET h ":     {Method: "GET", Host: "h", Query: "/z"},
	} {
		if got := p.shown(a); got.Method+" "+got.Host+" "+got.Path != want {
			t.Errorf("got %s %s %s, want %s", got.Method, got.Host, got.Path, want)
		}
	}
	if p.shown(nil) != nil {
		t.Error("nothing became something")
	}
	p.read = nil
	if got := p.shown(&api.Attempt{Method: "GET", Host: "h", Path: "/x", Query: "/z"}); got.Path != "/x" {
		t.Errorf("nothing reads it: %s", got.Path)
	}
}
