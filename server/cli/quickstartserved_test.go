package cli

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/users"
	"github.com/cardea-auth/cardea/server/app"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/dialect/all"
	"github.com/cardea-auth/cardea/server/dialect/dialecttest"
)

// site is a server with the configuration that quickstart wrote, in front of a WordPress
// that returns the user in the assertion.
type site struct {
	t        *testing.T
	gateway  string
	engine   *core.Engine
	accounts *core.Accounts
	client   dialect.NamedClient
	cfg      *config.Config
}

const sitePassword = "pw-pw-pw-pw"

// served starts a site with the user sub1. Users are in the store, since there is no
// database.
func served(t *testing.T, flags ...string) *site {
	t.Helper()
	wp := httptest.NewServer(http.HandlerFunc(sayWho))
	t.Cleanup(wp.Close)
	cfg := wrote(t, wp.URL, dialecttest.Secret, flags...)
	cfg.Users = []config.UserDirectory{{Type: "store", Name: "store"}}
	cfg.Store.Driver, cfg.Server.ShutdownDelay = "memory", 0
	listen := func() net.Listener {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	o := app.Options{Listener: listen(), AdminListener: listen()}
	server, err := app.New(cfg, o)
	if err == nil {
		err = server.Start(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		if err := server.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	s := &site{t: t, gateway: "http://" + o.Listener.Addr().String(), engine: server.Engine(), cfg: cfg}
	s.client, _ = dialect.ClientOf(all.Types(), cfg.Mounts[0].Dialect)
	if s.accounts, err = s.engine.Admin().Accounts(); err != nil {
		t.Fatal(err)
	}
	_, err = s.accounts.Create(t.Context(), users.NewUser{
		Login: "sub1", Email: "sub1@example.org", Roles: []string{"subscriber"}, Password: sitePassword,
	}, "test")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// sayWho is the handler of the WordPress.
func sayWho(w http.ResponseWriter, r *http.Request) {
	var who struct{ Login string }
	parts := strings.Split(r.Header.Get("X-Cardea-Assertion"), ".")
	if len(parts) == 3 {
		raw, _ := base64.RawURLEncoding.DecodeString(parts[1])
		_ = json.Unmarshal(raw, &who)
	}
	if who.Login == "" {
		who.Login = "nobody"
	}
	_, _ = io.WriteString(w, who.Login)
}

// ask returns whom the WordPress was told of, or "refused".
func (s *site) ask(method, target string, header ...string) string {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.gateway+target, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	if len(header) == 2 {
		r.Header.Set(header[0], header[1])
	}
	status, body := s.do(r)
	if status >= 400 {
		return "refused"
	}
	return body
}

func (s *site) do(r *http.Request) (status int, body string) {
	s.t.Helper()
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return res.StatusCode, string(text)
}

// login returns the answer to a login at a path.
func (s *site) login(path, name string) (status int, body map[string]any) {
	s.t.Helper()
	text, err := json.Marshal(map[string]string{"username": name, "password": sitePassword})
	if err != nil {
		s.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.gateway+path, strings.NewReader(string(text)))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	status, answer := s.do(r)
	if err := json.Unmarshal([]byte(answer), &body); err != nil {
		s.t.Fatalf("login: %d %s", status, answer)
	}
	return status, body
}

// places are requests by what they mean to WordPress, in several spellings.
var places = map[string][]string{
	"core": {
		"GET /wp-json/wp/v2/posts", "HEAD /wp-json/wp/v2/posts", "POST /wp-json/wp/v2/posts", "PUT /wp-json/wp/v2/posts/1", "PATCH /wp-json/wp/v2/posts/1",
		"DELETE /wp-json/wp/v2/posts/1", "GET /wp-json/wp/v2/users", "GET /wp-json/wp/v2/", "GET /wp-json/wp/v2", "GET /wp-json/WP/V2/users",
		"GET /?rest_route=/wp/v2/users", "GET /?rest_route=%2Fwp%2Fv2%2Fusers", "GET /index.php?rest_route=/wp/v2/users",
		"GET /index.php/wp-json/wp/v2/users", "GET /wp-js%6fn/wp/v2/users", "POST /wp-json/wp/v2/posts?_method=GET",
	},
	"other":  {"GET /wp-json", "GET /wp-json/", "GET /?rest_route=/", "GET /wp-json/wc/v3/orders", "GET /wp-json/oembed/1.0/embed", "DELETE /wp-json/wc/v3/orders/1", "GET /wp-json/wp/v1/x", "GET /wp-json/nope/v1/x"},
	"cocart": {"GET /wp-json/cocart/v2/cart", "POST /wp-json/cocart/v2/cart/add-item", "DELETE /wp-json/cocart/v2/cart/item/1", "GET /wp-json/cocart/v2/sessions", "GET /?rest_route=/cocart/v2/cart"},
	"page":   {"GET /", "POST /", "GET /about/", "GET /wp-login.php", "POST /wp-login.php", "GET /wp-admin/", "GET /wp-admin/admin-ajax.php", "POST /xmlrpc.php", "GET /graphql", "GET /index.php"},
}

// TestQuickstart_served tests which credentials are accepted where, over HTTP, for every
// plugin.
func TestQuickstart_served(t *testing.T) {
	app.Quiet()
	// By place: core, other, cocart, page. N is nobody, s the user, x refused.
	for flags, want := range map[string]struct{ none, password, token, bad, key, native string }{
		"--dialect wpjwt":                    {none: "NNNN", password: "xxxN", token: "ssss", bad: "xxxN", key: "ssss", native: "ssss"},
		"--dialect usefulteam":               {none: "NNNN", password: "NNNN", token: "sssN", bad: "NNNN", key: "sssN", native: "sssN"},
		"--dialect wpjwtpro":                 {none: "NNNN", password: "NNNN", token: "sssN", bad: "NNNN", key: "sssN", native: "sssN"},
		"--dialect cocart":                   {none: "NNNN", password: "NNsN", token: "NNsN", bad: "NNxN", key: "NNsN", native: "NNsN"},
		"--dialect cocart1":                  {none: "NNNN", password: "NNsN", token: "NNsN", bad: "NNxN", key: "NNsN", native: "NNsN"},
		"--dialect miniorange":               {none: "xxxN", password: "xxxN", token: "sxxN", bad: "xxxN", key: "xxxN", native: "sxxN"},
		"--dialect miniorange --mode jwt":    {none: "xxxN", password: "xxxN", token: "sxxN", bad: "xxxN", key: "xxxN", native: "sxxN"},
		"--dialect miniorange --mode basic":  {none: "xxxN", password: "sxxN", token: "xxxN", bad: "xxxN", key: "xxxN", native: "xxxN"},
		"--dialect miniorange --mode apikey": {none: "xxxN", password: "xxxN", token: "xxxN", bad: "xxxN", key: "sxxN", native: "xxxN"},
	} {
		t.Run(flags, func(t *testing.T) {
			s := served(t, strings.Fields(flags)...)
			status, answer := s.login(s.client.Login.Path, "sub1")
			token := s.client.TokenIn(dialect.Answer{Object: answer})
			if status != http.StatusOK || token == "" {
				t.Fatalf("login: %d %v", status, answer)
			}
			_, own := s.login("/auth/login", "sub1")
			native, _ := own["access_token"].(string)
			for name, c := range map[string]struct{ want, header, value string }{
				"nothing":             {want.none, "X-Nothing", ""},
				"an account password": {want.password, "Authorization", "Basic " + base64.StdEncoding.EncodeToString([]byte("sub1:"+sitePassword))},
				"a token":             {want.token, "Authorization", "Bearer " + token},
				"a bad token":         {want.bad, "Authorization", "Bearer bad.tok.en"},
				"an API key":          {want.key, "X-API-Key", s.key()},
				"Cardea's own token":  {want.native, "Authorization", "Bearer " + native},
			} {
				for i, place := range []string{"core", "other", "cocart", "page"} {
					for _, request := range places[place] {
						method, target, _ := strings.Cut(request, " ")
						s.expect(name+": "+request, c.want[i], s.ask(method, target, c.header, c.value), method)
					}
				}
			}
		})
	}
}

func (s *site) expect(what string, want byte, got, method string) {
	s.t.Helper()
	text := map[byte]string{'N': "nobody", 's': "sub1", 'x': "refused"}[want]
	if method == http.MethodHead && got == "" {
		got = text // an answer without a body: all that is seen is that it passes
		if want == 'x' {
			got = "passed"
		}
	}
	if got != text {
		s.t.Errorf("%s: got %s, want %s", what, got, text)
	}
}

// key is an API key of sub1's.
func (s *site) key() string {
	s.t.Helper()
	id, err := s.engine.Tokens().Identity(s.t.Context(), "sub1")
	if err != nil {
		s.t.Fatal(err)
	}
	secret, _, err := s.accounts.CreateAPIKey(s.t.Context(), core.NewAPIKey{Subject: id.Subject}, "test")
	if err != nil {
		s.t.Fatal(err)
	}
	return secret.Reveal()
}

// TestQuickstart_loginNames: the free edition of miniOrange accepts no e-mail addresses
// as login names, so Cardea's own endpoints must not either.
func TestQuickstart_loginNames(t *testing.T) {
	app.Quiet()
	for dialect, want := range map[string]int{"wpjwt": 200, "usefulteam": 200, "wpjwtpro": 200, "cocart": 200, "cocart1": 200, "miniorange": 400} {
		s := served(t, "--dialect", dialect)
		if status, answer := s.login(s.client.Login.Path, "sub1@example.org"); status != want {
			t.Errorf("%s: got %d %v, want %d", dialect, status, answer, want)
		}
		if status, _ := s.login("/auth/login", "sub1@example.org"); (status < 400) != (want < 400) {
			t.Errorf("%s: /auth/login answers %d", dialect, status)
		}
	}
}

// TestQuickstart_lifetimes: tokens and sessions have the lifetimes of the plugin's.
func TestQuickstart_lifetimes(t *testing.T) {
	app.Quiet()
	const day = 24 * time.Hour
	for name, want := range map[string]struct {
		access, refresh, session time.Duration // refresh: 0 if there is none
		native                   time.Duration // how long a session of Cardea's own endpoints may be idle
	}{
		"wpjwt":      {access: 7 * day, session: 7 * day, native: 7 * day},
		"wpjwtpro":   {access: 7 * day, refresh: 30 * day, session: 30 * day, native: 14 * day},
		"usefulteam": {access: 10 * time.Minute, refresh: 30 * day, session: 30 * day, native: 14 * day},
		"cocart":     {access: 10 * day, refresh: 30 * day, session: 30 * day, native: 14 * day},
		"cocart1":    {access: 2 * day, session: 2 * day, native: 2 * day},
		"miniorange": {access: time.Hour, refresh: 14 * day, session: 14 * day, native: 14 * day},
	} {
		s := served(t, "--dialect", name)
		_, answer := s.login(s.client.Login.Path, "sub1")
		if got := lifeOf(t, s.client.TokenIn(dialect.Answer{Object: answer})); got != want.access {
			t.Errorf("%s: an access token lives %s, want %s", name, got, want.access)
		}
		s.login("/auth/login", "sub1")
		id, err := s.engine.Tokens().Identity(t.Context(), "sub1")
		if err != nil {
			t.Fatal(err)
		}
		list, err := s.engine.Admin().Sessions(t.Context(), id.Subject, "", 10)
		if err != nil {
			t.Fatal(err)
		}
		idle := map[string]time.Duration{}
		for _, x := range list {
			idle[x.TokenFormat] = x.IdleEnd.Sub(x.Created)
			if got := x.End.Sub(x.Created); got != want.session {
				t.Errorf("%s: a session of %q lives %s, want %s", name, x.TokenFormat, got, want.session)
			}
		}
		if idle["site"] != want.refresh || idle["native"]+idle[""] != want.native {
			t.Errorf("%s: refresh tokens live %v, want %s at the site and %s of Cardea's own", name, idle, want.refresh, want.native)
		}
	}
}

func lifeOf(t *testing.T, token string) time.Duration {
	t.Helper()
	var claims struct{ IAT, EXP int64 }
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("no token: got %q, want 3 entries", token)
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err == nil {
		err = json.Unmarshal(raw, &claims)
	}
	if err != nil {
		t.Fatal(err)
	}
	return time.Duration(claims.EXP-claims.IAT) * time.Second
}
