package state_test

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/dialect/wpjwt"
	"github.com/cardea-auth/cardea/server/state"
)

const (
	oldSecret  = "kT7vQ2mZ9xLr4Wc8Ns1Yp6Hd3Jf5Gb0A"
	nextSecret = "A0bG5fJ3dH6pY1sN8cW4rL9xZ2mQ7vTk"
)

// secretOf returns a configuration with one mount of a plugin's dialect.
func secretOf(dir, secret string, weak bool) *config.Config {
	c := wpjwt.Config{Common: dialect.Common{Secret: api.Secret(secret), AllowWeakSecret: weak}}
	return &config.Config{Data: dir, Mounts: []config.Mount{{Name: "shop", Config: c}}}
}

// noted starts with a configuration, and returns what the start logs.
func noted(cfg *config.Config, at time.Time) string {
	var b bytes.Buffer
	state.NoteMountSecrets(cfg, at, slog.New(slog.NewTextHandler(&b, nil)))
	return b.String()
}

// TestMountSecrets: a change of the secret that verifies a mount's tokens is reported once,
// before it takes effect, with the tokens that it invalidates.
func TestMountSecrets(t *testing.T) {
	first := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	const byOld, byServer = "tokens that the old secret signed", "tokens of the mount that the server's own keys signed"
	for name, tc := range map[string]struct {
		was, is         string
		wasWeak, isWeak bool
		dies            string
	}{
		"the same":               {was: oldSecret, is: oldSecret},
		"another":                {was: oldSecret, is: nextSecret, dies: byOld},
		"taken out":              {was: oldSecret, dies: byOld},
		"the first":              {is: nextSecret, dies: byServer},
		"none":                   {},
		"weak, the first":        {is: "hunter2", isWeak: true},
		"weak, the same":         {was: "hunter2", wasWeak: true, is: "hunter2", isWeak: true},
		"weak, then strong":      {was: "hunter2", wasWeak: true, is: nextSecret, dies: byOld + " and " + byServer},
		"weak, no longer let in": {was: "hunter2", wasWeak: true, is: "hunter2", dies: byServer},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			was, is := secretOf(dir, tc.was, tc.wasWeak), secretOf(dir, tc.is, tc.isWeak)
			if said := noted(was, first); said != "" {
				t.Errorf("the first start says %s", said)
			}
			list, err := state.MountSecrets(is)
			if err != nil || len(list) != 1 || list[0].Dies != tc.dies || !list[0].Since.Equal(first) {
				t.Fatalf("got %+v, %v; want that %q die", list, err, tc.dies)
			}
			if warning := list[0].Warning(); (warning != "") != (tc.dies != "") || !strings.Contains(warning, tc.dies) || tc.dies != "" && !strings.Contains(warning, "2026-11-01T12:00:00Z") {
				t.Errorf("the warning is %q", warning)
			}
			said := noted(is, first.Add(time.Hour))
			if (said != "") != (tc.dies != "") || !strings.Contains(said, tc.dies) || tc.dies != "" && (strings.Count(said, "\n") != 1 || !strings.Contains(said, "mount=shop old_in_use_since=2026-11-01T12:00:00.000Z")) {
				t.Errorf("the start says %s", said)
			}
			if said := noted(is, first.Add(2*time.Hour)); said != "" {
				t.Errorf("the start after it says %s", said)
			}
		})
	}
}

// TestMountSecrets_file: the file is private, contains no secret, does not reveal that two
// mounts share one, and has entries for existing mounts only.
func TestMountSecrets_file(t *testing.T) {
	dir := t.TempDir()
	cfg := secretOf(dir, oldSecret, false)
	cfg.Mounts = append(cfg.Mounts, config.Mount{Name: "blog", Config: cfg.Mounts[0].Config})
	noted(cfg, time.Now())
	path := filepath.Join(dir, "mount-secrets.json")
	data, err := os.ReadFile(path)
	if err != nil || bytes.Contains(data, []byte(oldSecret)) || bytes.Count(data, []byte(`"mac"`)) != 2 {
		t.Fatalf("%v %s", err, data)
	}
	macs := strings.Split(string(data), `"mac":"`)
	if macs[1][:20] == macs[2][:20] {
		t.Errorf("two mounts with one secret look alike: %s", data)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v; want it for its owner alone", info.Mode(), err)
	}
	cfg.Mounts = cfg.Mounts[:1]
	noted(cfg, time.Now())
	if data, err := os.ReadFile(path); err != nil || bytes.Contains(data, []byte("blog")) {
		t.Errorf("a mount that is gone stays: %v %s", err, data)
	}
}

