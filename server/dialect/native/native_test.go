package native_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users"
	"github.com/cardea-auth/cardea/methods/apikey"
	"github.com/cardea-auth/cardea/methods/basic"
	"github.com/cardea-auth/cardea/methods/jwt"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/dialect/native"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const password = "correct horse"

// site is the dialect on an engine of its own, with the users alice and carol, who is
// disabled.
type site struct {
	t        *testing.T
	engine   *core.Engine
	accounts *core.Accounts
	serve    http.Handler
	alice    api.User
}

func newSite(t *testing.T, bind func(*core.Hooks)) *site {
	t.Helper()
	hooks := core.NewHooks()
	if bind != nil {
		bind(hooks)
	}
	e, err := core.New(context.Background(), core.Config{
		Passwords: users.NewPasswords(users.PasswordConfig{Memory: 8, Passes: 1}),
		Policy: core.Policy{Hooks: hooks, Methods: []core.NamedMethod{
			{Name: "basic", Opener: basic.Config{}}, {Name: "apikey", Opener: apikey.Config{}}, {Name: "jwt", Opener: jwt.Config{}},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	d, err := native.Config{}.Open(dialect.Mount{Name: "auth", Issuer: "https://gate.example"})
	if err != nil {
		t.Fatal(err)
	}
	s := &site{t: t, engine: e, serve: dialect.Mux(d.Endpoints(e), http.NotFoundHandler())}
	if s.accounts, err = e.Admin().Accounts(); err != nil {
		t.Fatal(err)
	}
	s.alice = s.user("alice")
	if err := s.accounts.SetDisabled(context.Background(), s.user("carol").Subject, true, "test"); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *site) user(login string) api.User {
	s.t.Helper()
	u, err := s.accounts.Create(context.Background(), users.NewUser{
		Login: login, Email: login + "@example.org", Roles: []string{"editor"}, Password: password,
	}, "test")
	if err != nil {
		s.t.Fatal(err)
	}
	return u
}

// reply is a response with its body.
type reply struct {
	status int
	header http.Header
	text   string
	body   struct {
		Access  string `json:"access_token"`
		Type    string `json:"token_type"`
		Expires int    `json:"expires_in"`
		Refresh string `json:"refresh_token"`

		Code    string
		Message string
		Data    struct{ Status int }

		Sub, Username, Email, Method string
		Roles                        []string
	}
}

func (s *site) send(method, path, body string, headers ...string) reply {
	s.t.Helper()
	r := httptest.NewRequestWithContext(s.t.Context(), method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	s.serve.ServeHTTP(w, r)
	a := reply{status: w.Code, header: w.Header(), text: w.Body.String()}
	if a.text != "" && strings.Contains(w.Header().Get("Content-Type"), "json") {
		if err := json.Unmarshal(w.Body.Bytes(), &a.body); err != nil {
			s.t.Fatalf("%s %s: %v in %s", method, path, err, a.text)
		}
	}
	return a
}

func (s *site) login(login, password string) reply {
	s.t.Helper()
	return s.send("POST", "/auth/login", `{"username":"`+login+`","password":"`+password+`"}`)
}

func bearer(token string) string { return "Authorization: Bearer " + token }

// refused fails the test unless the response is a refusal in the documented form.
func (a reply) refused(t *testing.T, what string, status int, code string) {
	t.Helper()
	if a.status != status || a.body.Code != code || a.body.Message == "" || a.body.Data.Status != status {
		t.Errorf("%s: got %d %s, want %d %s", what, a.status, a.text, status, code)
	}
	if challenge := a.header.Get("Www-Authenticate"); (challenge != "") != (status == 401) {
		t.Errorf("%s: %d with the challenge %q", what, status, challenge)
	}
	if a.header.Get("Cache-Control") != "no-store" {
		t.Errorf("%s: the refusal may be stored", what)
	}
}

func TestLogin(t *testing.T) {
	s := newSite(t, nil)
	a := s.login("alice", password)
	if a.status != 200 || a.body.Type != "Bearer" || a.body.Expires != 900 || a.body.Access == "" || a.body.Refresh == "" ||
		a.header.Get("Cache-Control") != "no-store" || a.header.Get("Pragma") != "no-cache" || a.header.Get("Link") != "" {
		t.Fatalf("got %d %s, headers %v", a.status, a.text, a.header)
	}
	me := s.send("GET", "/auth/me", "", bearer(a.body.Access))
	if me.status != 200 || me.body.Sub != s.alice.Subject || me.body.Username != "alice" || me.body.Email != "alice@example.org" ||
		me.body.Method != "jwt" || !slices.Equal(me.body.Roles, []string{"editor"}) {
		t.Errorf("me: got %d %s", me.status, me.text)
	}
	sessions, err := s.engine.Admin().LiveSessions(t.Context(), s.alice.Subject)
	if err != nil || len(sessions) != 1 {
		t.Errorf("got %d sessions, %v; want 1 entry", len(sessions), err)
	}
}

// Unknown users, wrong passwords and disabled users get identical responses.
func TestLogin_refusalsLookAlike(t *testing.T) {
	s := newSite(t, nil)
	first := s.login("alice", "wrong horse")
	first.refused(t, "wrong", 401, "invalid_credentials")
	for what, a := range map[string]reply{
		"unknown": s.login("nobody", password), "unknown address": s.login("nobody@example.org", password),
		"disabled": s.login("carol", password), "disabled and wrong": s.login("carol", "wrong horse"),
	} {
		if a.status != first.status || a.text != first.text || len(a.header) != len(first.header) {
			t.Errorf("%s: got %d %s, a wrong password gets %d %s", what, a.status, a.text, first.status, first.text)
		}
	}
}

func TestLogin_throttled(t *testing.T) {
	s := newSite(t, nil)
	var a reply
	for range 100 {
		if a = s.login("alice", "wrong horse"); a.status != 401 {
			break
		}
	}
	a.refused(t, "the hundredth guess", 429, api.ReasonTooMany)
	if a.header.Get("Retry-After") == "" {
		t.Error("429 without Retry-After")
	}
}

func TestLogin_hooks(t *testing.T) {
	var challenge *core.Challenge
	s := newSite(t, func(h *core.Hooks) {
		h.LoginBefore.Bind("x", func(_ context.Context, v core.LoginAttempt) (core.LoginAttempt, error) {
			if v.Answers["code"] != "123" {
				v.Challenge = challenge
			}
			return v, nil
		})
		h.TokenResponse.Bind("x", func(_ context.Context, v core.TokenResponse) (core.TokenResponse, error) {
			v.Fields = v.Fields.With("plan", "trial").With("access_token", "forged")
			return v, nil
		})
		h.ErrorResponse.Bind("x", func(_ context.Context, v core.ErrorResponse) (core.ErrorResponse, error) {
			v.Headers = api.Header{"X-Help": {"yes"}, "Content-Length": {"1"}, "Www-Authenticate": {"None"}}
			return v, nil
		})
	})
	if a := s.login("alice", password); !strings.Contains(a.text, `"plan":"trial"`) || a.body.Access == "forged" {
		t.Errorf("token-response: got %s", a.text)
	}
	a := s.login("alice", "wrong horse")
	if a.refused(t, "wrong", 401, "invalid_credentials"); a.header.Get("X-Help") != "yes" || a.header.Get("Www-Authenticate") == "None" {
		t.Errorf("error-response: got headers %v", a.header)
	}
	challenge = &core.Challenge{Kind: "2fa_required", Public: "enter the code", Fields: map[string]string{"field": "code"}}
	a = s.login("alice", password)
	if a.refused(t, "challenge", 401, "2fa_required"); !strings.Contains(a.text, `"field":"code"`) {
		t.Errorf("challenge: got %s, want text with %q", a.text, `"field":"code"`)
	}
	if a := s.send("POST", "/auth/login", `{"username":"alice","password":"`+password+`","answers":{"code":"123"}}`); a.status != 200 {
		t.Errorf("with the answer: got %d %s, want status 200", a.status, a.text)
	}
}

func TestRequests_malformed(t *testing.T) {
	s := newSite(t, nil)
	for _, path := range []string{"/auth/login", "/auth/refresh", "/auth/revoke", "/auth/apikeys/leaked"} {
		for _, body := range []string{
			"", "null", "[]", `"x"`, "{", `{"username":1,"refresh_token":1,"token":1,"key":1}`, "{} {}", "{\"username\":\"\xff\"}",
			`{"username":"` + strings.Repeat("x", 64<<10) + `"}`,
		} {
			s.send("POST", path, body).refused(t, path+" with "+body[:min(len(body), 20)], 400, "bad_json")
		}
		s.send("POST", path, "{}", "Content-Type: text/plain").refused(t, path+" as text", 400, "bad_content_type")
		a := s.send("GET", path, "")
		if a.refused(t, "GET "+path, 405, api.ReasonMethodNotAllowed); a.header.Get("Allow") != "POST" {
			t.Errorf("GET %s: allows %q", path, a.header.Get("Allow"))
		}
	}
	for _, path := range []string{"/auth/me", "/auth/logout"} {
		method := map[string]string{"/auth/me": "GET", "/auth/logout": "POST"}[path]
		s.send(method, path, "").refused(t, path, 401, api.ReasonNoCredential)
		s.send(method, path, "", bearer("a.b.c")).refused(t, path+" with a bad token", 401, api.ReasonTokenMalformed)
		s.send("DELETE", path, "").refused(t, "DELETE "+path, 405, api.ReasonMethodNotAllowed)
	}
}

func TestRefresh(t *testing.T) {
	s := newSite(t, nil)
	first := s.login("alice", password)
	refresh := func(token string) reply { return s.send("POST", "/auth/refresh", `{"refresh_token":"`+token+`"}`) }
	second := refresh(first.body.Refresh)
	if second.status != 200 || second.body.Refresh == first.body.Refresh || second.body.Access == first.body.Access {
		t.Fatalf("refresh: got %d %s, want 200 with two new tokens", second.status, second.text)
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	successors := map[string]int{}
	for range 64 {
		all.Go(func() {
			a := refresh(second.body.Refresh)
			mu.Lock()
			defer mu.Unlock()
			successors[a.body.Refresh]++
		})
	}
	all.Wait()
	live, err := s.engine.Admin().LiveSessions(t.Context(), s.alice.Subject)
	if len(successors) != 1 || len(live) != 1 || err != nil {
		t.Errorf("64 at once: %d successors, %d live families, %v; want one of each", len(successors), len(live), err)
	}
	refresh("").refused(t, "none", 401, api.ReasonRefreshUnknown)
	refresh(first.body.Access).refused(t, "an access token", 401, api.ReasonRefreshUnknown)
	s.send("GET", "/auth/me", "", bearer(first.body.Refresh)).refused(t, "a refresh token as access token", 401, api.ReasonTokenMalformed)
}

func TestLogout(t *testing.T) {
	s := newSite(t, nil)
	a := s.login("alice", password)
	if out := s.send("POST", "/auth/logout", "", bearer(a.body.Access)); out.status != 204 || out.text != "" {
		t.Errorf("send: got %d %s, want status 204 and no text", out.status, out.text)
	}
	s.send("GET", "/auth/me", "", bearer(a.body.Access)).refused(t, "the access token", 401, api.ReasonTokenRevoked)
	s.send("POST", "/auth/refresh", `{"refresh_token":"`+a.body.Refresh+`"}`).refused(t, "the refresh token", 401, api.ReasonRefreshEnded)
}

func TestRevoke(t *testing.T) {
	s := newSite(t, nil)
	a, b := s.login("alice", password), s.login("alice", password)
	for _, token := range []string{a.body.Access, b.body.Refresh, "", "x", "a.b.c"} {
		if got := s.send("POST", "/auth/revoke", `{"token":"`+token+`"}`); got.status != 200 || got.text != "{}" {
			t.Errorf("%.20q: got %d %s, want 200 without details", token, got.status, got.text)
		}
	}
	s.send("GET", "/auth/me", "", bearer(a.body.Access)).refused(t, "a revoked token", 401, api.ReasonTokenRevoked)
	s.send("GET", "/auth/me", "", bearer(b.body.Access)).refused(t, "a token of a revoked session", 401, api.ReasonTokenRevoked)
}

func TestLeaked(t *testing.T) {
	s := newSite(t, nil)
	key, _, err := s.accounts.CreateAPIKey(t.Context(), core.NewAPIKey{Subject: s.alice.Subject}, "test")
	if err != nil {
		t.Fatal(err)
	}
	header := "X-API-Key: " + key.Reveal()
	if me := s.send("GET", "/auth/me", "", header); me.status != 200 || me.body.Method != "apikey" {
		t.Fatalf("GET /auth/me: got %d %s, want 200 with method apikey", me.status, me.text)
	}
	for _, text := range []string{"", "nonsense", key.Reveal(), key.Reveal()} {
		if a := s.send("POST", "/auth/apikeys/leaked", `{"key":"`+text+`"}`); a.status != 204 || a.text != "" {
			t.Errorf("%.10q: got %d %s, want 204 always", text, a.status, a.text)
		}
	}
	s.send("GET", "/auth/me", "", header).refused(t, "the leaked key", 401, api.ReasonTokenRevoked)
}

func TestOpen(t *testing.T) {
	for name, m := range map[string]dialect.Mount{
		"no issuer": {Name: "auth"}, "no name": {Issuer: "https://x"},
	} {
		if _, err := (native.Config{}).Open(m); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	d, err := native.Config{}.Open(dialect.Mount{Name: "auth", Issuer: "https://x", Prefix: "/shop/auth"})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range d.Endpoints(nil) {
		if !strings.HasPrefix(e.Path, "/shop/auth/") {
			t.Errorf("endpoint at %s", e.Path)
		}
	}
	if d.TokenFormat().Name != "" {
		t.Error("native tokens have the engine's own format")
	}
}

// TestPreflight: a preflight is answered, and any other OPTIONS is refused.
func TestPreflight(t *testing.T) {
	s := newSite(t, nil)
	for asked, want := range map[string]int{"POST": http.StatusNoContent, "": http.StatusMethodNotAllowed} {
		r := httptest.NewRequest(http.MethodOptions, "/auth/login", nil)
		r.Header.Set("Origin", "https://app.example")
		if asked != "" {
			r.Header.Set("Access-Control-Request-Method", asked)
		}
		w := httptest.NewRecorder()
		s.serve.ServeHTTP(w, r)
		if w.Code != want || w.Header().Get("Allow") != "POST" || (w.Body.Len() == 0) != (want == http.StatusNoContent) {
			t.Errorf("asked for %q: %d %v %s, want %d", asked, w.Code, w.Header(), w.Body, want)
		}
	}
}
