package core_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/logtest"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/store/memory"
	"github.com/cardea-auth/cardea/core/users"
)

// plain is a method made from a function, and its own opener.
type plain struct {
	called string
	auth   func(api.Attempt) (api.Identity, error)
}

func (m *plain) Name() string { return m.called }

func (m *plain) Authenticate(_ context.Context, a api.Attempt) (api.Identity, error) {
	return m.auth(a)
}

// The same with abilities.
type (
	kinded struct {
		*plain
		kinds []api.Kind
	}
	cachedOnly struct{ *plain }
	cached     struct{ kinded }
	challenger struct{ *plain }
)

func (k kinded) Kinds() []api.Kind              { return k.kinds }
func (cachedOnly) CacheFor() time.Duration      { return time.Minute }
func (cached) CacheFor() time.Duration          { return time.Minute }
func (challenger) Challenge(*core.Error) string { panic("ouch") }

type opener func(string, core.Deps) (core.Method, error)

func (o opener) Open(name string, d core.Deps) (core.Method, error) { return o(name, d) }

// opens returns an opener for a method that is already open.
func opens(m core.Method) core.Opener {
	return opener(func(string, core.Deps) (core.Method, error) { return m, nil })
}

func answers(id api.Identity, err error) func(api.Attempt) (api.Identity, error) {
	return func(api.Attempt) (api.Identity, error) { return id, err }
}

// withMethod opens an engine whose only method is called "mine".
func withMethod(t *testing.T, m core.Method) *testEngine {
	t.Helper()
	return newTestEngine(t, func(c *core.Config) {
		c.Policy.Methods = []core.NamedMethod{{Name: "mine", Opener: opens(m)}}
	})
}

// TestMethod_answers: the result of a method is validated before it is used.
func TestMethod_answers(t *testing.T) {
	anna := api.Identity{Subject: "u_x", Login: "anna"}
	var none *core.Error
	tests := []struct {
		name string
		auth func(api.Attempt) (api.Identity, error)
		code api.Code // "": it passes
	}{
		{"somebody", answers(anna, nil), ""},
		{"a name of its own for the method", answers(api.Identity{Subject: "u_x", Login: "anna", Method: "basic"}, nil), ""},
		{"an empty identity", answers(api.Identity{}, nil), api.Internal},
		{"no subject", answers(api.Identity{Login: "anna", Roles: []string{"administrator"}, Number: 1}, nil), api.Internal},
		{"a login that no header holds", answers(api.Identity{Subject: "u_x", Login: "a\r\nb"}, nil), api.Denied},
		{"somebody beside an error", answers(anna, errors.New("disk on fire")), api.Internal},
		{"somebody beside not mine", answers(anna, core.ErrNotMine), api.Unauthenticated},
		{"a nil *Error", answers(anna, none), api.Internal},
		{"a panic", func(api.Attempt) (api.Identity, error) { panic("ouch") }, api.Internal},
		{"a panic with an error", func(api.Attempt) (api.Identity, error) { panic(core.ErrNotMine) }, api.Internal},
		{"a nil pointer", func(api.Attempt) (api.Identity, error) {
			return api.Identity{Subject: "u_x", Login: nobody().Login}, nil
		}, api.Internal},
	}
	for _, tt := range tests {
		for _, called := range []string{"mine", "", "other"} {
			h := withMethod(t, &plain{called, tt.auth})
			for _, path := range []string{"/api/x", "/optional/x", "/lenient/x"} {
				d := h.decide(path, bearer("x"))
				if tt.code == "" {
					if d.Outcome != core.Allowed || d.Anonymous() || d.Identity.Method != "mine" || d.Headers.Get(core.HeaderUser) != "anna" {
						t.Errorf("%s, called %q, %s: got %v, %+v as %v", tt.name, called, path, d.Outcome, d.Identity, d.Headers)
					}
					continue
				}
				if path == "/lenient/x" && tt.code == api.Unauthenticated {
					continue // under such a rule a bad credential counts as none
				}
				if d.Outcome != core.Refused || d.Err.Code != tt.code || d.Identity.Subject != "" {
					t.Errorf("%s, called %q, %s: got %v, %v; want %s", tt.name, called, path, d.Outcome, d.Err, tt.code)
				}
			}
			if d := h.Authenticate(context.Background(), get("/x", bearer("x"))); (d.Outcome == core.Allowed) != (tt.code == "") {
				t.Errorf("%s, called %q: Authenticate: %v, %v", tt.name, called, d.Outcome, d.Err)
			}
			if strings.Contains(tt.name, "panic") && !strings.Contains(h.log.String(), "mine") {
				t.Errorf("%s: the log does not name the method:\n%s", tt.name, h.log)
			}
		}
	}
}

