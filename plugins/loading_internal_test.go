package plugins

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/plugins/internal/wasm"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// TestVersion_tell: what was asked for in vain is told, of a plugin with a manifest.
func TestVersion_tell(t *testing.T) {
	asks := manifest.Rights{Asked: manifest.Grants{KV: true, Secrets: []string{"key"}}}
	for _, tc := range []struct {
		name string
		r    manifest.Rights
		want bool
	}{{"a", asks, true}, {"", asks, false}, {"a", manifest.Rights{}, false}, {"a", manifest.Rights{Asked: asks.Asked, Given: asks.Asked}, false}} {
		var log bytes.Buffer
		v := &version{manifest: manifest.Manifest{Name: tc.name}, rights: tc.r, log: slog.New(slog.NewTextHandler(&log, nil))}
		if v.tell(); strings.Contains(log.String(), "granted less than it asks for") != tc.want {
			t.Errorf("%+v: logged %q", tc, &log)
		}
	}
	if instances(manifest.Limits{Instances: 2}, true) != 2 || instances(manifest.Limits{}, true) < 8 || instances(manifest.Limits{}, false) < 1 {
		t.Error("how many instances there may be")
	}
	v := &version{}
	for _, tc := range []struct {
		g    guest
		want bool
	}{{guest{served: maxCalls - 1, born: time.Now()}, false}, {guest{served: maxCalls, born: time.Now()}, true}, {guest{born: time.Now().Add(-maxAge - time.Second)}, true}, {guest{born: time.Now().Add(-maxAge + time.Minute)}, false}} {
		if v.old(&tc.g) != tc.want {
			t.Errorf("%+v is old: want %v", tc.g, tc.want)
		}
	}
	if !v.worn(nil, &guest{broken: true, served: 1}) || v.worn(nil, &guest{served: 63, born: time.Now().Add(-time.Hour)}) {
		t.Error("what is broken is worn, and age is looked at each 64 calls")
	}
	for err, want := range map[error]bool{wasm.ErrFuel: true, errBusy: false} {
		if got := strings.Contains(startError(fmt.Errorf("x: %w", err)).Error(), "raise limits.start_fuel"); got != want {
			t.Errorf("%v: advice %v", err, got)
		}
	}
	for file, want := range map[string]string{"/a/b.wasm": "b", "b": "b", "a.b.wasm": "a.b", "": ""} {
		if got := nameOfFile(file); got != want {
			t.Errorf("%q: got %q", file, got)
		}
	}
}

// TestExamine: vectors that are none, too many, of another digest, or fail.
func TestExamine(t *testing.T) {
	failed := errors.New("vector 3")
	vectors := []byte("[]")
	for name, tc := range map[string]struct {
		vectors []byte
		named   string
		test    func(context.Context, Candidate) error
		want    string
		warned  bool
	}{
		"good": {vectors, "", func(context.Context, Candidate) error { return nil }, "", false}, "named": {vectors, manifest.Digest(vectors), func(context.Context, Candidate) error { return nil }, "", false}, "named otherwise": {vectors, "00", nil, "the manifest names vectors of SHA-256 00", false},
		"failing": {vectors, "", func(context.Context, Candidate) error { return failed }, "it fails its own vectors: vector 3", false}, "nobody tests": {vectors, "", nil, "", true}, "many": {make([]byte, maxVectors+1), "", nil, "bytes of vectors", false}, "as many as can be": {make([]byte, maxVectors), "", nil, "", true},
	} {
		var log bytes.Buffer
		v := &version{name: "p", manifest: manifest.Manifest{Vectors: tc.named}, source: source{spec: Spec{Vectors: tc.vectors}}, log: slog.New(slog.NewTextHandler(&log, nil))}
		err := (&Host{cfg: Config{SelfTest: tc.test}}).examine(t.Context(), v)
		if (err == nil) != (tc.want == "") || err != nil && !strings.Contains(err.Error(), tc.want) || strings.Contains(log.String(), "does not run them") != tc.warned {
			t.Errorf("%s: got %v, log %q", name, err, &log)
		}
	}
}

// TestWatcher_changed: files that are not as they were when they were looked at last.
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

// TestOpen_cacheDir: a host that can have no cache is none.
func TestOpen_cacheDir(t *testing.T) {
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "none"))
	compiler := func(context.Context, []byte) ([]byte, error) { return nil, nil }
	if h, err := Open(t.Context(), Config{Compiler: compiler}); h != nil || err == nil || !strings.HasPrefix(err.Error(), "open plugin host: ") {
		t.Errorf("got %v, %v", h, err)
	}
}
