package manifest

import (
	"slices"
	"strings"
	"testing"
)

// TestRights: a plugin has a right only if its manifest requests it and the operator grants
// it.
func TestRights(t *testing.T) {
	place := HTTPGrant{URL: "https://api.example/v1", Methods: []string{"POST"}}
	target, err := ParseTarget("https://api.example/v1/x")
	if err != nil {
		t.Fatal(err)
	}
	for name, right := range map[string]struct {
		grants Grants
		has    func(Rights) bool
	}{
		"read":                     {Grants{Read: []string{"user.login"}}, func(r Rights) bool { return r.Read("user.login") }},
		"read of a family":         {Grants{Read: []string{"claim.*"}}, func(r Rights) bool { return r.Read("claim.ext") }},
		"read of all":              {Grants{Read: []string{"*"}}, func(r Rights) bool { return r.Read("user.login") }},
		"read of what is written":  {Grants{Write: []string{"lifetime"}}, func(r Rights) bool { return r.Read("lifetime") }},
		"write":                    {Grants{Write: []string{"lifetime"}}, func(r Rights) bool { return r.Write("lifetime") }},
		"write of a family":        {Grants{Write: []string{"claim.*"}}, func(r Rights) bool { return r.Write("claim.ext") }},
		"write by name":            {Grants{Write: []string{"header.x-tenant"}}, func(r Rights) bool { return r.WriteNamed("header.x-tenant") }},
		"header":                   {Grants{Write: []string{"header.x-tenant"}}, func(r Rights) bool { return slices.Contains(r.Headers(), "x-tenant") }},
		"exp.extend":               {Grants{Allow: []string{"exp.extend"}}, func(r Rights) bool { return r.Allow("exp.extend") }},
		"route.widen":              {Grants{Allow: []string{"route.widen"}}, func(r Rights) bool { return r.Allow("route.widen") }},
		"roles.widen":              {Grants{Allow: []string{"roles.widen"}}, func(r Rights) bool { return r.Allow("roles.widen") }},
		"kv":                       {Grants{KV: true}, Rights.kv},
		"secret":                   {Grants{Secrets: []string{"key"}}, func(r Rights) bool { return r.Secret("key") }},
		"secrets":                  {Grants{Secrets: []string{"key"}}, Rights.secrets},
		"http":                     {Grants{HTTP: []HTTPGrant{place}}, func(r Rights) bool { _, ok := r.HTTP("POST", target); return ok }},
		"http among other places":  {Grants{HTTP: []HTTPGrant{{URL: "https://b.example/"}, place}}, func(r Rights) bool { _, ok := r.HTTP("POST", target); return ok }},
		"secret among others":      {Grants{Secrets: []string{"a", "key"}}, func(r Rights) bool { return r.Secret("key") }},
		"a right among all others": {Grants{Allow: []string{"route.widen", "exp.extend", "roles.widen"}}, func(r Rights) bool { return r.Allow("exp.extend") }},
	} {
		t.Run(name, func(t *testing.T) {
			for _, row := range []struct {
				asked, given Grants
				want         bool
			}{
				{Grants{}, Grants{}, false},
				{right.grants, Grants{}, false},
				{Grants{}, right.grants, false},
				{right.grants, right.grants, true},
				{right.grants, othersOf(right.grants), false},
				{othersOf(right.grants), right.grants, false},
			} {
				if got := right.has(Rights{row.asked, row.given}); got != row.want {
					t.Errorf("asked %+v, given %+v: %v, want %v", row.asked, row.given, got, row.want)
				}
			}
		})
	}
}

// othersOf is every right but those of g.
func othersOf(g Grants) Grants {
	others := Grants{KV: !g.KV, HTTP: []HTTPGrant{{URL: "https://other.example/", Methods: httpMethods}}}
	for _, right := range []string{"exp.extend", "route.widen", "roles.widen"} {
		if !slices.Contains(g.Allow, right) {
			others.Allow = append(others.Allow, right)
		}
	}
	if len(g.Write) == 0 && len(g.Read) == 0 {
		others.Read, others.Write = []string{"*"}, []string{"*"}
	} else {
		others.Read, others.Write = []string{"peer"}, []string{"status"}
	}
	others.Secrets = []string{"other"}
	return others
}

