package manifest

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/plugins/abi"
)

// TestGrants_Check tests each invalid pattern, right and URL.
func TestGrants_Check(t *testing.T) {
	for _, tc := range []struct {
		g    Grants
		want string // "" for a good one
	}{
		{Grants{Read: []string{"user.login", "user.*", "*", "header.x-a"}, Write: []string{"lifetime", "claim.*", "*", "header.x-a"}, Allow: []string{abi.AllowExtend, abi.AllowWiden, abi.AllowRoles}}, ""},
		{Grants{Read: []string{""}}, `read: pattern is ""`}, {Grants{Write: []string{""}}, `write: pattern is ""`}, {Grants{Read: []string{"a*b"}}, "must be a key or a prefix"}, {Grants{Read: []string{"**"}}, "must be a key or"}, {Grants{Read: []string{"*x"}}, "must be a key or"},
		{Grants{Read: []string{"usr.login"}}, `read "usr.login": no hook point has such a key; is "user.login" meant?`}, {Grants{Read: []string{"zzzzzzzzz"}}, `no hook point has such a key`}, {Grants{Read: []string{"zzz*"}}, "no hook point has such a key"},
		{Grants{Write: []string{"user.login"}}, "not writable at any hook point: put it under read"}, {Grants{Write: []string{"usr.login"}}, "no hook point has such a key"},
		{Grants{Write: []string{"header.*"}}, "list the headers"}, {Grants{Write: []string{"header.x-*"}}, "list the headers"}, {Grants{Write: []string{"head*"}}, "list the headers"}, {Grants{Write: []string{"h*"}}, "list the headers"}, {Grants{Write: []string{"header.x_a"}}, "letters, digits and hyphens"}, {Grants{Write: []string{"header."}}, "letters, digits and hyphens"},
		{Grants{Allow: []string{"exp"}}, `allow "exp": must be`}, {Grants{Allow: []string{abi.AllowRoles, ""}}, "allow"},
		{Grants{HTTP: []HTTPGrant{{URL: "https://a.example"}, {URL: "x"}}}, `http: url "x"`},
	} {
		if err := tc.g.Check(); (err == nil) != (tc.want == "") || err != nil && (!strings.HasPrefix(err.Error(), "grants: ") || !strings.Contains(err.Error(), tc.want)) {
			t.Errorf("%+v: got %v, want %q", tc.g, err, tc.want)
		}
	}
}

// TestCovers_patterns: a pattern covers its key, or with a star every key with its prefix.
func TestCovers_patterns(t *testing.T) {
	for _, tc := range []struct {
		pattern, key string
		want, answer bool // whether it covers the key, and whether it matches it as a requested pattern
	}{
		{"a.b", "a.b", true, true}, {"a.b", "a.bc", false, false}, {"a.b", "a", false, false}, {"a.*", "a.b", true, true}, {"a.*", "a.", true, true}, {"a.*", "ab", false, false}, {"*", "x", true, true}, {"a*", "a", true, true}, {"", "", true, true}, {"", "a", false, false},
		{"a.b", "a.*", false, true}, {"a.b", "*", false, true}, {"b", "a.*", false, false}, {"a.", "a.", true, true}, {"a.b", "a.", false, false}, {"a.b.c", "a.b", false, false},
	} {
		for _, lists := range [][2][]string{{{tc.pattern}, nil}, {nil, {tc.pattern}}, {{"z"}, {"y", tc.pattern}}} {
			if got := covers(lists[0], lists[1], tc.key); got != tc.want {
				t.Errorf("%v covers %q: got %v, want %v", lists, tc.key, got, tc.want)
			}
			if got := answers(lists[0], lists[1], tc.key); got != tc.answer {
				t.Errorf("%v answers %q: got %v, want %v", lists, tc.key, got, tc.answer)
			}
		}
	}
	r := Rights{Grants{Write: []string{"header.x-a", "header.x-b", "lifetime"}}, Grants{Write: []string{"header.x-a", "*", "header.x-c"}}}
	if got := r.Headers(); !slices.Equal(got, []string{"x-a", "x-b"}) {
		t.Errorf("got %v, want each header once", got)
	}
}

// TestHTTPGrant_parts tests every method, default ports, and invalid URLs.
func TestHTTPGrant_parts(t *testing.T) {
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} {
		if err := (HTTPGrant{URL: "https://a.example", Methods: []string{method}}).check(); err != nil {
			t.Errorf("%s: check: %v", method, err)
		}
	}
	for _, method := range []string{"get", "OPTIONS", "CONNECT", "TRACE", ""} {
		if (HTTPGrant{URL: "https://a.example", Methods: []string{method}}).check() == nil {
			t.Errorf("%q can be granted", method)
		}
	}
	for address, want := range map[string]string{"http://A.b": "a.b:80", "https://a": "a:443", "https://a:80": "a:80", "http://[::1]:9": "::1:9", "ftp://a": "a:"} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if got := HostPort(u); got != want {
			t.Errorf("%s: HostPort: got %s, want %s", address, got, want)
		}
	}
	u, _ := ParseTarget("https://a.example/x")
	if (HTTPGrant{URL: "%zz"}).covers("GET", u) || (HTTPGrant{URL: "http://a.example:443/"}).covers("GET", u) {
		t.Error("no place covers a request")
	}
	if (HTTPGrant{URL: "http://a.example", Private: true}).check() != nil || (HTTPGrant{URL: "http://a.example"}).check() == nil || (HTTPGrant{URL: "https://a.example/x?y"}).check() == nil {
		t.Error("http and queries")
	}
	for text, fine := range map[string]bool{`https://a/\`: false, "https://a/;": false, "https://a/%5C": false, "https:a": false, "https://a/b/": true, "https://a/b//": false, "https://a/./": false, "https://a//": false} {
		if _, err := ParseTarget(text); (err == nil) != fine {
			t.Errorf("ParseTarget(%q) = %v, want an error: %v", text, err, !fine)
		}
	}
}

// section returns a module with custom sections that contain these manifests.
func section(manifests ...string) []byte {
	module := []byte("\x00asm\x01\x00\x00\x00")
	for _, m := range manifests {
		body := string([]byte{byte(len(abi.ManifestSection))}) + abi.ManifestSection + m
		module = append(append(module, 0, byte(len(body))), body...)
	}
	return module
}

// TestTheManifest: the manifest may be inside the module or next to it.
func TestTheManifest(t *testing.T) {
	for _, tc := range []struct {
		inside []string
		beside string
		want   string
	}{
		{nil, "", ""}, {nil, `{"a":1}`, `{"a":1}`}, {[]string{`{"a":1}`}, "", `{"a":1}`}, {[]string{`{"a":1}`}, `{ "a" : 1 }`, `{"a":1}`}, {[]string{`{"a":1}`}, `{"a":2}`, errTwoManifests.Error()}, {[]string{`{"a":1}`}, `{`, errTwoManifests.Error()},
		{[]string{`{"a":1}`, `{"a":1}`}, "", errManySections.Error()}, {[]string{`{"a":1}`, `{"a":1}`}, `{"a":1}`, errManySections.Error()},
	} {
		var beside []byte
		if tc.beside != "" {
			beside = []byte(tc.beside)
		}
		got, err := Find(section(tc.inside...), beside)
		if err != nil {
			got = []byte(err.Error())
		}
		if string(got) != tc.want {
			t.Errorf("%v beside %q: got %s, want %s", tc.inside, tc.beside, got, tc.want)
		}
	}
}
