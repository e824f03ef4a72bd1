package plugins

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// TestSource_open reads a plugin from each kind of source, and tests each error.
func TestSource_open(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	for name, text := range map[string]string{"a.wasm": "module", "a.json": `{"name":"a"}`, "a.jws": "sig", "a.vectors.json": "[]", "b.wasm": "module", "big.wasm": "module!"} {
		if err := os.WriteFile(at(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(os.Mkdir(at("d.json"), 0o700), os.WriteFile(at("d.wasm"), nil, 0o600), os.Mkdir(at("dir.wasm"), 0o700)); err != nil {
		t.Fatal(err)
	}
	sum := manifest.Digest([]byte("module"))
	small := manifest.Limits{ModuleBytes: 6}
	for name, tc := range map[string]struct {
		spec Spec
		want string
	}{
		"file": {Spec{File: at("a.wasm"), Limits: small}, ""}, "module": {Spec{Module: []byte("module")}, ""}, "neither": {Spec{}, "give either a file or a module"}, "both": {Spec{File: at("a.wasm"), Module: []byte("x")}, "give either"},
		"no file": {Spec{File: at("none.wasm")}, "no such file"}, "a directory": {Spec{File: at("dir.wasm")}, "not a regular file"}, "a manifest that is a directory": {Spec{File: at("d.wasm")}, "not a regular file"}, "too large": {Spec{File: at("big.wasm"), Limits: small}, "more than 6 bytes"}, "module too large": {Spec{Module: []byte("module!"), Limits: small}, "more than 6 bytes"},
		"isolation": {Spec{Module: []byte("x"), Isolation: "x"}, "isolation"}, "name": {Spec{Module: []byte("x"), Name: "A"}, "the name: use lower-case"}, "longest name": {Spec{Module: []byte("x"), Name: strings.Repeat("a", 64)}, ""}, "long name": {Spec{Module: []byte("x"), Name: strings.Repeat("a", 65)}, "the name"},
		"configuration": {Spec{Module: []byte("x"), Config: map[string]string{"ab": strings.Repeat("x", abi.MaxConfig-2)}}, ""}, "large configuration": {Spec{Module: []byte("x"), Config: map[string]string{"ab": strings.Repeat("x", abi.MaxConfig-1)}}, "the configuration has"},
		"limits": {Spec{Module: []byte("x"), Limits: manifest.Limits{Share: 101}}, "limits"}, "grants": {Spec{Module: []byte("x"), Grants: manifest.Grants{Allow: []string{"x"}}}, "grants"},
		"pin": {Spec{Module: []byte("module"), SHA256: sum}, ""}, "pin in capitals": {Spec{Module: []byte("module"), SHA256: strings.ToUpper(sum)}, ""}, "another pin": {Spec{Module: []byte("x"), SHA256: sum}, "pinned is"}, "half a pin": {Spec{Module: []byte("x"), SHA256: sum[:32]}, "64 hexadecimal digits"}, "no pin": {Spec{Module: []byte("x"), SHA256: "z" + sum[1:]}, "64 hexadecimal digits"},
	} {
		src, err := open(tc.spec)
		if (err == nil) != (tc.want == "") || err != nil && !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: got %v, want %q", name, err, tc.want)
		}
		if err == nil && src.trusted != (tc.spec.SHA256 != "") {
			t.Errorf("%s: trusted %v", name, src.trusted)
		}
	}
	src, err := open(Spec{File: at("a.wasm")})
	if err != nil || string(src.module) != "module" || string(src.manifest) != `{"name":"a"}` || string(src.spec.Signature) != "sig" || string(src.spec.Vectors) != "[]" || src.digest != sum || src.bytes != 6 {
		t.Errorf("open = %+v, %v; want the files beside the module", src, err)
	}
	if src, err = open(Spec{File: at("b.wasm")}); err != nil || src.manifest != nil || src.spec.Signature != nil || src.spec.Vectors != nil {
		t.Errorf("open = %+v, %v; want no files beside b.wasm", src, err)
	}
	if src, err = open(Spec{File: at("a.wasm"), Manifest: []byte(`{"name":"own"}`), Signature: []byte("own")}); err != nil || string(src.manifest) != `{"name":"own"}` || string(src.spec.Signature) != "own" {
		t.Errorf("what is given by itself counts: %+v, %v", src, err)
	}
	for want, s := range map[string]Spec{"n": {Name: "n", File: "f"}, "f": {File: "f"}, "(unnamed)": {}} {
		if s.label() != want {
			t.Errorf("got %s, want %s", s.label(), want)
		}
	}
}
