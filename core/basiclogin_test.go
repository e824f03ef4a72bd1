package core_test

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/hooks"
)

// points records which login points and events ran.
type points struct {
	mu   sync.Mutex
	list []string
}

func (p *points) note(what string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.list = append(p.list, what)
}

func (p *points) take() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	text := strings.Join(p.list, " ")
	p.list = nil
	return text
}

func (p *points) bind(hs *core.Hooks) {
	hs.LoginBefore.Bind("note", func(_ context.Context, v core.LoginAttempt) (core.LoginAttempt, error) {
		p.note("before:" + v.Method + ":" + v.Login)
		return v, nil
	})
	hs.LoginAfter.Bind("note", func(_ context.Context, v core.LoginResult) (core.LoginResult, error) {
		p.note("after:" + v.Method + ":" + v.Identity.Login)
		return v, nil
	})
	for name, a := range map[string]*hooks.Action[core.Event]{"succeeded": hs.LoginSucceeded, "failed": hs.LoginFailed} {
		a.Bind("note", func(_ context.Context, ev core.Event) error {
			p.note(name + ":" + ev.Identity.Login + ":" + ev.Reason)
			return nil
		})
	}
}

// TestBasic_isALogin: the login points and events run once for each success that is cached,
// and for every failure.
func TestBasic_isALogin(t *testing.T) {
	var p points
	h := withHooks(t, p.bind)
	const whole = "before:basic:bob after:basic:bob succeeded:bob:"
	want := func(what, points string) {
		t.Helper()
		h.drained()
		if got := p.take(); got != points {
			t.Errorf("%s: %q ran, want %q", what, got, points)
		}
	}
	right := basicHeader("bob", password)
	h.passes("first sight", right, "bob")
	want("first sight", whole)
	for range 3 {
		h.passes("a repeat", right, "bob")
	}
	want("a repeat", "")
	h.clock.advance(time.Minute)
	h.passes("forgotten", right, "bob")
	want("forgotten", whole)
	h.must(h.accounts.SetRoles(context.Background(), h.bob.Subject, []string{"editor"}, "test"))
	h.passes("after a change", right, "bob")
	want("after a change", whole)
	h.refused("wrong", basicHeader("bob", "wrong horse"), api.ReasonWrongPassword)
	want("wrong", "before:basic:bob failed:bob:"+api.ReasonWrongPassword)
	if d := h.Authenticate(context.Background(), get("/auth/me", right)); d.Outcome != core.Allowed {
		t.Errorf("Authenticate: got %v, want allowed", d.Err)
	}
	want("at an endpoint of ours, remembered", "")
}

// TestBasic_hooksDecide: a hook that refuses a login also refuses Basic authentication.
func TestBasic_hooksDecide(t *testing.T) {
	before := func(f func(core.LoginAttempt) (core.LoginAttempt, error)) func(*core.Hooks) {
		return func(hs *core.Hooks) {
			hs.LoginBefore.Bind("x", func(_ context.Context, v core.LoginAttempt) (core.LoginAttempt, error) { return f(v) })
		}
	}
	after := func(f func(core.LoginResult) (core.LoginResult, error)) func(*core.Hooks) {
		return func(hs *core.Hooks) {
			hs.LoginAfter.Bind("x", func(_ context.Context, v core.LoginResult) (core.LoginResult, error) { return f(v) })
		}
	}
	for _, tt := range []struct {
		name   string
		bind   func(*core.Hooks)
		code   api.Code
		reason string
	}{
		{"challenge", before(asks), api.Unauthenticated, api.ReasonChallenge},
		{"refusal before", before(func(v core.LoginAttempt) (core.LoginAttempt, error) { return v, core.Deny("tuesday", "closed") }), api.Denied, "tuesday"},
		{"error before", before(func(v core.LoginAttempt) (core.LoginAttempt, error) { return v, errors.New("on fire") }), api.Denied, api.ReasonHookFailed},
		{"panic before", before(func(core.LoginAttempt) (core.LoginAttempt, error) { panic("on fire") }), api.Denied, api.ReasonHookFailed},
		{"refusal after", after(func(v core.LoginResult) (core.LoginResult, error) { return v, core.Deny("tuesday", "closed") }), api.Denied, "tuesday"},
		{"error after", after(func(v core.LoginResult) (core.LoginResult, error) { return v, errors.New("on fire") }), api.Denied, api.ReasonHookFailed},
	} {
		h := withHooks(t, tt.bind)
		for range 3 {
			for _, path := range []string{"/api/x", "/admin/x", "/optional/x", "/strict/x"} {
				d := h.decide(path, basicHeader("alice", password))
				if path == "/strict/x" { // takes no Basic at all
					continue
				}
				if d.Outcome != core.Refused || d.Err.Code != tt.code || d.Err.Reason != tt.reason {
					t.Errorf("%s, %s: %v, %v; want %s for %s", tt.name, path, d.Outcome, d.Err, tt.code, tt.reason)
				}
			}
		}
		if d := h.Authenticate(context.Background(), get("/auth/me", basicHeader("alice", password))); d.Outcome != core.Refused {
			t.Errorf("%s: an endpoint of ours lets Basic in", tt.name)
		}
	}
}

