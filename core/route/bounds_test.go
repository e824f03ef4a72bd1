package route

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestNames_spellings tests names with a wildcard and names of the maximum length.
func TestNames_spellings(t *testing.T) {
	long := strings.Repeat("x", maxName)
	for _, tc := range []struct {
		in, name string
		want     bool
	}{
		{"x-", "x-y", false}, {"x-", "x-", true}, {"x-*", "x-y", true}, {"x-*", "x-", true}, {"x-*", "x", false}, {"x-*", "xy-z", false},
		{"x*", "x-y", false}, {"x*", "xy", false}, {"x*", "x*", true}, {"x*", "x-", true}, {"*", "a", false}, {"a-b-*", "a-b-c", true}, {"a-b-*", "a-c", false},
		{long, long, true}, {long, long + "x", false}, {long, long[1:], false}, {long + "x", long, false}, {long + "x", long + "x", false},
		{long[2:] + "-*", long[2:] + "-y", true}, {"a", "A", true}, {"a", "b", false}, {"a", "", false}, {"", "", false}, {"", "a", false},
	} {
		if got := NewNames([]string{tc.in}).Has(tc.name); got != tc.want {
			t.Errorf("%.20q (%d bytes) has %.20q (%d bytes): got %v, want %v", tc.in, len(tc.in), tc.name, len(tc.name), got, tc.want)
		}
	}
}

// TestIsPlainName tests each byte and each length.
func TestIsPlainName(t *testing.T) {
	for c := range 256 {
		b := string([]byte{byte(c)})
		want := strings.Contains("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-", b)
		for _, name := range []string{b, "a" + b, b + "a"} {
			if IsPlainName(name) != want {
				t.Errorf("%q is plain: want %v", name, want)
			}
		}
	}
	for n, want := range map[int]bool{0: false, 1: true, maxName: true, maxName + 1: false} {
		if IsPlainName(strings.Repeat("a", n)) != want {
			t.Errorf("a name of %d bytes is plain: want %v", n, want)
		}
	}
}

// TestForwardNames_tells: the error says why a header cannot be forwarded from clients.
func TestForwardNames_tells(t *testing.T) {
	for name, want := range map[string]string{
		"a_b": "write its name in letters", "": "write its name in letters",
		"authorization": "carries credentials", "X-API-Key": "carries credentials", "cookie": "carries credentials", "Proxy-Authorization": "carries credentials",
		"x-auth-user": "is never taken from a client", "x-original-url": "is never taken from a client", "host": "is never taken from a client",
		"accept": "is forwarded in any case", "x-request-id": "is forwarded in any case",
	} {
		if list, err := ForwardNames([]string{name}); err == nil || !strings.Contains(err.Error(), want) || len(list) > 0 {
			t.Errorf("%q: got %v, %v, want %q", name, list, err, want)
		}
	}
	list, err := ForwardNames([]string{"x-user", "x-real-ip", "x_user", "X-User"})
	if got := fmt.Sprint(err); !slices.Equal(list, []string{"X-User", "X-Real-Ip"}) || !strings.Contains(got, `"X-User" is in the list already`) || !strings.Contains(got, `"x_user": write`) {
		t.Errorf("got %v, %v; want %v, text with %q and text with %q", list, err, []string{"X-User", "X-Real-Ip"}, `"X-User" is in the list already`, `"x_user": write`)
	}
	if err := ProtectNames([]string{"a_b", "host", "x-a"}); err == nil || strings.Count(err.Error(), "header") != 2 {
		t.Errorf("got %v, want two faults", err)
	}
}

// TestHost_tells: the error says what is wrong with a host.
func TestHost_tells(t *testing.T) {
	for host, want := range map[string]string{
		"a:x": "the port in the host is not a number", "a:1x": "the port in the host is not a number", "a:123456": "the port in the host is not a number",
		"[::1": "the host is not a valid bracketed IPv6 address", "[a]": "the host is not a valid bracketed IPv6 address",
		"[::1]80": "the host is not a valid bracketed IPv6 address", "[::1]:x": "the host is not a valid bracketed IPv6 address",
		"[::1]:123456": "the host is not a valid bracketed IPv6 address", "[]": "the host is not a valid bracketed IPv6 address",
		"[::g]": "the host is not a valid IPv6 address", "::1%eth0": "the host is not a valid IPv6 address", "a:b:c": "the host is not a valid IPv6 address",
		":80": "the host name is not valid", "a..b": "the host name is not valid", "a b": "the host name is not valid", ".a": "the host name is not valid",
		strings.Repeat("a", maxHost): "the host name is not valid",
	} {
		if got, err := Host(host); got != "" || err == nil || !strings.HasSuffix(err.Error(), ": "+want) {
			t.Errorf("%q: got %q, %v, want %q", host, got, err, want)
		}
	}
	longest := strings.Repeat("a", maxHost-1)
	for host, want := range map[string]string{
		"a:12345": "a", "A-b_c": "a-b_c", "a-B": "a-b", "A.b.": "a.b", longest: longest, longest + ".": longest, "[::1]:12345": "::1", "::1": "::1", "A:80": "a", "a-": "a-",
	} {
		if got, err := Host(host); got != want || err != nil {
			t.Errorf("Host(%.20q) = %.20q, %v; want %v", host, got, err, want)
		}
	}
}

// TestEscapePath_bytes: each byte is escaped as RFC 3986 says.
func TestEscapePath_bytes(t *testing.T) {
	const clear = "/-._~!$&'()*+,=:@abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	for c := range 256 {
		b := string([]byte{byte(c)})
		want := fmt.Sprintf("%%%02X", c)
		if strings.Contains(clear, b) {
			want = b
		}
		for path, want := range map[string]string{b: want, "/" + b: "/" + want, b + b: want + want, "a" + b + "b": "a" + want + "b"} {
			if got := EscapePath(path); got != want {
				t.Errorf("%q: got %q, want %q", path, got, want)
			}
		}
	}
}

// TestAuthority_spellings: the host is normalized, and the port is kept.
func TestAuthority_spellings(t *testing.T) {
	for raw, want := range map[string]string{
		"a": "a", "A": "a", "a.": "a", "A:80": "a:80", "a:80": "a:80", "a:": "a", "[::1]": "[::1]", "[::1]:80": "[::1]:80", "[0:0::1]": "[::1]", "[0:0::1]:80": "[::1]:80", "": "", "a b": "", "[::1]:": "[::1]",
	} {
		if got, err := Authority(raw); got != want || (err == nil) != (want != "" || raw == "") {
			t.Errorf("%q: got %q, %v, want %q", raw, got, err, want)
		}
	}
}