// TestRights_writeNeverByRead: a right to read does not include writing, on either side.
func TestRights_writeNeverByRead(t *testing.T) {
	reads, writes := Grants{Read: []string{"*", "lifetime"}}, Grants{Write: []string{"*", "lifetime"}}
	for _, r := range []Rights{{reads, writes}, {writes, reads}, {reads, reads}} {
		if r.Write("lifetime") || r.WriteNamed("lifetime") {
			t.Errorf("asked %+v, given %+v: it may write", r.Asked, r.Given)
		}
		if !r.Read("lifetime") {
			t.Errorf("asked %+v, given %+v: it may not read", r.Asked, r.Given)
		}
	}
}

// TestRights_named: headers are granted by name; "*" covers the requested ones.
func TestRights_named(t *testing.T) {
	for _, tc := range []struct {
		asked, given string
		want         bool
	}{
		{"header.x-a", "header.x-a", true}, {"header.x-a", "*", true}, {"*", "header.x-a", false}, {"*", "*", false},
		{"header.x-a", "header.x-b", false}, {"header.x-a", "header.*", false},
	} {
		r := Rights{Grants{Write: []string{tc.asked}}, Grants{Write: []string{tc.given}}}
		if got := r.WriteNamed("header.x-a"); got != tc.want {
			t.Errorf("asked %s, given %s: %v, want %v", tc.asked, tc.given, got, tc.want)
		}
		if got := slices.Contains(r.Headers(), "x-a"); got != tc.want {
			t.Errorf("asked %s, given %s: headers %v, want x-a: %v", tc.asked, tc.given, r.Headers(), tc.want)
		}
	}
}

// TestRights_private: only the operator can declare a URL as private.
func TestRights_private(t *testing.T) {
	open, private := HTTPGrant{URL: "https://a.example/"}, HTTPGrant{URL: "https://a.example/", Private: true}
	elsewhere := HTTPGrant{URL: "https://b.example/", Private: true}
	target, err := ParseTarget("https://a.example/x")
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		asked, given []HTTPGrant
		private      bool
	}{
		{[]HTTPGrant{private}, []HTTPGrant{open}, false},
		{[]HTTPGrant{open}, []HTTPGrant{private}, true},
		{[]HTTPGrant{private}, []HTTPGrant{private}, true},
		{[]HTTPGrant{open}, []HTTPGrant{open, private}, true},
		{[]HTTPGrant{open}, []HTTPGrant{private, open}, true},
		{[]HTTPGrant{open}, []HTTPGrant{elsewhere, open}, false},
	} {
		if got, ok := (Rights{Grants{HTTP: tc.asked}, Grants{HTTP: tc.given}}).HTTP("GET", target); !ok || got != tc.private {
			t.Errorf("asked %+v, given %+v: private %v, %v, want %v", tc.asked, tc.given, got, ok, tc.private)
		}
	}
}

// TestRights_missing lists what is requested and not granted, of each kind.
func TestRights_missing(t *testing.T) {
	asked := Grants{Read: []string{"user.login"}, Write: []string{"lifetime"}, Allow: []string{"exp.extend"}, Secrets: []string{"key"}}
	all := []string{"read user.login", "write lifetime", "exp.extend", "secret key"}
	if got := (Rights{asked, Grants{}}).Missing(); !slices.Equal(got, all) {
		t.Errorf("got %v, want %v", got, all)
	}
	if got := (Rights{asked, asked}).Missing(); len(got) > 0 {
		t.Errorf("got %v, want nothing", got)
	}
	for given, want := range map[string]string{"user.login": "", "user.*": "", "*": "", "user.email": "read user.*", "u*": ""} {
		got := (Rights{Grants{Read: []string{"user.*"}}, Grants{Read: []string{given}}}).Missing()
		if given == "user.login" || given == "user.email" { // members of what is asked for
			want = ""
		}
		if strings.Join(got, " ") != want {
			t.Errorf("given %s: %v, want %q", given, got, want)
		}
	}
	if got := (Rights{Grants{Write: []string{"lifetime"}}, Grants{Read: []string{"*"}}}).Missing(); !slices.Equal(got, []string{"write lifetime"}) {
		t.Errorf("to read is not to write: %v", got)
	}
}

