package cli

import (
	"bytes"
	"errors"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/methods/all"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/dialect"
	dialects "github.com/cardea-auth/cardea/server/dialect/all"
)

// badge is the configuration of a method that a program adds.
type badge struct {
	Colour string `yaml:"colour" doc:"Colour of the badge."`
}

func (badge) Open(string, core.Deps) (core.Method, error) { return nil, errors.New("not in this test") }

// acme is the configuration of a dialect that a program adds and that replaces a plugin.
type acme struct {
	dialect.Common `yaml:",inline"`

	Volume int `yaml:"volume" doc:"How loud it is."`
}

func (acme) About() string { return "The contract of Acme" }

func (acme) Traits() dialect.Traits { return dialect.OfPlugin() }

func (acme) Open(dialect.Mount) (dialect.Dialect, error) { return nil, errors.New("not in this test") }

// TestProgram_dialects: the commands know a dialect that a program adds.
func TestProgram_dialects(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile(config.FileName, []byte("mounts: [{name: a, dialect: acme, volume: 11, claims: exact}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	types := config.Types{Dialects: dialects.Types()}
	types.Dialects["acme"] = acme{}
	for _, p := range []Program{{Types: types}, {}} {
		var out, complaints bytes.Buffer
		code := p.run(t.Context(), []string{"config", "print"}, nil, &out, &complaints)
		known := p.Types.Dialects != nil
		if printed := strings.Contains(out.String(), "volume: 11 # cardea.yaml:1") && strings.Contains(out.String(), "claims: exact # cardea.yaml:1"); known != (code == 0) || known != printed {
			t.Errorf("with the dialect: %v: got %d, %s%s", known, code, out.String(), complaints.String())
		}
	}
	var out bytes.Buffer
	code := (Program{Types: types}).run(t.Context(), []string{"config", "schema"}, nil, &out, &out)
	if code != 0 || !strings.Contains(out.String(), "How loud it is.") || !strings.Contains(out.String(), "The contract of Acme") {
		t.Errorf("the schema lacks the dialect's settings: %d", code)
	}
}

// TestProgram_dialectWithoutClient: commands report a dialect that does not describe its
// clients; with one that does, they work.
func TestProgram_dialectWithoutClient(t *testing.T) {
	t.Chdir(t.TempDir())
	p := Program{Types: config.Types{Dialects: dialects.Types()}}
	p.Types.Dialects["acme"] = acme{}
	p.Types.Dialects["plain"] = described{}
	site := stub(t, routes{"GET /plain": says(418, "short and stout"), "POST /plain": says(200, "a.b.secret"), "GET /tea": says(200, "tea")})
	const missing = "the dialect acme does not describe how its clients log in"
	for args, want := range map[string]string{
		"test-login " + site + " --user anna --dialect acme":                "1 cardea: " + missing,
		"doctor " + site + " --dialect acme":                                "0 -    token endpoints  " + missing,
		"quickstart --wordpress " + site + " --dsn x --offline --dialect q": `1 cardea: --dialect: there is no dialect "q": choose one of acme, cocart`,
		"test-login " + site + " --user anna --dialect plain":               "0 call      GET  /tea  200",
		"doctor " + site + " --dialect plain":                               "1 ok   token endpoints  plain: Plain",
	} {
		var out bytes.Buffer
		code := p.run(t.Context(), strings.Fields(args), strings.NewReader("hunter2"), &out, &out)
		status, text, _ := strings.Cut(want, " ")
		if status != strconv.Itoa(code) || !strings.Contains(out.String(), text) || strings.Contains(out.String(), "a.b.secret") {
			t.Errorf("%s: exit %d, want %s\n%s", args, code, want, &out)
		}
	}
}

// described is a dialect of a program that describes its clients.
type described struct{}

func (described) Traits() dialect.Traits { return dialect.Traits{} }

func (described) Open(dialect.Mount) (dialect.Dialect, error) {
	return nil, errors.New("not in this test")
}

func (described) Client() dialect.Client {
	return dialect.Client{
		Plugin: "Plain", Index: dialect.Call{Method: "GET", Path: "/plain"}, MatchesIndex: func(a dialect.Answer) bool { return a.Status == 418 },
		Login: dialect.Call{Method: "POST", Path: "/plain"}, Form: true, Try: dialect.Call{Method: "GET", Path: "/tea"},
	}
}

// TestProgram_types: the commands know a type of method that a program adds.
func TestProgram_types(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile(config.FileName, []byte("methods: [{type: badge, colour: blue}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	types := config.Types{Methods: all.Types(), Dialects: dialects.Types()}
	types.Methods["badge"] = badge{}
	for _, p := range []Program{{Types: types}, {}} {
		var out, complaints bytes.Buffer
		code := p.run(t.Context(), []string{"config", "print"}, nil, &out, &complaints)
		if known := p.Types.Methods != nil; known != (code == 0) || known != strings.Contains(out.String(), "colour: blue # cardea.yaml:1") {
			t.Errorf("with the type: %v: got %d, %s%s", known, code, out.String(), complaints.String())
		}
	}
	var out bytes.Buffer
	if code := (Program{Types: types}).run(t.Context(), []string{"config", "schema"}, nil, &out, &out); code != 0 || !strings.Contains(out.String(), "Colour of the badge.") {
		t.Errorf("the schema lacks the type's settings: %d", code)
	}
}
