package config

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/cardea-auth/cardea/methods/all"
	"github.com/cardea-auth/cardea/server/config/internal/environ"
	"github.com/cardea-auth/cardea/server/config/internal/tree"
	"github.com/cardea-auth/cardea/server/dialect"
	dialects "github.com/cardea-auth/cardea/server/dialect/all"
)

// FuzzLoad gives a file and two variables to the loader. A configuration that it accepts
// must be valid, and must print without secrets and load again to the same.
func FuzzLoad(f *testing.F) {
	for _, pattern := range []string{"testdata/good/plain.yaml", "testdata/good/full.yaml", "testdata/bad/*.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			f.Fatalf("no seeds at %s: %v", pattern, err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data, "TOKENS__ACCESS_TTL=5m", "UPSTREAMS__APP__URL=http://127.0.0.1:1")
		}
	}
	f.Fuzz(func(t *testing.T, data []byte, one, two string) {
		env := []string{environ.Prefix + one, environ.Prefix + two}
		cfg, prov, err := loadBytes(data, env)
		if err != nil {
			wellFormed(t, err)
			return
		}
		if err := cfg.Validate(); err != nil {
			t.Fatalf("loaded and not valid: %v", err)
		}
		printsAgain(t, cfg, prov)
	})
}

// loadBytes loads without a file system: every secret file has the same text.
func loadBytes(data []byte, env []string) (*Config, *Provenance, error) {
	l := loader{types: Types{Methods: all.Types(), Dialects: dialects.Types()}, prov: newProvenance(FileName), read: func(string, int64) ([]byte, bool, error) {
		return []byte(strings.Repeat("s3cr3t-", 10) + "\n"), true, nil
	}}
	cfg := l.inspect(data, env)
	return cfg, l.prov, l.problems.Err()
}

func wellFormed(t *testing.T, err error) {
	t.Helper()
	var list *Error
	if !errors.As(err, &list) || len(list.Problems) == 0 {
		t.Fatalf("%T is no *Error with problems: %v", err, err)
	}
	if text := err.Error(); text == "" || len(text) > 40_000 {
		t.Fatalf("the message has %d bytes", len(text))
	}
}

func printsAgain(t *testing.T, cfg *Config, prov *Provenance) {
	t.Helper()
	var out bytes.Buffer
	if err := Print(&out, cfg, prov, true); err != nil {
		t.Fatalf("Print: %v", err)
	}
	if strings.Contains(out.String(), "s3cr3t-s3cr3t-") {
		t.Fatal("a secret shows")
	}
	text := strings.ReplaceAll(out.String(), "secret: '[redacted]'", "secret: ''")
	text = strings.ReplaceAll(text, "dsn: '[redacted]'", "dsn: ''")
	text = strings.ReplaceAll(text, "password: '[redacted]'", "password: ''")
	again, _, err := loadBytes([]byte(text), nil)
	if err != nil {
		t.Fatalf("what was printed does not load: %v\n%s", err, text)
	}
	tidy(cfg)
	tidy(again)
	if diff := cmp.Diff(cfg, again, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(Keys{}, "Secret"),
		cmpopts.IgnoreFields(Store{}, "DSN"), cmpopts.IgnoreFields(dialect.Common{}, "Secret"),
		cmpopts.IgnoreFields(UserDirectory{}, "DSN"), cmpopts.IgnoreFields(Upstream{}, "Password"), cmpopts.IgnoreFields(PluginSecret{}, "Secret")); diff != "" {
		t.Fatalf("(-first +printed and loaded):\n%s", diff)
	}
}

// tidy normalizes file names: those in the file are resolved against ".", those in the
// environment are not.
func tidy(cfg *Config) {
	tree.Visit(reflect.ValueOf(cfg).Elem(), "", func(s tree.Setting) {
		if name := s.Value.String(); s.Path && name != "" && !strings.HasPrefix(name, BuiltinPlugin) {
			s.Set(reflect.ValueOf(filepath.Clean(name)))
		}
	})
}
