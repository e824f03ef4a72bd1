package app

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users"
	methods "github.com/cardea-auth/cardea/methods/all"
	"github.com/cardea-auth/cardea/server/check"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/dialect"
	dialects "github.com/cardea-auth/cardea/server/dialect/all"
)

// greeter is the configuration of a dialect that a program adds. It greets the user of a
// token at <prefix>/hello/greet. own gives it its own token format.
type greeter struct {
	Greeting string `yaml:"greeting" default:"hello" doc:"What it says."`

	own bool
}

func (greeter) Traits() dialect.Traits { return dialect.Traits{Base: "/hello"} }

func (g greeter) Validate(s dialect.Surroundings) error {
	if g.Greeting == "bye" {
		return api.BadSetting("greeting", "is bye, must be a greeting; there are %d methods", len(s.Methods))
	}
	return nil
}

func (g greeter) Open(m dialect.Mount) (dialect.Dialect, error) { return greets{g, m}, m.Check() }

type greets struct {
	greeter
	mount dialect.Mount
}

func (g greets) TokenFormat() core.TokenFormat {
	if g.own {
		return core.TokenFormat{Name: g.mount.Name}
	}
	return core.TokenFormat{}
}

func (g greets) Endpoints(e *core.Engine) []dialect.Endpoint {
	site := dialect.NewSite(e, g.mount, dialect.Common{})
	greet := func(w http.ResponseWriter, r *http.Request) {
		id, err := e.Verify(r.Context(), core.VerifyRequest{Token: strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "), Attempt: site.Attempt(r)})
		if err != nil {
			http.Error(w, "who are you?", http.StatusUnauthorized)
			return
		}
		fmt.Fprintf(w, "%s %s", g.Greeting, id.Login)
	}
	return []dialect.Endpoint{{Host: g.mount.Host, Path: g.mount.Base() + "/greet", Handler: http.HandlerFunc(greet)}}
}

// loadWith loads a configuration whose mounts may have the dialect "greeter".
func loadWith(t *testing.T, g greeter, text string) (*config.Config, error) {
	t.Helper()
	types := config.Types{Methods: methods.Types(), Dialects: dialects.Types()}
	types.Dialects["greeter"] = g
	path := filepath.Join(t.TempDir(), config.FileName)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, _, err := config.Load(config.LoadOptions{Types: types, Path: path})
	return cfg, err
}

const greeterText = `data: d
store: {driver: memory}
server: {listen: "127.0.0.1:0", admin_listen: "127.0.0.1:0", shutdown_delay: 0s}
mounts: [{name: auth, dialect: native}, {name: mine, dialect: greeter, prefix: /x, greeting: servus}]
`

// TestDialect_ofOthers: a dialect that the caller adds to the list is configured in the
// file and served at its mount, without changes elsewhere in the server.
func TestDialect_ofOthers(t *testing.T) {
	cfg, err := loadWith(t, greeter{}, greeterText)
	if err != nil {
		t.Fatal(err)
	}
	if err := check.Check(cfg); err != nil {
		t.Fatal(err)
	}
	s, public, _ := start(t, cfg, slog.New(slog.DiscardHandler))
	accounts, err := s.Engine().Admin().Accounts()
	if err != nil {
		t.Fatal(err)
	}
	u, err := accounts.Create(t.Context(), users.NewUser{Login: "anna", Password: password}, "test")
	if err != nil {
		t.Fatal(err)
	}
	g, err := s.Engine().Tokens().StartSession(t.Context(), core.BeginRequest{Identity: api.Identity{Subject: u.Subject, Login: u.Login}})
	if err != nil {
		t.Fatal(err)
	}
	for token, want := range map[string]string{g.Access.Text.Reveal(): "servus anna", "a.b.c": "who are you?\n"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, public+"/x/hello/greet", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+token)
		w, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(w.Body)
		w.Body.Close()
		if err != nil || string(body) != want {
			t.Errorf("got %d %q, %v; want %q", w.StatusCode, body, err, want)
		}
	}
}

// TestDialect_ofOthersWrong: mistakes in the settings of such a dialect are reported with
// their places, and so are traits that contradict its token format.
func TestDialect_ofOthersWrong(t *testing.T) {
	for entry, want := range map[string]string{
		"dialect: greeter, greeting: bye": "cardea.yaml:1:51: mounts[0].greeting: is bye, must be a greeting; there are 3 methods",
		"dialect: greeter, greting: hi":   `cardea.yaml:1:41: mounts[0]: unknown key "greting"; did you mean greeting?`,
		"dialect: greeter, secret: s":     `cardea.yaml:1:41: mounts[0]: unknown key "secret"; it is a setting of the dialect cocart and of `,
		"dialect: wpjwt, greeting: hi":    `cardea.yaml:1:39: mounts[0]: unknown key "greeting"; it is a setting of the dialect greeter`,
		"dialect: greet, greeting: hi":    `cardea.yaml:1:32: mounts[0].dialect: "greet" is not known; did you mean greeter?`,
	} {
		if _, err := loadWith(t, greeter{}, "mounts: [{name: mine, "+entry+"}]"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", entry, err, want)
		}
	}
	cfg, err := loadWith(t, greeter{own: true}, greeterText)
	if err != nil {
		t.Fatal(err)
	}
	if err := check.Check(cfg); err == nil || !strings.Contains(err.Error(), "dialect greeter: its traits") {
		t.Errorf("a token format that contradicts its traits: got %v, want an error with %q", err, "dialect greeter: its traits")
	}
}
