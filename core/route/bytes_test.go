package route

import (
	"fmt"
	"strings"
	"testing"
)

// passesBare reports whether a path may contain the byte unescaped, and passesEscaped
// whether it may in percent-encoding, as the comment of Canonical says.
func passesBare(c byte) bool {
	return c > 0x20 && c < 0x7f && !strings.ContainsRune(`\#;%?`, rune(c)) || c == ' '
}

func passesEscaped(c byte) bool {
	return c >= 0x20 && c < 0x7f && !strings.ContainsRune(`\#;%/.`, rune(c))
}

// TestCanonical_bytes tests each byte, bare and percent-encoded, at the start, in the
// middle and at the end of a segment.
func TestCanonical_bytes(t *testing.T) {
	for c := range 256 {
		b := string([]byte{byte(c)})
		for _, around := range []string{"/a%sb", "/%sb", "/a%s", "/x/a%sb/y"} {
			if b == "?" || b == "/" {
				continue // which end a path or a segment
			}
			target := fmt.Sprintf(around, b)
			path, _, err := Canonical(target)
			if want := passesBare(byte(c)); (err == nil) != want && !(c == '.' && around == "/%s") {
				t.Errorf("%q: %q, %v, want it taken: %v", target, path, err, want)
			}
			for _, escape := range []string{"%%%02x", "%%%02X"} {
				target := fmt.Sprintf(around, fmt.Sprintf(escape, c))
				path, _, err := Canonical(target)
				if want := passesEscaped(byte(c)); (err == nil) != want {
					t.Errorf("%q: %q, %v, want it taken: %v", target, path, err, want)
				} else if want && path != fmt.Sprintf(around, b) {
					t.Errorf("%q is read as %q", target, path)
				}
			}
		}
	}
}

// TestCanonical_escapes tests every pair of bytes after a percent sign.
func TestCanonical_escapes(t *testing.T) {
	const digits = "0123456789abcdefABCDEF"
	for a := range 256 {
		for b := range 256 {
			pair := string([]byte{byte(a), byte(b)})
			hex := strings.Contains(digits, pair[:1]) && strings.Contains(digits, pair[1:])
			_, _, err := Canonical("/x" + "%" + pair + "y")
			if !hex && err == nil && a != '?' && b != '?' {
				t.Errorf("%%%q is taken", pair)
			}
		}
	}
	for _, target := range []string{"/%", "/%4", "/a%", "/%4/x", "/%2N", "/%N2", "/%g0", "/%0g", "/%:0", "/%@1", "/%`1", "/%2f", "/%252e"} {
		if path, _, err := Canonical(target); err == nil {
			t.Errorf("%q is taken as %q", target, path)
		}
	}
}

// TestCanonical_queryBytes: a query has no byte that could end or split a request line.
func TestCanonical_queryBytes(t *testing.T) {
	for c := range 256 {
		want := c > 0x20 && c != 0x7f && c != '#'
		target := "/x?a" + string([]byte{byte(c)}) + "b"
		if _, query, err := Canonical(target); (err == nil) != want || want && "/x?"+query != target {
			t.Errorf("%q: %q, %v, want it taken: %v", target, query, err, want)
		}
	}
}

// TestCanonical_bounds tests the longest valid target, and one byte more.
func TestCanonical_bounds(t *testing.T) {
	for _, tc := range []struct {
		target string
		want   bool
	}{
		{"/" + strings.Repeat("a", MaxTarget-1), true}, {"/" + strings.Repeat("a", MaxTarget), false},
		{"/?" + strings.Repeat("a", MaxTarget-2), true}, {"/?" + strings.Repeat("a", MaxTarget-1), false},
		{strings.Repeat("/a", MaxSegments), true}, {strings.Repeat("/a", MaxSegments+1), false}, {strings.Repeat("/a", MaxSegments) + "/", false},
		{strings.Repeat("/a", MaxSegments-1) + "/", true},
		{"/", true}, {"", false}, {"a", false}, {"*", false}, {"//", false}, {"/a//b", false}, {"/a/", true}, {"/a//", false},
		{"/.", false}, {"/..", false}, {"/...", true}, {"/.a", true}, {"/a.", true}, {"/a/.", false}, {"/a/..", false}, {"/./a", false}, {"/a/../b", false},
	} {
		if _, _, err := Canonical(tc.target); (err == nil) != tc.want {
			t.Errorf("%.40q (%d bytes): %v, want it taken: %v", tc.target, len(tc.target), err, tc.want)
		}
	}
}

// TestHost_bytes tests each byte in a host name.
func TestHost_bytes(t *testing.T) {
	for c := range 256 {
		b := byte(c)
		name := "a" + string([]byte{b}) + "b"
		want := b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '-' || b == '.' || b == '_'
		if b == ':' {
			continue // a colon begins a port
		}
		host, err := Host(name)
		if (err == nil) != want || want && host != strings.ToLower(name) {
			t.Errorf("%q: %q, %v, want it taken: %v", name, host, err, want)
		}
	}
	for _, tc := range []struct {
		host, want string
		ok         bool
	}{
		{strings.Repeat("a", 63) + ".b", strings.Repeat("a", 63) + ".b", true},
		{"a.b.", "a.b", true}, {"a.b..", "", false}, {"a..b", "", false}, {".a", "", false}, {".", "", false}, {"", "", true},
		{"a:", "a", true}, {"a:1", "a", true}, {"a:65535", "a", true}, {"a:x", "", false}, {"a:1x", "", false}, {"a: 1", "", false}, {"a:-1", "", false},
		{"[::1]", "::1", true}, {"[::1]:80", "::1", true}, {"[::1", "", false}, {"[::1]80", "", false}, {"[::1]:x", "", false}, {"[a]", "", false},
		{"[::1%25eth0]", "", false}, {"u@a", "", false}, {"a%2eb", "", false},
	} {
		if host, err := Host(tc.host); host != tc.want || (err == nil) != tc.ok {
			t.Errorf("%.40q: %q, %v, want %.40q, %v", tc.host, host, err, tc.want, tc.ok)
		}
	}
}
