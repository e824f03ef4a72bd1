package guard_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/guard"
)

// TestNew_nilParts: missing parts fail at the start, not at a request.
func TestNew_nilParts(t *testing.T) {
	g := guard.New(guard.Config{Engine: newEngine(t, nil)})
	var none *guard.Guard
	for name, build := range map[string]func(){
		"no engine":                  func() { guard.New(guard.Config{}) },
		"nil handler":                func() { g.Handler(nil) },
		"nil func":                   func() { g.Handler(http.HandlerFunc(nil)) },
		"nil pointer":                func() { g.Handler((*http.ServeMux)(nil)) },
		"nil handler behind Require": func() { g.Require("editor")(nil) },
		"nil func behind Require":    func() { g.Require()(http.HandlerFunc(nil)) },
		"nil guard":                  func() { none.Handler(whoami) },
		"nil guard's Require":        func() { none.Require("editor")(whoami) },
		"zero guard":                 func() { new(guard.Guard).Handler(whoami) },
	} {
		func() {
			defer func() {
				if text, _ := recover().(string); !strings.HasPrefix(text, "guard: ") {
					t.Errorf("%s: panic %q, want one that says what is missing", name, text)
				}
			}()
			build()
		}()
	}
}

// method is a method and its opener, with behaviour set by the test.
type method func() (api.Identity, error)

func (m method) Open(string, core.Deps) (core.Method, error) { return m, nil }
func (method) Name() string                                  { return "mine" }
func (m method) Authenticate(context.Context, api.Attempt) (api.Identity, error) {
	return m()
}

// TestHandler_brokenParts: a part that fails causes a 500, or a refusal if it is a hook,
// and the connection stays open.
func TestHandler_brokenParts(t *testing.T) {
	var none *core.Error
	fine := method(func() (api.Identity, error) { return api.Identity{Subject: "u_1", Login: "anna"}, nil })
	for name, tt := range map[string]struct {
		m       core.Opener
		onError func(http.ResponseWriter, *http.Request, core.Decision)
		bind    func(*core.Hooks)
		status  int
	}{
		"fine":           {m: fine, status: 200},
		"method panics":  {m: method(func() (api.Identity, error) { panic("ouch") }), status: 500},
		"empty identity": {m: method(func() (api.Identity, error) { return api.Identity{}, nil }), status: 500},
		"nil *Error":     {m: method(func() (api.Identity, error) { return api.Identity{}, none }), status: 500},
		"a plain error":  {m: method(func() (api.Identity, error) { return api.Identity{}, errors.New("x") }), status: 500},
		"OnError panics": {m: method(func() (api.Identity, error) { return api.Identity{}, core.ErrNotMine }), onError: func(http.ResponseWriter, *http.Request, core.Decision) { panic("ouch") }, status: 500},
		"a hook panics": {m: fine, bind: func(h *core.Hooks) {
			h.RouteAccess.Bind("x", func(context.Context, core.Access) (core.Access, error) { panic("ouch") })
		}, status: 403},
		"an action panics": {m: method(func() (api.Identity, error) { return api.Identity{}, core.ErrNotMine }), bind: func(h *core.Hooks) {
			h.RequestDenied.Bind("x", func(context.Context, core.Event) error { panic("ouch") })
		}, status: 401},
		"a refusal's panic": {m: method(func() (api.Identity, error) { return api.Identity{}, core.ErrNotMine }), bind: func(h *core.Hooks) {
			h.ErrorResponse.Bind("x", func(context.Context, core.ErrorResponse) (core.ErrorResponse, error) { panic("ouch") })
		}, status: 401},
	} {
		hooks := core.NewHooks()
		if tt.bind != nil {
			tt.bind(hooks)
		}
		e, err := core.New(t.Context(), core.Config{Policy: core.Policy{Hooks: hooks, Methods: []core.NamedMethod{{Name: "mine", Opener: tt.m}}}})
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		s := httptest.NewServer(guard.New(guard.Config{Engine: e, OnError: tt.onError}).Handler(whoami))
		defer s.Close()
		res, err := http.Get(s.URL + "/x")
		if err != nil {
			t.Errorf("%s: the connection was dropped: %v", name, err)
			continue
		}
		res.Body.Close()
		if res.StatusCode != tt.status {
			t.Errorf("%s: %d, want %d", name, res.StatusCode, tt.status)
		}
	}
}

// TestHandler_challenge: Basic is refused if the login requires a challenge, and the
// response says so.
func TestHandler_challenge(t *testing.T) {
	hooks := core.NewHooks()
	hooks.LoginBefore.Bind("2fa", func(_ context.Context, v core.LoginAttempt) (core.LoginAttempt, error) {
		v.Challenge = &core.Challenge{Kind: "2fa_required", Public: "enter your code"}
		return v, nil
	})
	h := guard.New(guard.Config{Engine: newEngine(t, hooks)}).Handler(whoami)
	for password, want := range map[string]string{"correct-horse": `"code":"challenge","message":"enter your code"`, "wrong": `"code":"unauthenticated"`} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, request("GET", "/x", "anna", password))
		if w.Code != 401 || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d %s, want 401 and %s", password, w.Code, w.Body, want)
		}
		if shows := strings.Contains(w.Body.String(), `"challenge":"2fa_required"`); shows != (password == "correct-horse") {
			t.Errorf("password %s: got %s, want a challenge only with the right password", password, w.Body)
		}
	}
}