func TestMethod_noLogin(t *testing.T) {
	h := withMethod(t, &plain{"mine", answers(api.Identity{Subject: "team:blue"}, nil)})
	if d := h.decide("/api/x", bearer("x")); d.Outcome != core.Allowed || d.Headers.Get(core.HeaderUser) != "team:blue" {
		t.Errorf("got %v, %v: the upstream takes an empty name for nobody's", d.Err, d.Headers)
	}
}

// byTeam accepts a request by its X-Team header, host, path, query or method, all of which
// a method could read in addition to the credential.
func byTeam(a api.Attempt) (api.Identity, error) {
	if a.Header.Get("X-Team") != "" || a.Host == "blue" || a.Query == "blue" || a.Path == "/api/blue" || a.Method == "BLUE" {
		return api.Identity{Subject: "u_team", Login: "blue"}, nil
	}
	return api.Identity{}, core.ErrNotMine
}

// TestCacher_seesOnlyItsKey: a cached method is shown only what is in its cache key, so the
// header, host or path of one request cannot decide another.
func TestCacher_seesOnlyItsKey(t *testing.T) {
	both := []api.Kind{api.NoCredential, api.Basic, api.Bearer}
	for name, m := range map[string]core.Method{
		"without kinds":   cachedOnly{&plain{"mine", byTeam}},
		"with kinds":      cached{kinded{&plain{"mine", byTeam}, both}},
		"without caching": &plain{"mine", byTeam},
	} {
		h := withMethod(t, m)
		for _, credential := range []api.Header{basicHeader("a", "b"), bearer("x"), {}} {
			for _, change := range []func(*api.Attempt){
				func(a *api.Attempt) { a.Header["X-Team"] = []string{"blue"} },
				func(a *api.Attempt) { a.Host = "blue" },
				func(a *api.Attempt) { a.RawTarget = "/api/x?blue" },
				func(a *api.Attempt) { a.RawTarget = "/api/blue" },
			} {
				a := get("/api/x", api.Header{})
				for k, v := range credential {
					a.Header[k] = v
				}
				change(a)
				with := h.Decide(context.Background(), a)
				if shown := len(credential) > 0 && name == "with kinds"; with.Outcome == core.Allowed && shown {
					t.Errorf("%s: the method saw more than it is cached by", name)
				}
				if without := h.decide("/api/x", credential); without.Outcome == core.Allowed {
					t.Errorf("%s: %v alone is %q after a client's header", name, credential, without.Identity.Login)
				}
			}
		}
		own := h.decide("/api/x", api.Header{"X-Team": {"blue"}})
		if own.Outcome != core.Allowed {
			t.Errorf("%s: the method's own header: got %v, want allowed", name, own.Err)
		}
	}
}

// nobody returns a pointer to no user.
func nobody() *api.User { return nil }

type nilMethod struct{ core.Method }

// downStore panics in some of its methods.
type downStore struct{ store.Store }

func (downStore) APIKey(context.Context, string) (api.APIKey, error) { panic("ouch") }

func (downStore) RotateRefresh(context.Context, [32]byte, func(*api.Rotation) error) error {
	panic("ouch")
}

func (downStore) CreateSession(context.Context, api.Session, api.RefreshToken) error { panic("ouch") }

func (downStore) AppendRevocations(context.Context, ...api.Revocation) error { panic("ouch") }

