package manifest_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// FuzzManifest: a manifest that parses has a name, a supported ABI version, and known
// points without duplicates.
func FuzzManifest(f *testing.F) {
	for _, text := range []string{
		`{"name":"m","version":"1","abi":{"major":1,"minor":0},"hooks":["auth-expire"]}`,
		`{"name":"m","version":"1","abi":{"major":1,"minor":0},"hooks":["auth-expire"],"grants":{"read":["a*"],"allow":["exp.extend"],"kv":true,"secrets":["s"],"http":[{"url":"https://a.example/v1","methods":["GET"]}]},"config":{"type":"object"}}`,
		`{"name":"m","abi":{"major":1}}}`, `{"name":"M"}`, `[]`, `{"hooks":["auth-expire","auth-expire"]}`, "\x00",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := manifest.Parse(text)
		if err != nil {
			return
		}
		seen := map[string]bool{}
		for _, name := range m.Hooks {
			if _, ok := abi.Lookup(name); !ok || seen[name] {
				t.Errorf("hook %q", name)
			}
			seen[name] = true
		}
		if m.Name == "" || m.ABI.Major != abi.Major {
			t.Errorf("accepted %+v, want a name and the major version of the ABI", m)
		}
		written, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		again, err := manifest.Parse(written)
		if err != nil {
			t.Fatalf("%s: %v", written, err)
		}
		if twice, err := json.Marshal(again); err != nil || !bytes.Equal(twice, written) {
			t.Errorf("%s is written again as %s, %v", written, twice, err)
		}
	})
}
