package route

import (
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
)

func TestCanonical_accepts(t *testing.T) {
	for _, tc := range []struct{ target, path, query string }{
		{"/", "/", ""},
		{"/a/b", "/a/b", ""},
		{"/a/", "/a/", ""},
		{"/a?x=1&y=/../z;%2e", "/a", "x=1&y=/../z;%2e"},
		{"/a?", "/a", ""},
		{"/a??", "/a", "?"},
		{"/%61dmin", "/admin", ""},
		{"/a%20b", "/a b", ""},
		{"/caf%c3%A9", "/café", ""},
		{"/café", "/café", ""},
		{"/a%3Fb", "/a?b", ""},
		{"/.hidden/...", "/.hidden/...", ""},
		{"/a.b:c@d/*", "/a.b:c@d/*", ""},
		{"/" + strings.Repeat("a/", MaxSegments-1), "/" + strings.Repeat("a/", MaxSegments-1), ""},
	} {
		path, query, err := Canonical(tc.target)
		if err != nil || path != tc.path || query != tc.query {
			t.Errorf("Canonical(%q) = %q, %q, %v; want %q, %q", tc.target, path, query, err, tc.path, tc.query)
		}
	}
}

func TestCanonical_refuses(t *testing.T) {
	for _, tc := range []struct{ target, why string }{
		{"", "start with a slash"},
		{"a", "start with a slash"},
		{"*", "start with a slash"},
		{"?x", "start with a slash"},
		{"%2fa", "start with a slash"},
		{"http://h/a", "start with a slash"},
		{"//a", "two slashes"},
		{"/a//b", "two slashes"},
		{"/a//", "two slashes"},
		{"/.", "dot segment"},
		{"/a/./b", "dot segment"},
		{"/a/..", "dot segment"},
		{"/a/../b", "dot segment"},
		{"/a/%2e%2e/b", "a dot in percent-encoding"},
		{"/a/.%2E/b", "a dot in percent-encoding"},
		{"/a/.%20/b", "a segment of blanks"},
		{"/a/..%20/b", "a segment of blanks"},
		{"/a/%20../b", "a segment of blanks"},
		{"/a/%20", "a segment of blanks"},
		{"/a/%20/", "a segment of blanks"},
		{"/a/..%20.", "a segment of blanks"},
		{"/a%2fb", "a slash in percent-encoding"},
		{"/a%2Fb", "a slash in percent-encoding"},
		{"/a%5cb", "a backslash in percent-encoding"},
		{"/a%5Cb", "a backslash in percent-encoding"},
		{`/a\b`, "a backslash"},
		{"/a%252e", "a percent sign in percent-encoding"},
		{"/a%00", "a control character in percent-encoding"},
		{"/a%0d%0ab", "a control character in percent-encoding"},
		{"/a%7F", "a control character in percent-encoding"},
		{"/a\x00", "a control character"},
		{"/a\tb", "a control character"},
		{"/a%c2%85", "a control character"},
		{"/a;b", "a semicolon"},
		{"/a%3bb", "a semicolon in percent-encoding"},
		{"/a#b", "a number sign"},
		{"/a%23b", "a number sign in percent-encoding"},
		{"/a/%C2%A0/b", "a segment of blanks"},
		{"/a/..%C2%A0", "a segment of blanks"},
		{"/%E2%80%8B", "a segment of blanks"},
		{"/a%", "bad percent-encoding"},
		{"/a%2", "bad percent-encoding"},
		{"/a%zz", "bad percent-encoding"},
		{"/a%4g", "bad percent-encoding"},
		{"/%ff", "UTF-8"},
		{"/\xff", "UTF-8"},
		{"/%c0%ae", "UTF-8"},
		{"/%ed%a0%80", "UTF-8"},
		{"/a?x#y", "number sign"},
		{"/a?x y", "space or control"},
		{"/a?x\ny", "space or control"},
		{"/a?x\x7f", "space or control"},
		{"/" + strings.Repeat("a", MaxTarget), "longer than"},
		{"/" + strings.Repeat("a/", MaxSegments), "segments"},
	} {
		path, query, err := Canonical(tc.target)
		if err == nil || path != "" || query != "" {
			t.Errorf("Canonical(%q) = %q, %q, %v; want a refusal", tc.target, path, query, err)
			continue
		}
		e := api.AsError(err)
		if e.Code != api.Invalid || e.Reason != api.ReasonBadPath || !strings.Contains(e.Public, tc.why) {
			t.Errorf("Canonical(%q) says %v; want bad_path with %q", tc.target, err, tc.why)
		}
	}
}