func (downStore) UserByLogin(context.Context, string) (api.User, error) { panic("ouch") }

// TestNew_nilParts: nil parts are reported by New.
func TestNew_nilParts(t *testing.T) {
	fine := &plain{"mine", answers(api.Identity{}, core.ErrNotMine)}
	method := func(o core.Opener) func(*core.Config) {
		return func(c *core.Config) { c.Policy.Methods = []core.NamedMethod{{Name: "mine", Opener: o}} }
	}
	dirs := func(list ...users.Directory) func(*core.Config) {
		return func(c *core.Config) { c.Directories = list }
	}
	tests := []struct {
		name   string
		change func(*core.Config)
		want   string
	}{
		{"nil opener", method(nil), "mine"},
		{"nil func as opener", method(opener(nil)), "mine"},
		{"nil pointer as opener", method((*typedOpener)(nil)), "mine"},
		{"nil method", method(opens(nil)), "mine"},
		{"nil pointer as method", method(opens((*plain)(nil))), "mine"},
		{"nil method in another", method(opens((*nilMethod)(nil))), "mine"},
		{"opener panics", method(opener(func(string, core.Deps) (core.Method, error) { panic("ouch") })), `method "mine" panicked: ouch`},
		{"no kinds", method(opens(kinded{fine, nil})), "method Kinds returned none"},
		{"unknown kind", method(opens(kinded{fine, []api.Kind{"Not a scheme"}})), `kind is "Not a scheme"`},
		{"two methods of one name", func(c *core.Config) {
			c.Policy.Methods = []core.NamedMethod{{Name: "mine", Opener: opens(fine)}, {Name: "mine", Opener: opens(fine)}}
		}, "mine"},
		{"nil directory", dirs(nil), "nil"},
		{"nil directory among others", dirs(fakeDirectory{called: "a"}, nil), "directory 2"},
		{"nil pointer as directory", dirs((*users.Store)(nil)), "nil"},
		{"directory without a name", dirs(fakeDirectory{}), "name"},
		{"directory whose name panics", dirs(namePanics{}), "ouch"},
		{"two directories of one name", dirs(fakeDirectory{called: "a"}, fakeDirectory{called: "a"}), `"a"`},
		{"nil pointer as store", func(c *core.Config) { c.Store = (*memory.Store)(nil) }, "store"},
		{"nil pointer as randomness", func(c *core.Config) { c.Rand = (*strings.Reader)(nil) }, "randomness"},
		{"hooks without points", func(c *core.Config) { c.Policy.Hooks = &core.Hooks{} }, "NewHooks"},
	}
	for _, tt := range tests {
		c := core.Config{}
		tt.change(&c)
		e, err := core.New(context.Background(), c)
		if err == nil {
			e.Close()
		}
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want an error that says %q", tt.name, err, tt.want)
		}
	}
}

type typedOpener struct{}

func (*typedOpener) Open(string, core.Deps) (core.Method, error) { return nil, nil }

type namePanics struct{ fakeDirectory }

func (namePanics) Name() string { panic("ouch") }

// fakeDirectory returns the same result for every lookup.
type fakeDirectory struct {
	called string
	answer func() (api.User, error)
}

func (d fakeDirectory) Name() string { return d.called }

func (d fakeDirectory) BySubject(context.Context, string) (api.User, error) { return d.answer() }

func (d fakeDirectory) ByNumber(context.Context, int64) (api.User, error) { return d.answer() }

func (d fakeDirectory) ByLogin(context.Context, string) (api.User, error) { return d.answer() }

func (d fakeDirectory) ByEmail(context.Context, string) (api.User, error) { return d.answer() }

