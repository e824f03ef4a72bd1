package config_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/methods/all"
	"github.com/cardea-auth/cardea/server/config"
)

// signed is the configuration of a method that a program adds.
type signed struct {
	Header     string            `yaml:"header" default:"X-Signature" doc:"Header with the signature."`
	MaxAge     time.Duration     `yaml:"max_age" default:"5m" doc:"How old a signed request may be."`
	Strictness string            `yaml:"strictness" default:"all" enum:"all|body" doc:"What is signed."`
	Clients    []signedClient    `yaml:"clients" doc:"Who signs."`
	Networks   []netip.Prefix    `yaml:"networks" doc:"Networks that requests must come from."`
	Labels     map[string]string `yaml:"labels" doc:"What is said of the method in logs."`

	Lookup func() `yaml:"-"` // what the program passes itself
}

type signedClient struct {
	ID         string     `yaml:"id" doc:"Name of the client."`
	Weight     int        `yaml:"weight" default:"1" doc:"How much of the budget it has."`
	Secret     api.Secret `yaml:"secret" doc:"The secret that it signs with."`
	SecretFile string     `yaml:"secret_file" kind:"path" doc:"File that holds secret."`
}

func (c signed) Open(string, core.Deps) (core.Method, error) {
	return nil, errors.New("not in this test")
}

func (c signed) Validate(core.Surroundings) error {
	if c.MaxAge > time.Hour {
		return errors.Join(api.BadSetting("max_age", "is %s, must be at most 1h", c.MaxAge), errors.New("is odd as a whole"))
	}
	return nil
}

// withSigned returns Cardea's own types and one more.
func withSigned() config.Types {
	list := all.Types()
	list["signed"] = signed{Lookup: func() {}}
	return config.Types{Methods: list}
}

func loadSigned(t *testing.T, text string, files map[string]string) (*config.Config, *config.Provenance, error) {
	t.Helper()
	path := write(t, text)
	for name, content := range files {
		put(t, name, content, 0o600)
	}
	return config.Load(config.LoadOptions{Types: withSigned(), Path: path})
}

const signedText = `methods:
  - type: jwt
  - type: signed
    name: partners
    max_age: 1m
    networks: [10.0.0.0/8, "fd00::/8"]
    labels: {team: shop}
    clients:
      - {id: a, secret_file: keys/a, weight: 2}
      - {id: b, secret: hunter2}
    refuse_roles: [administrator]
`

func TestTypes_ofOthers(t *testing.T) {
	cfg, prov, err := loadSigned(t, signedText, map[string]string{"keys/a": "s3cr3t\n"})
	if err != nil {
		t.Fatal(err)
	}
	want := config.Method{Type: "signed", Name: "partners", RefuseRoles: []string{"administrator"}, Config: signed{
		Header: "X-Signature", MaxAge: time.Minute, Strictness: "all", Labels: map[string]string{"team": "shop"},
		Networks: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")},
		Clients:  []signedClient{{ID: "a", Weight: 2, Secret: "s3cr3t", SecretFile: "keys/a"}, {ID: "b", Weight: 1, Secret: "hunter2"}},
	}}
	same := cmp.Options{cmpopts.IgnoreFields(signed{}, "Lookup"), cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })}
	if diff := cmp.Diff(want, cfg.Methods[1], same); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if cfg.Methods[1].Config.(signed).Lookup == nil {
		t.Error("the settings that the program set are lost")
	}
	if got, want := prov.Of("methods[1].max_age").String(), "cardea.yaml:5"; got != want {
		t.Errorf("origin of max_age = %s, want %s", got, want)
	}
	var out bytes.Buffer
	if err := config.Print(&out, cfg, prov, true); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"    max_age: 1m # cardea.yaml:5\n", "    networks:\n", "      - 10.0.0.0/8\n", "        secret: '[redacted]' # cardea.yaml:10\n", "    header: X-Signature # default\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("what is printed lacks %q:\n%s", want, out.String())
		}
	}
}

