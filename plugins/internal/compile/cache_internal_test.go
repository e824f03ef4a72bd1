package compile

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestCacheDir: a temporary cache is used only if another process compiles.
func TestCacheDir(t *testing.T) {
	process := func(context.Context, []byte) ([]byte, error) { return nil, nil }
	t.Setenv("TMPDIR", t.TempDir())
	for _, tc := range []struct {
		cfg Config
		own bool
	}{{Config{}, false}, {Config{CacheDir: "/x"}, false}, {Config{CacheDir: "/x", Process: process}, false}, {Config{Process: process}, true}} {
		dir, own, err := cacheDir(tc.cfg)
		if err != nil || own != tc.own || !own && dir != tc.cfg.CacheDir || own && dir == "" {
			t.Errorf("%+v: got %q, own %v, %v; want own %v", tc.cfg, dir, own, err, tc.own)
		}
	}
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "none"))
	if _, _, err := cacheDir(Config{Process: process}); err == nil {
		t.Error("cacheDir succeeds without a temporary directory")
	}
	if c, err := Open(Config{Process: process}); c != nil || err == nil {
		t.Errorf("Open: got %v, %v; want nil and an error", c, err)
	}
}

// TestSweep_keeps tests which files belong to the cache, and that errors are logged.
func TestSweep_keeps(t *testing.T) {
	for path, want := range map[string]time.Duration{
		"wazero-v1/abc": cacheAge, "wazero-v1/abc.tmp": partAge, "metering-1": partAge, "metered-1": cacheAge, "other": 0, "wazero-v1": 0, "x/wazero-v1/abc": 0, "x/metered-1": 0, "lock": 0, "wazer/abc": 0, "wazero-v1/x/abc": 0, "abc.tmp": 0,
	} {
		if age, ours := keptFor("/c", filepath.Join("/c", path)); age != want || ours != (want > 0) {
			t.Errorf("keptFor(%s) = %v, %v; want %v", path, age, ours, want)
		}
	}
	if ignoreGone(fs.ErrNotExist) != nil || ignoreGone(nil) != nil || ignoreGone(fs.ErrPermission) == nil {
		t.Error("ignoreGone must ignore fs.ErrNotExist alone")
	}
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, nil))
	if sweep("", time.Now(), logger); log.Len() > 0 {
		t.Errorf("without a cache:\n%s", &log)
	}
	if sweep(filepath.Join(t.TempDir(), "none"), time.Now(), logger); !strings.Contains(log.String(), "plugin cache cleanup failed") {
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
		t.Errorf("got the entries %v, %v; want metered-1 and mine", list, err)
	}
}