// TestDirectory_answers: a directory that returns no user or the wrong one cannot log
// anyone in, by any kind of credential.
func TestDirectory_answers(t *testing.T) {
	ctx := context.Background()
	pw := users.NewPasswords(users.PasswordConfig{Memory: 8, Passes: 1})
	hash, err := pw.Hash(ctx, password)
	if err != nil {
		t.Fatal(err)
	}
	anna := api.User{Subject: "u_anna", Number: 3, Login: "anna", Email: "anna@example.org", Hash: hash}
	but := func(change func(*api.User)) func() (api.User, error) {
		u := anna
		change(&u)
		return func() (api.User, error) { return u, nil }
	}
	for _, tt := range []struct {
		name   string
		answer func() (api.User, error)
		roads  string // the calls that must fail; the others never see the wrong field
	}{
		{"nobody and no error", func() (api.User, error) { return api.User{}, nil }, "login basic email subject number"},
		{"no subject", but(func(u *api.User) { u.Subject = "" }), "login basic email subject number"},
		{"no login", but(func(u *api.User) { u.Login = "" }), "login basic email subject number"},
		{"another login", but(func(u *api.User) { u.Login = "eve" }), "login basic email"},
		{"another subject", but(func(u *api.User) { u.Subject = "u_eve" }), "subject"},
		{"another number", but(func(u *api.User) { u.Number = 4 }), "number"},
		{"a nil *Error", func() (api.User, error) { var e *api.Error; return anna, e }, "login basic email subject number"},
		{"a panic", func() (api.User, error) { panic("ouch") }, "login basic email subject number"},
	} {
		var log logtest.Buffer
		e, err := core.New(ctx, core.Config{
			Directories: []users.Directory{fakeDirectory{"people", tt.answer}}, Passwords: pw,
			Policy: core.Policy{Methods: chain(), WhenStale: core.StaleOpen}, Logger: slog.New(slog.NewTextHandler(&log, nil)),
		})
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		login := func(name string) error {
			id, err := e.Tokens().Login(ctx, core.LoginRequest{Login: name, Password: password})
			if err == nil && id.Subject == "" {
				t.Errorf("%s: the login returned no subject", tt.name)
			}
			return err
		}
		for road, ask := range map[string]func() error{
			"login": func() error { return login("anna") },
			"email": func() error { return login("anna@example.org") },
			"basic": func() error {
				if d := e.Decide(ctx, get("/x", basicHeader("anna", password))); d.Outcome != core.Allowed {
					return d.Err
				}
				return nil
			},
			"subject": func() error { _, err := e.Tokens().User(ctx, "u_anna"); return err },
			"number":  func() error { _, err := e.Tokens().UserByNumber(ctx, "people", 3); return err },
		} {
			err, bad := ask(), strings.Contains(tt.roads, road)
			if bad && api.CodeOf(err) != api.Internal && !(tt.name == "a nil *Error" && api.CodeOf(err) == api.Unavailable) {
				t.Errorf("%s, by %s: got %v, want an internal error", tt.name, road, err)
			}
		}
		if strings.Contains(tt.roads, "basic") && !strings.Contains(log.String(), "people") {
			t.Errorf("%s: the log does not name the directory:\n%s", tt.name, &log)
		}
	}
}

