package plugins

import (
	"bytes"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// TestSource_open: what a plugin is read from, and each thing that is wrong with it.
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
		"no file": {Spec{File: at("none.wasm")}, "no such file"}, "a directory": {Spec{File: at("dir.wasm")}, "no regular file"}, "a manifest that is a directory": {Spec{File: at("d.wasm")}, "no regular file"}, "too large": {Spec{File: at("big.wasm"), Limits: small}, "more than 6 bytes"}, "module too large": {Spec{Module: []byte("module!"), Limits: small}, "more than 6 bytes"},
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
		t.Errorf("got %+v, %v", src, err)
	}
	if src, err = open(Spec{File: at("b.wasm")}); err != nil || src.manifest != nil || src.spec.Signature != nil || src.spec.Vectors != nil {
		t.Errorf("got %+v, %v", src, err)
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

// TestSweep_keeps: which files of a cache are whose, and what cannot be swept is told.
func TestSweep_keeps(t *testing.T) {
	for path, want := range map[string]time.Duration{
		"wazero-v1/abc": cacheAge, "wazero-v1/abc.tmp": partAge, "metering-1": partAge, "metered-1": cacheAge, "other": 0, "wazero-v1": 0, "x/wazero-v1/abc": 0, "x/metered-1": 0, "lock": 0, "wazer/abc": 0, "wazero-v1/x/abc": 0, "abc.tmp": 0,
	} {
		if age, ours := keptFor("/c", filepath.Join("/c", path)); age != want || ours != (want > 0) {
			t.Errorf("%s: got %v, %v", path, age, ours)
		}
	}
	if ignoreGone(fs.ErrNotExist) != nil || ignoreGone(nil) != nil || ignoreGone(fs.ErrPermission) == nil {
		t.Error("what is gone, and what is not")
	}
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, nil))
	if sweep("", time.Now(), logger); log.Len() > 0 {
		t.Errorf("without a cache:\n%s", &log)
	}
	if sweep(filepath.Join(t.TempDir(), "none"), time.Now(), logger); !strings.Contains(log.String(), "not cleared of what is old") {
		t.Errorf("a cache that is not there:\n%s", &log)
	}
	log.Reset()
	dir := t.TempDir()
	old := filepath.Join(dir, "metered-1", "x") // a directory in the place of a file
	if err := errors.Join(os.MkdirAll(old, 0o700), os.WriteFile(filepath.Join(dir, "metered-2"), nil, 0o600), os.WriteFile(filepath.Join(dir, "mine"), nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	if sweep(dir, time.Now().Add(cacheAge-time.Hour), logger); log.Len() > 0 {
		t.Errorf("nothing is old:\n%s", &log)
	}
	sweep(dir+"/", time.Now().Add(2*cacheAge), logger)
	list, err := os.ReadDir(dir)
	if err != nil || len(list) != 2 || list[0].Name() != "metered-1" || list[1].Name() != "mine" {
		t.Errorf("got %v, %v", list, err)
	}
}
