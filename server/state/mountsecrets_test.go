package state_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/dialect/native"
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
		refused         string
	}{
		"the same":               {was: oldSecret, is: oldSecret},
		"another":                {was: oldSecret, is: nextSecret, refused: byOld},
		"taken out":              {was: oldSecret, refused: byOld},
		"the first":              {is: nextSecret, refused: byServer},
		"none":                   {},
		"weak, the first":        {is: "hunter2", isWeak: true},
		"weak, the same":         {was: "hunter2", wasWeak: true, is: "hunter2", isWeak: true},
		"weak, then strong":      {was: "hunter2", wasWeak: true, is: nextSecret, refused: byOld + " and " + byServer},
		"weak, no longer let in": {was: "hunter2", wasWeak: true, is: "hunter2", refused: byServer},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			was, is := secretOf(dir, tc.was, tc.wasWeak), secretOf(dir, tc.is, tc.isWeak)
			if said := noted(was, first); said != "" {
				t.Errorf("the first start says %s", said)
			}
			list, err := state.MountSecrets(is, first)
			if err != nil || len(list) != 1 || list[0].Refused != tc.refused || !list[0].Since.Equal(first) {
				t.Fatalf("got %+v, %v; want %q refused", list, err, tc.refused)
			}
			if warning := list[0].Warning(); (warning != "") != (tc.refused != "") || !strings.Contains(warning, tc.refused) || tc.refused != "" && !strings.Contains(warning, "2026-11-01T12:00:00Z") {
				t.Errorf("the warning is %q", warning)
			}
			said := noted(is, first.Add(time.Hour))
			if (said != "") != (tc.refused != "") || !strings.Contains(said, tc.refused) || tc.refused != "" && (strings.Count(said, "\n") != 1 || !strings.Contains(said, "mount=shop old_in_use_since=2026-11-01T12:00:00.000Z")) {
				t.Errorf("the start says %s", said)
			}
			if said := noted(is, first.Add(2*time.Hour)); said != "" {
				t.Errorf("the start after it says %s", said)
			}
		})
	}
}

// TestMountSecrets_names: a mount that is gone, renamed or back is reported once, before it
// takes effect.
func TestMountSecrets_names(t *testing.T) {
	first := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	named := func(dir string, names ...string) *config.Config {
		cfg := secretOf(dir, "", false)
		cfg.Mounts = nil
		for _, name := range names {
			name, secret, _ := strings.Cut(name, "=")
			m := secretOf(dir, map[string]string{"": oldSecret, "2": nextSecret, "none": ""}[secret], false).Mounts[0]
			if m.Name = name; secret == "native" {
				m.Config = native.Config{}
			}
			cfg.Mounts = append(cfg.Mounts, m)
		}
		return cfg
	}
	for name, tc := range map[string]struct {
		starts [][]string // the last one is checked
		warns  []string
	}{
		"the same":              {[][]string{{"shop"}, {"shop"}}, nil},
		"another beside it":     {[][]string{{"shop"}, {"shop", "blog=2"}}, nil},
		"renamed":               {[][]string{{"shop"}, {"store"}}, []string{"mount shop of the last start (in use since at least 2026-11-01T12:00:00Z) is gone, and mount store has its secret"}},
		"renamed, other secret": {[][]string{{"shop"}, {"store=2"}}, []string{"mount shop of the last start (in use since at least 2026-11-01T12:00:00Z) is gone: the next start refuses its sessions"}},
		"renamed, no secret":    {[][]string{{"shop=none"}, {"store=none"}}, []string{"is gone: the next start"}},
		"gone":                  {[][]string{{"shop", "blog=2"}, {"blog=2"}}, []string{"mount shop of the last start"}},
		"gone before":           {[][]string{{"shop", "blog=2"}, {"blog=2"}, {"blog=2"}}, nil},
		"both gone":             {[][]string{{"shop", "blog=2"}, {}}, []string{"mount blog of", "mount shop of"}},
		"back":                  {[][]string{{"shop"}, {}, {"shop"}}, []string{"mount shop is back, without which the server was started at 2026-11-01T13:00:00Z: the next start accepts its sessions"}},
		"back before":           {[][]string{{"shop"}, {}, {"shop"}, {"shop"}}, nil},
		"back, other secret":    {[][]string{{"shop"}, {}, {"shop=2"}}, []string{"the next start refuses tokens that the old secret signed"}},
		"other dialect":         {[][]string{{"shop"}, {"shop=native"}}, []string{"mount shop has no tokens of its own any more: the next start refuses those"}},
		"other dialect, back":   {[][]string{{"shop"}, {"shop=native"}, {"shop"}}, []string{"mount shop is back"}},
		"renamed and back":      {[][]string{{"shop"}, {"store"}, {"shop"}}, []string{"mount shop is back", "mount store of the last start"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir, at := t.TempDir(), first
			last := len(tc.starts) - 1
			for _, names := range tc.starts[:last] {
				noted(named(dir, names...), at)
				at = at.Add(time.Hour)
			}
			is := named(dir, tc.starts[last]...)
			list, err := state.MountSecrets(is, at)
			if err != nil {
				t.Fatal(err)
			}
			var warns []string
			for _, s := range list {
				if text := s.Warning(); text != "" {
					warns = append(warns, text)
				}
			}
			if len(warns) != len(tc.warns) {
				t.Fatalf("warns of %q, want %q", warns, tc.warns)
			}
			for i, want := range tc.warns {
				if !strings.Contains(warns[i], want) {
					t.Errorf("warns of %q, want %q", warns[i], want)
				}
			}
			said := noted(is, at)
			if (said != "") != (len(tc.warns) > 0) || strings.Contains(said, "tokens from before are accepted") != accepts(tc.warns) {
				t.Errorf("the start says %q", said)
			}
			if said := noted(is, at.Add(time.Hour)); said != "" {
				t.Errorf("the start after it says %q", said)
			}
		})
	}
}

