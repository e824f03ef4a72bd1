package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/methods/all"
	"github.com/cardea-auth/cardea/server/check"
	"github.com/cardea-auth/cardea/server/config"
	dialects "github.com/cardea-auth/cardea/server/dialect/all"
	"github.com/cardea-auth/cardea/server/mount"
)

// TestMethod_settingsChangeSomething: each setting of each type of method changes what
// the method does.
func TestMethod_settingsChangeSomething(t *testing.T) {
	trials := map[string]string{"realm": "shop", "cache_for": "7s", "application_only": "true"}
	for name, c := range all.Types() {
		for i := range reflect.TypeOf(c).NumField() {
			key := reflect.TypeOf(c).Field(i).Tag.Get("yaml")
			value, ok := trials[key]
			if !ok {
				t.Errorf("%s.%s: say in this test which value to try", name, key)
				continue
			}
			before := methodAppearance(t, fmt.Sprintf("{type: %s}", name))
			if after := methodAppearance(t, fmt.Sprintf("{type: %s, %s: %s}", name, key, value)); after == before {
				t.Errorf("%s of %s changes nothing of %s", key, name, before)
			}
		}
	}
}

// methodAppearance returns what the engine and clients see of a configured method.
func methodAppearance(t *testing.T, entry string) string {
	t.Helper()
	cfg := load(t, "users: [{type: wordpress, dsn: x}]\nmethods: ["+entry+"]\n")
	list, err := mount.Methods(cfg)
	if err != nil {
		t.Fatal(err)
	}
	says := func(text string) func(context.Context, string, api.Secret, api.Peer) (api.Identity, error) {
		return func(context.Context, string, api.Secret, api.Peer) (api.Identity, error) {
			return api.Identity{}, api.E(api.Unavailable, text, text)
		}
	}
	m, err := list[0].Value.Opener.Open("mine", core.Deps{CheckPassword: says("any"), CheckApplication: says("application")})
	if err != nil {
		t.Fatal(err)
	}
	var seen strings.Builder
	if c, ok := core.Capability[core.Challenger](m); ok {
		fmt.Fprintln(&seen, c.Challenge(nil))
	}
	if c, ok := core.Capability[core.Cacher](m); ok {
		fmt.Fprintln(&seen, c.CacheFor())
	}
	if cfg.Methods[0].Type == "basic" {
		_, err := m.Authenticate(t.Context(), api.Attempt{Credential: api.Credential{Kind: api.Basic, User: "anna"}})
		fmt.Fprintln(&seen, err)
	}
	return seen.String()
}

// badge is a method that a program adds: a request with the badge is the user's.
type badge struct {
	Header string `yaml:"header" default:"X-Badge" doc:"Header with the badge."`
	Badge  string `yaml:"badge" doc:"The badge."`
	User   string `yaml:"user" doc:"Whose it is."`
}

func (b badge) Open(name string, _ core.Deps) (core.Method, error) { return badgeMethod{b, name}, nil }

type badgeMethod struct {
	badge
	name string
}

func (m badgeMethod) Name() string { return m.name }

func (m badgeMethod) Authenticate(_ context.Context, a api.Attempt) (api.Identity, error) {
	if got := a.Header.Get(m.Header); got == "" || got != m.Badge {
		return api.Identity{}, core.ErrNotMine
	}
	return api.Identity{Subject: "badge:" + m.User, Login: m.User}, nil
}

// TestMethod_ofOthers: a type of method that the caller adds to the list is configured in
// the file and used by the gateway, without changes elsewhere in the server.
func TestMethod_ofOthers(t *testing.T) {
	text := `data: d
store: {driver: memory}
server: {listen: "127.0.0.1:0", admin_listen: "127.0.0.1:0", shutdown_delay: 0s}
methods: [{type: jwt}, {type: badge, name: door, badge: blue, user: anna}]
upstreams: {app: {url: "builtin:demo"}}
rules: [{name: all, path: /**}]
`
	types := config.Types{Methods: all.Types(), Dialects: dialects.Types()}
	types.Methods["badge"] = badge{}
	path := filepath.Join(t.TempDir(), config.FileName)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, _, err := config.Load(config.LoadOptions{Types: types, Path: path})
	if err != nil {
		t.Fatal(err)
	}
	if err := check.Check(cfg); err != nil {
		t.Fatal(err)
	}
	_, public, _ := start(t, cfg, slog.New(slog.DiscardHandler))
	for given, want := range map[string]int{"blue": http.StatusOK, "red": http.StatusUnauthorized, "": http.StatusUnauthorized} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, public+"/any", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Badge", given)
		w, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(w.Body)
		w.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if w.StatusCode != want || want == http.StatusOK && !strings.Contains(string(body), "anna") {
			t.Errorf("with the badge %q: got %d %s, want %d", given, w.StatusCode, body, want)
		}
	}
}
