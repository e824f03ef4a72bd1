package plugins

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/plugins/manifest"
)

// TestVersion_logMissing: requested grants that are missing are logged.
func TestVersion_logMissing(t *testing.T) {
	asks := manifest.Rights{Asked: manifest.Grants{KV: true, Secrets: []string{"key"}}}
	for _, tc := range []struct {
		name string
		r    manifest.Rights
		want bool
	}{{"a", asks, true}, {"", asks, false}, {"a", manifest.Rights{}, false}, {"a", manifest.Rights{Asked: asks.Asked, Given: asks.Asked}, false}} {
		var log bytes.Buffer
		v := &version{manifest: manifest.Manifest{Name: tc.name}, rights: tc.r, log: slog.New(slog.NewTextHandler(&log, nil))}
		if v.logMissing(); strings.Contains(log.String(), "plugin is missing grants") != tc.want {
			t.Errorf("%+v: logged %q", tc, &log)
		}
	}
	for file, want := range map[string]string{"/a/b.wasm": "b", "b": "b", "a.b.wasm": "a.b", "": ""} {
		if got := nameOfFile(file); got != want {
			t.Errorf("nameOfFile(%q) = %q, want %q", file, got, want)
		}
	}
}

// TestSelfTest tests vectors that are invalid, too many, of another digest, or failing.
func TestSelfTest(t *testing.T) {
	failed := errors.New("vector 3")
	vectors := []byte("[]")
	for name, tc := range map[string]struct {
		vectors []byte
		named   string
		test    func(context.Context, Candidate) error
		want    string
		warned  bool
	}{
		"good": {vectors, "", func(context.Context, Candidate) error { return nil }, "", false}, "named": {vectors, manifest.Digest(vectors), func(context.Context, Candidate) error { return nil }, "", false}, "named otherwise": {vectors, "00", nil, "the manifest has vectors with SHA-256 00", false},
		"failing": {vectors, "", func(context.Context, Candidate) error { return failed }, "it fails its own vectors: vector 3", false}, "nobody tests": {vectors, "", nil, "", true}, "many": {make([]byte, maxVectors+1), "", nil, "the vectors have more than", false}, "as many as can be": {make([]byte, maxVectors), "", nil, "", true},
	} {
		var log bytes.Buffer
		v := &version{name: "p", manifest: manifest.Manifest{Vectors: tc.named}, source: source{spec: Spec{Vectors: tc.vectors}}, log: slog.New(slog.NewTextHandler(&log, nil))}
		err := v.selfTest(t.Context(), tc.test)
		if (err == nil) != (tc.want == "") || err != nil && !strings.Contains(err.Error(), tc.want) || strings.Contains(log.String(), "vectors not run") != tc.warned {
			t.Errorf("%s: got %v, log %q", name, err, &log)
		}
	}
}

// TestWatcher_changed detects files that differ from the last check.
func TestWatcher_changed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.wasm")
	write := func(name, text string) {
		if err := os.WriteFile(strings.TrimSuffix(file, ".wasm")+name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(".wasm", "one")
	spec := Spec{File: file}
	p, w := &Plugin{name: "a"}, watcher{seen: map[*Plugin]stamp{}}
	p.live.Store(&version{source: source{given: spec, stamp: stampOf(spec)}})
	for _, name := range []string{"", ".wasm", ".json", ".jws", ".vectors.json"} {
		if name != "" {
			write(name, "another "+name)
		}
		if got := w.changed(p); got != (name != "") {
			t.Errorf("after a change of %q: changed %v", name, got)
		}
		if w.changed(p) {
			t.Errorf("after a change of %q: it changes again", name)
		}
	}
	delete(w.seen, p)
	if !w.changed(p) {
		t.Error("what changed before it was watched is not seen")
	}
	module := &Plugin{}
	module.live.Store(&version{source: source{given: Spec{Module: []byte("x")}}})
	if w.changed(module) {
		t.Error("a module without a file has changed")
	}
}

// TestOpen_cacheDir: a host that cannot create its cache does not open.
func TestOpen_cacheDir(t *testing.T) {
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "none"))
	compiler := func(context.Context, []byte) ([]byte, error) { return nil, nil }
	if h, err := Open(t.Context(), Config{Compiler: compiler}); h != nil || err == nil || !strings.HasPrefix(err.Error(), "open plugin host: ") {
		t.Errorf("Open: got %v, %v; want nil and an error that begins with %q", h, err, "open plugin host: ")
	}
}