// TestMountSecrets_previous: a secret that the previous one replaces is told of with the end
// of its tokens, and what is refused in spite of it, too.
func TestMountSecrets_previous(t *testing.T) {
	first := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	end := first.Add(48 * time.Hour)
	type secrets struct {
		is, before string
		until      time.Time
		weak       bool
	}
	private, public := pairInPEM(t)
	const byOld, beforeIt, byServer, third = "tokens that the old secret signed", "tokens that the secret before it signed", "tokens of the mount that the server's own keys signed", "zZ9yY8xX7wW6vV5uU4tT3sS2rR1qQ0pP"
	for name, tc := range map[string]struct {
		was, is  secrets
		refused  string
		replaced bool
		lives    bool
	}{
		"replaced":                {was: secrets{is: oldSecret}, is: secrets{is: nextSecret, before: oldSecret, until: end}, replaced: true, lives: true},
		"the same":                {was: secrets{is: nextSecret, before: oldSecret, until: end}, is: secrets{is: nextSecret, before: oldSecret, until: end}, lives: true},
		"extended":                {was: secrets{is: nextSecret, before: oldSecret, until: end}, is: secrets{is: nextSecret, before: oldSecret, until: end.Add(time.Hour)}, lives: true},
		"ended":                   {was: secrets{is: oldSecret}, is: secrets{is: nextSecret, before: oldSecret, until: first}, refused: byOld},
		"another one":             {was: secrets{is: oldSecret}, is: secrets{is: nextSecret, before: third, until: end}, refused: byOld, lives: true},
		"taken out before":        {was: secrets{is: nextSecret, before: oldSecret, until: end}, is: secrets{is: nextSecret}, refused: beforeIt},
		"cut short":               {was: secrets{is: nextSecret, before: oldSecret, until: end}, is: secrets{is: nextSecret, before: oldSecret, until: first}, refused: beforeIt},
		"taken out after":         {was: secrets{is: nextSecret, before: oldSecret, until: first.Add(time.Minute)}, is: secrets{is: nextSecret}},
		"replaced again":          {was: secrets{is: nextSecret, before: oldSecret, until: end}, is: secrets{is: third, before: nextSecret, until: end}, refused: beforeIt, replaced: true, lives: true},
		"put back":                {was: secrets{is: nextSecret, before: oldSecret, until: end}, is: secrets{is: oldSecret, before: nextSecret, until: end}, replaced: true, lives: true},
		"a weak one":              {was: secrets{is: "hunter2", weak: true}, is: secrets{is: nextSecret, before: "hunter2", until: end, weak: true}, replaced: true, lives: true},
		"a weak one, not let in":  {was: secrets{is: "hunter2", weak: true}, is: secrets{is: nextSecret, before: "hunter2", until: end}, refused: byOld + " and " + byServer},
		"after a weak one":        {was: secrets{is: nextSecret, before: "hunter2", until: first.Add(time.Minute), weak: true}, is: secrets{is: nextSecret, weak: true}},
		"a pair":                  {was: secrets{is: private}, is: secrets{is: nextSecret, before: public, until: end}, replaced: true, lives: true},
		"the server's keys, past": {was: secrets{}, is: secrets{is: nextSecret, before: oldSecret, until: end}, refused: byServer, lives: true},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			of := func(x secrets) *config.Config {
				cfg := secretOf(dir, x.is, x.weak)
				c := cfg.Mounts[0].Config.(wpjwt.Config)
				c.SecretPrevious, c.SecretPreviousUntil = api.Secret(x.before), api.Moment{Time: x.until}
				cfg.Mounts[0].Config = c
				return cfg
			}
			noted(of(tc.was), first)
			at := first.Add(time.Hour)
			list, err := state.MountSecrets(of(tc.is), at)
			if err != nil || len(list) != 1 || list[0].Refused != tc.refused || list[0].Replaced != tc.replaced || list[0].Until.IsZero() == tc.lives {
				t.Fatalf("got %+v, %v; want %q refused, replaced %v, end of the old one unset: %v", list, err, tc.refused, tc.replaced, tc.lives)
			}
			const until = "signed are accepted until 2026-11-03T12:00:00Z"
			warning := list[0].Warning()
			if (warning != "") != (tc.refused != "" || tc.replaced) || strings.Contains(warning, "refuses "+tc.refused) != (tc.refused != "") || strings.Contains(warning, until) != tc.replaced {
				t.Errorf("the warning is %q", warning)
			}
			said := noted(of(tc.is), at)
			if strings.Contains(said, `accepted_until=2026-11-03T12:00:00.000Z`) != tc.replaced || strings.Contains(said, "refused=") != (tc.refused != "") || tc.refused == "" && !tc.replaced && said != "" {
				t.Errorf("the start says %s", said)
			}
			if said := noted(of(tc.is), at.Add(time.Minute)); said != "" {
				t.Errorf("the start after it says %s", said)
			}
		})
	}
}