// TestHTTPGrant_covers tests each part of a URL by itself.
func TestHTTPGrant_covers(t *testing.T) {
	g := HTTPGrant{URL: "https://api.example/v1"}
	posts := HTTPGrant{URL: "https://api.example/v1/", Methods: []string{"POST", "PUT"}}
	for _, tc := range []struct {
		g           HTTPGrant
		method, url string
		want        bool
	}{
		{g, "GET", "https://api.example/v1", true}, {g, "GET", "https://api.example/v1/", true}, {g, "GET", "https://api.example/v1/x?q=1", true},
		{g, "GET", "https://api.example:443/v1", true}, {g, "GET", "https://API.example/v1", true},
		{g, "GET", "https://api.example/v10", false}, {g, "GET", "https://api.example/", false}, {g, "GET", "https://api.example:444/v1", false},
		{g, "GET", "http://api.example/v1", false}, {g, "GET", "http://api.example:443/v1", false}, {g, "GET", "https://xapi.example/v1", false},
		{g, "POST", "https://api.example/v1", false}, {g, "HEAD", "https://api.example/v1", false},
		{posts, "POST", "https://api.example/v1/", true}, {posts, "PUT", "https://api.example/v1/x", true}, {posts, "GET", "https://api.example/v1/", false},
		{posts, "POST", "https://api.example/v1", false}, {posts, "PATCH", "https://api.example/v1/", false},
		{HTTPGrant{URL: "https://api.example"}, "GET", "https://api.example/anything", true},
	} {
		u, err := ParseTarget(tc.url)
		if err != nil {
			t.Errorf("%s: %v", tc.url, err)
			continue
		}
		if got := tc.g.covers(tc.method, u); got != tc.want {
			t.Errorf("%+v covers %s %s: %v, want %v", tc.g, tc.method, tc.url, got, tc.want)
		}
	}
}

// TestParseTarget: a URL that servers may read in two ways is refused.
func TestParseTarget(t *testing.T) {
	for _, good := range []string{"https://a.example", "http://a.example/x", "https://a.example/x/", "https://a.example/%20a", "https://a.example/x?y=%2f;z#"} {
		if _, err := ParseTarget(good); err != nil {
			t.Errorf("%s: ParseTarget: %v", good, err)
		}
	}
	bad := []string{
		"", "/x", "a.example/x", "//a.example/x", "ftp://a.example/", "HTTPSX://a.example", "https:a.example", "https:///x",
		"https://user@a.example/", "https://user:pass@a.example/", "https://a.example/#part", "https://a.example/a//b", "https://a.example/a/./b",
		"https://a.example/a/../b", "https://a.example/..", "https://a.example/.", "https://a.example//", "https://a.example/%zz", "https://a.example/\x01",
	}
	for _, escape := range []string{"%2f", "%2F", "%2e", "%2E", "%5c", "%5C", "%25", `\`, ";"} {
		bad = append(bad, "https://a.example/a"+escape+"b", "https://a.example/"+escape, "https://a.example/a/b"+escape)
	}
	for _, text := range bad {
		if u, err := ParseTarget(text); err == nil {
			t.Errorf("%q is taken as %s", text, u)
		}
	}
}

// TestHTTPGrant_check tests what a grant may contain.
func TestHTTPGrant_check(t *testing.T) {
	for _, tc := range []struct {
		g    HTTPGrant
		want string
	}{
		{HTTPGrant{URL: "https://a.example/", Methods: httpMethods}, ""},
		{HTTPGrant{URL: "http://a.example/", Private: true}, ""},
		{HTTPGrant{URL: "http://a.example/"}, "use https"},
		{HTTPGrant{URL: "https://a.example/?x=1"}, "remove the query"},
		{HTTPGrant{URL: "https://a.example/a/../b"}, "not canonical"},
		{HTTPGrant{URL: "https://a.example/", Methods: []string{"GET", "get"}}, `method is "get"`},
		{HTTPGrant{URL: "https://a.example/", Methods: []string{"CONNECT"}}, "CONNECT"},
		{HTTPGrant{URL: "https://a.example/", Methods: []string{"TRACE"}}, "TRACE"},
		{HTTPGrant{URL: "https://a.example/", Methods: []string{"OPTIONS"}}, "OPTIONS"},
	} {
		err := Grants{HTTP: []HTTPGrant{tc.g}}.Check()
		if tc.want == "" && err != nil || tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)) {
			t.Errorf("%+v: %v, want %q", tc.g, err, tc.want)
		}
	}
}
