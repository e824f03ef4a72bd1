package config_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.yaml.in/yaml/v3"

	"github.com/cardea-auth/cardea/methods/apikey"
	"github.com/cardea-auth/cardea/methods/basic"
	"github.com/cardea-auth/cardea/methods/jwt"
	"github.com/cardea-auth/cardea/server/config"
)

func TestDefault(t *testing.T) {
	cfg := config.Default(types())
	if err := cfg.Validate(); err != nil {
		t.Errorf("the defaults are not valid: %v", err)
	}
	want := []config.Method{
		{Type: "basic", Name: "basic", Config: basic.Config{Realm: "cardea", CacheFor: time.Minute}},
		{Type: "apikey", Name: "apikey", Config: apikey.Config{CacheFor: 5 * time.Minute}},
		{Type: "jwt", Name: "jwt", Config: jwt.Config{}},
	}
	if diff := cmp.Diff(want, cfg.Methods); diff != "" {
		t.Errorf("methods (-want +got):\n%s", diff)
	}
	if got, want := cfg.Tokens.AccessTTL.Std(), 15*time.Minute; got != want {
		t.Errorf("access_ttl = %v, want %v", got, want)
	}
}

func TestValidate_goValues(t *testing.T) {
	cfg := config.Default(types())
	cfg.Rules = []config.Rule{{Name: "all", OnBadToken: "mount", Path: "/**"}}
	cfg.Tokens.AccessTTL = -1
	err := cfg.Validate()
	if err == nil {
		t.Fatal("a rule without access and a negative lifetime were accepted")
	}
	for _, want := range []string{"rules[0].access: is missing: write one of public, optional, required", "tokens.access_ttl: must not be negative"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("message lacks %q:\n%v", want, err)
		}
	}
}

func TestPrint(t *testing.T) {
	t.Chdir("testdata/good")
	cfg, prov := load(t, "full.yaml", "CARDEA_TOKENS__ACCESS_TTL=20m", "CARDEA_KEYS__SECRET="+strings.Repeat("hunter2", 5))
	for name, effective := range map[string]bool{"full.print.yaml": false, "full.effective.yaml": true} {
		var out bytes.Buffer
		if err := config.Print(&out, cfg, prov, effective); err != nil {
			t.Fatal(err)
		}
		golden(t, name, out.String())
		if strings.Contains(out.String(), "hunter2") {
			t.Errorf("%s shows a secret", name)
		}
	}
}

// What config print says must be what config check accepts.
func TestPrint_loadsAgain(t *testing.T) {
	t.Chdir("testdata/good")
	cfg, prov := load(t, "plain.yaml")
	var out bytes.Buffer
	if err := config.Print(&out, cfg, prov, true); err != nil {
		t.Fatal(err)
	}
	again, _ := load(t, write(t, out.String()))
	if diff := cmp.Diff(*cfg, *again, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("(-first +again):\n%s", diff)
	}
}

func TestSecretsDoNotPrint(t *testing.T) {
	cfg := config.Default(types())
	cfg.Keys.Secret, cfg.Store.DSN = "hunter2", "hunter2"
	asJSON, err := json.Marshal(cfg)
	if err != nil {
		t.Fatal(err)
	}
	asYAML, err := yaml.Marshal(cfg)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{string(asJSON), string(asYAML), fmt.Sprintf("%v %+v %#v", cfg, cfg, cfg)} {
		if strings.Contains(text, "hunter2") {
			t.Errorf("a secret shows in %.200s", text)
		}
	}
}

func TestSchema(t *testing.T) {
	out, err := config.Schema(types())
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/schema.json", string(out))
	var any map[string]any
	if err := json.Unmarshal(out, &any); err != nil {
		t.Fatalf("the schema is not JSON: %v", err)
	}
}