func TestCanonical_plainTargetCostsNothing(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() { Canonical("/wp-json/app/v1/posts/17?page=2") }); n != 0 {
		t.Errorf("Canonical of a plain target allocates %v times, want 0", n)
	}
}

func TestEscapePath(t *testing.T) {
	for path, want := range map[string]string{
		"/":                 "/",
		"/a/b":              "/a/b",
		"/a b":              "/a%20b",
		"/café":             "/caf%C3%A9",
		"/a?b":              "/a%3Fb",
		`/"<>[]^{|}` + "`":  "/%22%3C%3E%5B%5D%5E%7B%7C%7D%60",
		"/-._~!$&'()*+,=:@": "/-._~!$&'()*+,=:@",
	} {
		if got := EscapePath(path); got != want {
			t.Errorf("EscapePath(%q) = %q, want %q", path, got, want)
		}
	}
}

func TestHost(t *testing.T) {
	for _, tc := range []struct{ host, want string }{
		{"", ""},
		{"example.com", "example.com"},
		{"Example.COM:8080", "example.com"},
		{"example.com.", "example.com"},
		{"example.com.:443", "example.com"},
		{"example.com:", "example.com"},
		{"a_b.test", "a_b.test"},
		{"127.0.0.1:80", "127.0.0.1"},
		{"[::1]:80", "::1"},
		{"[2001:DB8:0::1]", "2001:db8::1"},
		{"2001:db8::1", "2001:db8::1"},
	} {
		if got, err := Host(tc.host); err != nil || got != tc.want {
			t.Errorf("Host(%q) = %q, %v; want %q", tc.host, got, err, tc.want)
		}
	}
	for _, host := range []string{
		"a b", "a/b", "a@b", "user:pw@h", "h:80:90x", "h:x", ":80", ".", "..", ".a", "a..b", "a..", "é.test", "%61",
		"[::1", "[::1]x", "[::1]:x", "[h]", "[fe80::1%25eth0]", "fe80::1%eth0", "h,evil", strings.Repeat("a", 300),
	} {
		if got, err := Host(host); api.ReasonOf(err) != api.ReasonBadPath {
			t.Errorf("Host(%q) = %q, %v; want bad_path", host, got, err)
		}
	}
}

// FuzzCanonical states what "canonical" means: the path does not change when it is decoded
// or encoded again, and no segment leads to a parent.
func FuzzCanonical(f *testing.F) {
	for _, seed := range []string{"/", "/a/%61?x", "/a%20b/", "/%c3%a9", "/a/../b", "/a%2fb", "//a", "/a;b", "/a%25", "/%3f?#"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, target string) {
		path, query, err := Canonical(target)
		if err != nil {
			if api.CodeOf(err) != api.Invalid {
				t.Fatalf("Canonical(%q) fails with %v, want Invalid", target, err)
			}
			return
		}
		for _, part := range []string{"//", "/./", "/../", "%", `\`, "#", ";", "\x00"} {
			if strings.Contains(path+"/", part) && !(part == "//" && !strings.Contains(path, part)) {
				t.Fatalf("Canonical(%q) = %q contains %q", target, path, part)
			}
		}
		wire := EscapePath(path)
		if query != "" {
			wire += "?" + query
		}
		again, query2, err := Canonical(wire)
		if len(wire) <= MaxTarget && (err != nil || again != path || query2 != query) {
			t.Fatalf("Canonical(%q) = %q, %q, but %q reads as %q, %q, %v", target, path, query, wire, again, query2, err)
		}
	})
}

func FuzzHost(f *testing.F) {
	for _, seed := range []string{"", "h", "H.:80", "[::1]:8", "::1", "[", "a@b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, host string) {
		got, err := Host(host)
		if err != nil {
			return
		}
		if again, err := Host(got); err != nil || again != got {
			t.Fatalf("Host(%q) = %q, but Host of that is %q, %v", host, got, again, err)
		}
		if strings.ContainsAny(got, "/@%[] \r\n") || strings.ToLower(got) != got {
			t.Fatalf("Host(%q) = %q is not canonical", host, got)
		}
	})
}