// TestPanics: a panic in any part refuses the request and does not end the process.
func TestPanics(t *testing.T) {
	ctx := context.Background()
	hook := func(bind func(*core.Hooks)) func(*core.Config) {
		return func(c *core.Config) { c.Policy.Hooks = core.NewHooks(); bind(c.Policy.Hooks) }
	}
	for name, change := range map[string]func(*core.Config){ // by what panics
		"Read": func(c *core.Config) {
			c.Policy.Read = func(_, _, _, _ string) (route.Reading, error) { panic("ouch") }
		},
		"Bearer": func(c *core.Config) {
			c.Policy.Bearer = func(*api.Attempt, string) (string, core.Reading) { panic("ouch") }
		},
		"Accepts":             func(c *core.Config) { c.Policy.Accepts = func(*api.Attempt) bool { panic("ouch") } },
		"IgnoreBadCredential": func(c *core.Config) { c.Policy.IgnoreBadCredential = func(*api.Attempt) bool { panic("ouch") } },
		"route-exclusion":     hook(func(h *core.Hooks) { h.RouteExclusion.Bind("x", panics[core.Exclusion]) }),
		"custom-header":       hook(func(h *core.Hooks) { h.CustomHeader.Bind("x", panics[core.CredentialHeader]) }),
		"identity-resolved":   hook(func(h *core.Hooks) { h.IdentityResolved.Bind("x", panics[core.Resolved]) }),
		"login-before":        hook(func(h *core.Hooks) { h.LoginBefore.Bind("x", panics[core.LoginAttempt]) }),
		"login-after":         hook(func(h *core.Hooks) { h.LoginAfter.Bind("x", panics[core.LoginResult]) }),
		"route-access":        hook(func(h *core.Hooks) { h.RouteAccess.Bind("x", panics[core.Access]) }),
		"identity-headers":    hook(func(h *core.Hooks) { h.IdentityHeaders.Bind("x", panics[core.UpstreamHeaders]) }),
		"Challenge": func(c *core.Config) {
			c.Policy.Methods = []core.NamedMethod{{Name: "mine", Opener: opens(challenger{&plain{"mine", answers(api.Identity{}, core.ErrNotMine)}})}}
		},
	} {
		h := newTestEngine(t, func(c *core.Config) {
			change(c)
			c.Policy.Rules = append(rules(), route.Rule{Name: "asked", Path: "/asked/**", Access: route.Optional, OnBadToken: route.Asked})
		})
		path, header := "/api/x", basicHeader("alice", password)
		switch name {
		case "Bearer":
			header = api.Header{"Authorization": {"bearer  odd"}}
		case "IgnoreBadCredential":
			path, header = "/asked/x", bearer("bad")
		}
		want := api.Internal
		switch {
		case name == "Challenge": // the refusal does not depend on it
			want = api.Unauthenticated
		case strings.Contains(name, "-"): // a hook that panics refuses
			want = api.Denied
		}
		if d := h.Decide(ctx, get(path, header)); d.Outcome != core.Refused || d.Err.Code != want {
			t.Errorf("%s: %v, %v; want %s", name, d.Outcome, d.Err, want)
		}
		h.logged("ouch")
	}
}

func panics[T any](context.Context, T) (T, error) { panic("ouch") }

// TestStore_panics: a panic in the store is an internal error in every call that uses it.
func TestStore_panics(t *testing.T) {
	ctx := context.Background()
	h := newTestEngine(t, nil)
	e, err := core.New(ctx, core.Config{
		Store: downStore{memory.New()}, Policy: core.Policy{Methods: chain(), WhenStale: core.StaleOpen}, Logger: slog.New(slog.NewTextHandler(h.log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	key, _ := h.apiKey(core.NewAPIKey{Subject: h.bob.Subject})
	g, err := h.Tokens().StartSession(ctx, core.BeginRequest{Identity: h.bob.Identity("store")})
	h.must(err)
	for name, ask := range map[string]func() error{
		"basic":   func() error { return e.Decide(ctx, get("/x", basicHeader("a", "b"))).Err },
		"api key": func() error { return e.Decide(ctx, get("/x", keyHeader(key))).Err },
		"login": func() error {
			_, err := e.Tokens().Login(ctx, core.LoginRequest{Login: "a", Password: "b"})
			return err
		},
		"begin": func() error {
			_, err := e.Tokens().StartSession(ctx, core.BeginRequest{Identity: h.bob.Identity("store")})
			return err
		},
		"refresh": func() error { _, err := e.Tokens().Refresh(ctx, core.RefreshRequest{Token: g.Refresh}); return err },
		"revoke": func() error {
			return e.Tokens().Revoke(ctx, api.Revocation{Kind: api.RevokeToken, Key: "x"})
		},
		"leaked": func() error { return e.Tokens().ReportLeaked(ctx, api.Secret(key), api.Peer{}) },
	} {
		if code := api.CodeOf(ask()); code != api.Internal && code != api.Unavailable {
			t.Errorf("%s: code %q, want a technical one", name, code)
		}
	}
	if !strings.Contains(h.log.String(), `store`) {
		t.Errorf("the log does not name the store:\n%s", h.log)
	}
}