// TestMountSecrets_damaged: an unusable file causes one warning and is written again; one
// that cannot be written causes one too.
func TestMountSecrets_damaged(t *testing.T) {
	for _, text := range []string{"", "{", "[]", `{"mounts":{}}`, `{"key":"AAAA","mounts":{"shop":{}}}`, strings.Repeat(" ", 2<<20)} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "mount-secrets.json"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		cfg := secretOf(dir, oldSecret, false)
		if _, err := state.MountSecrets(cfg); err == nil {
			t.Errorf("%.20q is taken for good", text)
		}
		if said := noted(cfg, time.Now()); strings.Count(said, "\n") != 1 || !strings.Contains(said, "is made anew") {
			t.Errorf("%.20q: the start says %s", text, said)
		}
		if said := noted(secretOf(dir, nextSecret, false), time.Now()); !strings.Contains(said, "was changed since") {
			t.Errorf("%.20q: after it a change is not told: %s", text, said)
		}
	}
	cfg := secretOf(filepath.Join(t.TempDir(), "nowhere"), oldSecret, false)
	if said := noted(cfg, time.Now()); strings.Count(said, "\n") != 1 || !strings.Contains(said, "cannot be recorded") {
		t.Errorf("without a directory the start says %s", said)
	}
	if cfg.Store.Driver = "memory"; noted(cfg, time.Now()) != "" {
		t.Error("with a store in memory something is recorded")
	}
}

// TestMountSecrets_server: a change of keys.secret is told of once, before it happens and at
// the start, as one of a mount is.
func TestMountSecrets_server(t *testing.T) {
	first := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	const byOld, byFile = "tokens that the old secret signed", "tokens that the keys in keys.json signed"
	for name, tc := range map[string]struct{ was, is, dies string }{
		"the same":  {oldSecret, oldSecret, ""},
		"another":   {oldSecret, nextSecret, byOld},
		"taken out": {oldSecret, "", byOld},
		"the first": {"", nextSecret, byFile},
		"none":      {"", "", ""},
	} {
		dir := t.TempDir()
		with := func(secret string) *config.Config {
			return &config.Config{Data: dir, Keys: config.Keys{Algorithm: "HS256", Secret: api.Secret(secret)}}
		}
		if said := noted(with(tc.was), first); said != "" {
			t.Errorf("%s: the first start says %s", name, said)
		}
		list, err := state.MountSecrets(with(tc.is))
		if err != nil || (len(list) == 1) != (tc.was+tc.is != "") {
			t.Fatalf("%s: got %+v, %v", name, list, err)
		}
		for _, s := range list {
			if s.Dies != tc.dies || s.Setting != "keys.secret" || tc.dies != "" && !strings.Contains(s.Warning(), "keys.secret is not the one of the last start (in use since at least 2026-11-01T12:00:00Z): the next start refuses "+tc.dies) {
				t.Errorf("%s: got %+v, %q", name, s, s.Warning())
			}
		}
		said := noted(with(tc.is), first.Add(time.Hour))
		if (said != "") != (tc.dies != "") || !strings.Contains(said, tc.dies) || strings.Contains(said, oldSecret) {
			t.Errorf("%s: the start says %s", name, said)
		}
		if said := noted(with(tc.is), first.Add(2*time.Hour)); said != "" {
			t.Errorf("%s: the start after it says %s", name, said)
		}
	}
}