// pairInPEM returns a new private key and its public key.
func pairInPEM(t *testing.T) (private, public string) {
	t.Helper()
	ring, err := keys.Open(t.Context(), keys.Config{Algorithm: "ES256"})
	if err != nil {
		t.Fatal(err)
	}
	defer ring.Close()
	one, err := keys.ExportPEM(ring.Active(), true)
	if err != nil {
		t.Fatal(err)
	}
	other, err := keys.ExportPEM(ring.Active(), false)
	if err != nil {
		t.Fatal(err)
	}
	return string(one), string(other)
}

// TestMountSecrets_certificate: certificates that are written behind the key of a mount, or
// of the server, change no tokens.
func TestMountSecrets_certificate(t *testing.T) {
	first := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	dir := t.TempDir()
	private, _ := pairInPEM(t)
	key, err := keys.ParsePEM("", "", []byte(private))
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := keys.ExportCertificate(key, "shop", first, first.AddDate(1, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "key.pem")
	with := func(pem string) *config.Config {
		if err := os.WriteFile(file, []byte(pem), 0o600); err != nil {
			t.Fatal(err)
		}
		cfg := secretOf(dir, pem, false)
		cfg.Keys = config.Keys{Algorithm: "ES256", File: file}
		return cfg
	}
	noted(with(private), first)
	list, err := state.MountSecrets(with(private+string(certificate)), first)
	if err != nil || len(list) != 2 || list[0].Warning()+list[1].Warning() != "" || list[1].Setting != "keys.file" || !list[1].Set {
		t.Errorf("got %+v, %v; want two secrets without a warning, the second of keys.file", list, err)
	}
	if said := noted(with(private+string(certificate)), first.Add(time.Hour)); said != "" {
		t.Errorf("the start says %s", said)
	}
}

// TestMountSecrets_file: the file is private, contains no secret, does not reveal that two
// mounts share one, and says which mounts are gone.
func TestMountSecrets_file(t *testing.T) {
	dir := t.TempDir()
	cfg := secretOf(dir, oldSecret, false)
	cfg.Mounts = append(cfg.Mounts, config.Mount{Name: "blog", Config: cfg.Mounts[0].Config})
	noted(cfg, time.Now())
	path := filepath.Join(dir, "mount-secrets.json")
	data, err := os.ReadFile(path)
	if err != nil || bytes.Contains(data, []byte(oldSecret)) || bytes.Count(data, []byte(`"mac"`)) != 2 {
		t.Fatalf("got %v and the file %s, want two MACs and no secret", err, data)
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
	if data, err := os.ReadFile(path); err != nil || bytes.Count(data, []byte(`"gone"`)) != 1 {
		t.Errorf("a mount that is gone is not recorded as such: %v %s", err, data)
	}
}

// accepts reports whether a warning says that sessions of a mount are accepted again.
func accepts(warns []string) bool {
	return slices.ContainsFunc(warns, func(w string) bool { return strings.Contains(w, " is back") })
}

// TestMountSecrets_manyGone: of the mounts that are gone, those that went last are recorded,
// and a start that changes nothing does not write.
func TestMountSecrets_manyGone(t *testing.T) {
	dir, at := t.TempDir(), time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	path := filepath.Join(dir, "mount-secrets.json")
	start := func(name string) string {
		cfg := secretOf(dir, oldSecret, false)
		cfg.Mounts[0].Name = name
		at = at.Add(time.Hour)
		return noted(cfg, at)
	}
	for i := range 150 {
		start(fmt.Sprintf("m%03d", i))
	}
	data, err := os.ReadFile(path)
	if err != nil || bytes.Count(data, []byte(`"gone"`)) != 100 || bytes.Contains(data, []byte(`"m048"`)) || !bytes.Contains(data, []byte(`"m049"`)) {
		t.Errorf("got %v and the file %s, want the newest 100 that are gone", err, data)
	}
	start("m149")
	if again, err := os.ReadFile(path); err != nil || !bytes.Equal(again, data) {
		t.Errorf("a start without a change wrote %s, %v", again, err)
	}
	if said := start("m049"); !strings.Contains(said, "a mount is back") {
		t.Errorf("the start says %q of a mount that is back", said)
	}
	if said := start("m000"); strings.Contains(said, "a mount is back") {
		t.Errorf("the start says %q of a mount that it has forgotten", said)
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
		if _, err := state.MountSecrets(cfg, time.Now()); err == nil {
			t.Errorf("%.20q is accepted", text)
		}
		if said := noted(cfg, time.Now()); strings.Count(said, "\n") != 1 || !strings.Contains(said, "is created again") {
			t.Errorf("%.20q: the start says %s", text, said)
		}
		if said := noted(secretOf(dir, nextSecret, false), time.Now()); !strings.Contains(said, "was changed since") {
			t.Errorf("%.20q: a change after it is not reported: %s", text, said)
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
	for name, tc := range map[string]struct{ was, is, refused string }{
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
		list, err := state.MountSecrets(with(tc.is), first)
		if err != nil || (len(list) == 1) != (tc.was+tc.is != "") {
			t.Fatalf("%s: got %+v, %v; want an entry only where there is a secret", name, list, err)
		}
		for _, s := range list {
			if s.Refused != tc.refused || s.Setting != "keys.secret" || tc.refused != "" && !strings.Contains(s.Warning(), "keys.secret is not the one of the last start (in use since at least 2026-11-01T12:00:00Z): the next start refuses "+tc.refused) {
				t.Errorf("%s: got %+v, %q; want refused %v", name, s, s.Warning(), tc.refused)
			}
		}
		said := noted(with(tc.is), first.Add(time.Hour))
		if (said != "") != (tc.refused != "") || !strings.Contains(said, tc.refused) || strings.Contains(said, oldSecret) {
			t.Errorf("%s: the start says %s", name, said)
		}
		if said := noted(with(tc.is), first.Add(2*time.Hour)); said != "" {
			t.Errorf("%s: the start after it says %s", name, said)
		}
	}
}