// Mistakes in the settings of a type that Cardea does not know have their place.
func TestTypes_mistakes(t *testing.T) {
	tests := []struct{ name, entry, want string }{
		{"unknown key", "{type: signed, max_ages: 1m}", `cardea.yaml:1:27: methods[0]: unknown key "max_ages"; did you mean max_age?`},
		{"key of another type", "{type: signed, realm: x}", `cardea.yaml:1:27: methods[0]: unknown key "realm"; it is a setting of the type basic`},
		{"key of two other types", "{type: signed, cache_for: 1m}", `cardea.yaml:1:27: methods[0]: unknown key "cache_for"; it is a setting of the type apikey and of basic`},
		{"wrong value", "{type: signed, max_age: soon}", `cardea.yaml:1:36: methods[0].max_age: "soon" is not a duration: write it as 250ms, 15m, 2h, 7d or a number of seconds`},
		{"wrong text", "{type: signed, networks: [10.0.0.0]}", `cardea.yaml:1:38: methods[0].networks[0]: "10.0.0.0" netip.ParsePrefix("10.0.0.0"): no '/'`},
		{"wrong word", "{type: signed, strictness: none}", `cardea.yaml:1:39: methods[0].strictness: "none" is not known: write one of all, body`},
		{"wrong kind", "{type: signed, clients: 1}", `cardea.yaml:1:36: methods[0].clients: must be a list, got a single value: write each entry after '- '`},
		{"below", "{type: signed, clients: [{id: a, weight: x}]}", `cardea.yaml:1:53: methods[0].clients[0].weight: "x" is not a whole number`},
		{"secret missing", "{type: signed, clients: [{secret_file: none}]}", `cardea.yaml:1:51: methods[0].clients[0].secret_file: open none: no such file or directory: write the file, or correct the path`},
		{"own check", "{type: signed, max_age: 2h}", "cardea.yaml:1:12: methods[0]: is odd as a whole\ncardea.yaml:1:36: methods[0].max_age: is 2h0m0s, must be at most 1h"},
		{"unknown type", "{type: signd, max_age: 1m}", `cardea.yaml:1:19: methods[0].type: "signd" is not known; did you mean signed?`},
		{"key of no type", "{type: signd, zebra: 1m}", "cardea.yaml:1:26: methods[0]: unknown key \"zebra\"; known here: type, name, refuse_roles, sites"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := loadSigned(t, "methods: [ "+tt.entry+"]", nil)
			if err == nil || err.Error() != tt.want {
				t.Errorf("got\n%v\nwant\n%s", err, tt.want)
			}
		})
	}
}

func TestTypes_inSchema(t *testing.T) {
	out, err := config.Schema(withSigned())
	if err != nil {
		t.Fatal(err)
	}
	var schema struct {
		Properties struct {
			Methods struct {
				Items struct {
					Properties struct{ Type struct{ Enum []string } }
					OneOf      []struct{ Properties map[string]any }
				}
			}
		}
	}
	if err := json.Unmarshal(out, &schema); err != nil {
		t.Fatal(err)
	}
	items := schema.Properties.Methods.Items
	if diff := cmp.Diff([]string{"apikey", "basic", "jwt", "signed"}, items.Properties.Type.Enum); diff != "" {
		t.Errorf("types (-want +got):\n%s", diff)
	}
	if len(items.OneOf) != 4 || items.OneOf[3].Properties["networks"] == nil || items.OneOf[3].Properties["realm"] != nil {
		t.Errorf("the settings of signed are not what its fields are: %v", items.OneOf)
	}
}

type never struct{}

func (never) Open(string, core.Deps) (core.Method, error) { return nil, errors.New("never") }

type (
	noYAML struct {
		never `yaml:"-"`
		Age   string
	}
	noDescription struct {
		never `yaml:"-"`
		Age   string `yaml:"age"`
	}
	oddType struct {
		never `yaml:"-"`
		Age   uint8 `yaml:"age" doc:"A number."`
	}
	taken struct {
		never `yaml:"-"`
		Age   string `yaml:"name" doc:"A name."`
	}
	wrongDefault struct {
		never `yaml:"-"`
		Age   int `yaml:"age" default:"old" doc:"A number."`
	}
)

// An error in the list of types itself is reported to the program that made it.
func TestTypes_wrongLists(t *testing.T) {
	for want, c := range map[string]core.Opener{
		"field Age has no yaml tag":             noYAML{},
		"field Age has no doc tag":              noDescription{},
		"field Age is of type uint8, which no":  oddType{},
		"field Age: name is a setting of every": taken{},
		"age: default":                          wrongDefault{},
		"its configuration must be a struct":    &signed{},
	} {
		types := config.Types{Methods: map[string]core.Opener{"mine": c}}
		_, _, err := config.Load(config.LoadOptions{Types: types})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), `"mine"`) {
			t.Errorf("%T: got %v, want one with %q", c, err, want)
		}
		if _, err := config.Schema(types); err == nil {
			t.Errorf("%T: there is a schema", c)
		}
	}
}