// TestBasic_loginAfterCounts: the roles that login-after returns are the ones that apply.
func TestBasic_loginAfterCounts(t *testing.T) {
	h := withHooks(t, func(hs *core.Hooks) {
		hs.LoginAfter.Bind("x", func(_ context.Context, v core.LoginResult) (core.LoginResult, error) {
			v.Identity = v.Identity.WithRoles("editor")
			return v, nil
		})
	})
	for range 2 {
		d := h.decide("/api/x", basicHeader("alice", password))
		if !slices.Equal(d.Identity.Roles, []string{"editor"}) || d.Identity.Method != "basic" {
			t.Errorf("got %v by %q (%v)", d.Identity.Roles, d.Identity.Method, d.Err)
		}
		if d := h.decide("/admin/x", basicHeader("alice", password)); d.Outcome == core.Allowed {
			t.Error("a role that login-after took away opens a rule")
		}
	}
}

// TestBasic_circumstances: a cached success applies only to the same site and client.
func TestBasic_circumstances(t *testing.T) {
	var runs int
	h := newTestEngine(t, func(c *core.Config) {
		c.Policy.Sites = []core.Site{{Name: "shop", Host: "shop.example"}}
		c.Policy.Hooks = core.NewHooks()
		c.Policy.Hooks.LoginBefore.Bind("x", func(_ context.Context, v core.LoginAttempt) (core.LoginAttempt, error) {
			runs++
			if v.Peer.Addr.String() == "203.0.113.9" || v.Host == "closed.example" || v.Peer.UserAgent == "bot" || v.Dialect == "shop" {
				return v, core.Deny("closed", "closed")
			}
			return v, nil
		})
	})
	ask := func(change func(*api.Attempt)) core.Decision {
		a := get("/api/x", basicHeader("bob", password))
		a.Peer = netip.MustParseAddr("192.0.2.1")
		change(a)
		return h.Decide(context.Background(), a)
	}
	for range 2 {
		if d := ask(func(*api.Attempt) {}); d.Outcome != core.Allowed {
			t.Fatal(d.Err)
		}
	}
	if runs != 1 {
		t.Errorf("login-before ran %d times, want once", runs)
	}
	for name, change := range map[string]func(*api.Attempt){
		"peer":       func(a *api.Attempt) { a.Peer = netip.MustParseAddr("203.0.113.9") },
		"host":       func(a *api.Attempt) { a.Host = "closed.example" },
		"user agent": func(a *api.Attempt) { a.Header["User-Agent"] = []string{"bot"} },
		"site":       func(a *api.Attempt) { a.Host = "shop.example" },
	} {
		if d := ask(change); d.Outcome == core.Allowed || d.Err.Reason != "closed" {
			t.Errorf("another %s: %v, %v; login-before refuses it", name, d.Outcome, d.Err)
		}
	}
}

// TestBasic_throttled: failures of Basic and of logins share one limit.
func TestBasic_throttled(t *testing.T) {
	h := newTestEngine(t, nil)
	for range 12 {
		a := get("/api/x", basicHeader("alice@example.org", "wrong horse"))
		a.Peer = netip.MustParseAddr("192.0.2.1")
		h.Decide(context.Background(), a)
	}
	if err := h.tryLogin("alice", password, "192.0.2.1"); api.CodeOf(err) != api.Throttled {
		t.Errorf("the login after wrong passwords by Basic: got %v, want code %s", err, api.Throttled)
	}
}

// passwordInToken is a method that reads login and password from a bearer token and asks to
// be cached.
type passwordInToken struct {
	check func(context.Context, string, api.Secret, api.Peer) (api.Identity, error)
}

func (passwordInToken) Name() string            { return "mine" }
func (passwordInToken) Kinds() []api.Kind       { return []api.Kind{api.Bearer} }
func (passwordInToken) CacheFor() time.Duration { return time.Minute }

func (m passwordInToken) Authenticate(ctx context.Context, a api.Attempt) (api.Identity, error) {
	login, password, _ := strings.Cut(a.Credential.Text, ".")
	return m.check(ctx, login, api.Secret(password), api.Peer{})
}

// TestMethod_checksPassword: a method that checks a password performs a login. It does so
// every time if the cache key does not cover what the login hooks saw.
func TestMethod_checksPassword(t *testing.T) {
	var p points
	h := newTestEngine(t, func(c *core.Config) {
		c.Policy.Methods = []core.NamedMethod{{Name: "mine", Opener: opener(func(_ string, d core.Deps) (core.Method, error) {
			return passwordInToken{d.CheckPassword}, nil
		})}}
		c.Policy.Hooks = core.NewHooks()
		p.bind(c.Policy.Hooks)
	})
	h.must(h.accounts.SetPassword(context.Background(), h.bob.Subject, "horse-battery", "test"))
	for i := range 2 {
		h.passes("by a password in a token", bearer("bob.horse-battery"), "bob")
		h.drained()
		if got := p.take(); got != "before:mine:bob after:mine:bob succeeded:bob:" {
			t.Errorf("time %d: %q ran, want the points of a login", i+1, got)
		}
	}
}
