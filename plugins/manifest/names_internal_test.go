package manifest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/plugins/abi"
)

// TestSuggest returns the nearest name, if one is near enough.
func TestSuggest(t *testing.T) {
	names := []string{"token-claims", "login-before", "get"}
	for name, want := range map[string]string{"token-claim": "token-claims", "token_claims": "token-claims", "tokenclaims": "token-claims", "loginbefore": "login-before", "gte": "get", "gat": "get", "set": "get", "xyz": "", "": "", "entirely-else": ""} {
		got := nearestOf(name, names)
		if want != "" {
			want = fmt.Sprintf("; is %q meant?", want)
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
	for i, want := range map[Import]string{{Module: "env", Name: "x"}: "the linker did not find", {Module: "other", Name: "get"}: "they are in module", {Module: abi.Module, Name: "gett"}: `is "get" meant`} {
		if got := suggestImport(i.Module, i.Name); !strings.Contains(got, want) {
			t.Errorf("%+v: suggestImport: got %q, want text with %q", i, got, want)
		}
	}
}

// TestManifest_check tests each member at its bounds.
func TestManifest_check(t *testing.T) {
	good := func() Manifest {
		return Manifest{Name: "a", ABI: ABI{abi.Major, abi.Minor}, Hooks: []string{"token-claims"}}
	}
	for want, change := range map[string]func(*Manifest){
		"": func(*Manifest) {}, `name ""`: func(m *Manifest) { m.Name = "" }, `name "A"`: func(m *Manifest) { m.Name = "A" }, `name "-a"`: func(m *Manifest) { m.Name = "-a" }, `name "a-"`: func(m *Manifest) { m.Name = "a-" }, "at most 64": func(m *Manifest) { m.Name = strings.Repeat("a", 65) },
		"abi.major is": func(m *Manifest) { m.ABI.Major++ }, "abi.major is 0": func(m *Manifest) { m.ABI.Major = 0 }, "use a newer Cardea": func(m *Manifest) { m.ABI.Minor++ }, "is listed twice": func(m *Manifest) { m.Hooks = []string{"token-claims", "token-claims"} }, `no hook point "x"`: func(m *Manifest) { m.Hooks = []string{"x"} }, "grants: allow": func(m *Manifest) { m.Grants.Allow = []string{"x"} },
	} {
		m := good()
		change(&m)
		if err := m.check(nil); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: got %v, want %q", m, err, want)
		}
	}
	long := `{"name":"a","abi":{"major":1,"minor":0},"hooks":[]}`
	for n, want := range map[int]string{abi.MaxManifest: "", abi.MaxManifest + 1: "bytes, at most"} {
		if _, err := Parse([]byte(long + strings.Repeat(" ", n-len(long)))); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}
