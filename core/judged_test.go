package core_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// sightings records the values of a key that handlers saw at every point. Event handlers
// run in other goroutines: call drained before reading it.
type sightings map[string][]string

// watch binds a handler at every point that has one of the keys.
func (s sightings) watch(t *testing.T, hs *core.Hooks, keys ...string) {
	t.Helper()
	var mu sync.Mutex
	for _, p := range hs.Points() {
		err := p.BindView("watch", func(_ context.Context, v hooks.View) error {
			text := ""
			for _, key := range keys {
				if x, ok := v.Get(key); ok {
					text += x.Text() + " "
				}
			}
			mu.Lock()
			defer mu.Unlock()
			if text != "" {
				s[p.Name()] = append(s[p.Name()], text)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestHooks_host: however a client writes the host, hooks see it in the form that rules
// match.
func TestHooks_host(t *testing.T) {
	points := []string{
		"login-before", "auth-issuer", "token-verify", "identity-resolved", "custom-header", "route-exclusion", "route-access",
		"error-response", "cors-headers", "request-denied", "token-validated",
	}
	for _, host := range []string{"admin.example", "ADMIN.example", "admin.example.", "Admin.Example.:8080", "admin.example:8080"} {
		seen := sightings{}
		h := withHooks(t, func(hs *core.Hooks) { seen.watch(t, hs, "host", "req.host") })
		ctx := context.Background()
		id, err := h.Tokens().Login(ctx, core.LoginRequest{Login: "bob", Password: password, Host: host})
		h.must(err)
		issued, err := h.Tokens().Issue(ctx, core.IssueRequest{Identity: id, Host: host})
		h.must(err)
		at := func(target string, header api.Header) *api.Attempt {
			a := get(target, header)
			a.Host = host
			return a
		}
		for _, header := range []api.Header{nil, basicHeader("bob", password), bearer(issued.Text.Reveal())} {
			h.Decide(ctx, at("/api/x", header))
			h.Authenticate(ctx, at("/api/x", header))
		}
		_, err = h.Verify(ctx, core.VerifyRequest{Token: issued.Text.Reveal(), Attempt: at("/api/x", nil)})
		h.must(err)
		_, err = h.CredentialHeader(ctx, route.HeaderSpec{}, at("/api/x", nil))
		h.must(err)
		h.ErrorResponse(ctx, core.ErrorResponse{Status: 401, Attempt: at("/api/x", nil)})
		h.CORSHeaders(ctx, core.CORSHeaders{Attempt: at("/api/x", nil)})
		h.drained()
		for _, p := range points {
			if len(seen[p]) == 0 || slices.ContainsFunc(seen[p], func(s string) bool { return s != "admin.example " }) {
				t.Errorf("Host %s: %s saw %q", host, p, seen[p])
			}
		}
		for p := range seen {
			if !slices.Contains(points, p) {
				t.Errorf("%s shows the host, too: name it in the table", p)
			}
		}
	}
}

// TestHooks_reading: hooks see method and path as the upstream reads them. If it could read
// a request in several ways, hooks that decide are called for each.
func TestHooks_reading(t *testing.T) {
	deciding := []string{"custom-header", "route-exclusion", "token-verify", "identity-resolved", "route-access"}
	for _, tc := range []struct {
		method, target string
		want           []string
	}{
		{"GET", "/wp-json/open/x", []string{"GET /wp-json/open/x "}},
		{"GET", "/wp-json/open/x?rest_route=/wc/v3/orders", []string{"GET /wp-json/wc/v3/orders "}},
		{"GET", "/?rest_route=/WC/v3/Orders/", []string{"GET /wp-json/wc/v3/orders "}},
		{"POST", "/wp-json/wp/v2/posts/1?_method=DELETE", []string{"DELETE /wp-json/wp/v2/posts/1 "}},
		{"delete", "/wp-json/wp/v2/posts/1", []string{"DELETE /wp-json/wp/v2/posts/1 "}},
		{"post", "/about/", []string{"POST /about/ "}},
		{"GET", "/index-php/wp-json/wc/v3/orders", []string{"GET /index-php/wp-json/wc/v3/orders ", "GET /wp-json/wc/v3/orders "}},
	} {
		seen := sightings{}
		h := newTestEngine(t, func(c *core.Config) {
			c.Policy.Hooks = core.NewHooks()
			seen.watch(t, c.Policy.Hooks, "req.method", "req.path")
			c.Policy.Rules = []route.Rule{{Name: "all", Path: "/**"}, {Name: "orders", Path: "/wp-json/wc/**"}}
			c.Policy.Read = func(_, method, path, query string) (route.Reading, error) {
				return wordpress.Reader{}.Read(method, path, query)
			}
			c.Policy.Hooks.RouteExclusion.Bind("all", func(_ context.Context, x core.Exclusion) (core.Exclusion, error) {
				x.Public = x.Attempt.Header.Get("X-All") != ""
				return x, nil
			}, hooks.Order(-1))
		})
		a := get(tc.target, bearer(h.token("bob")))
		a.Method = tc.method
		if d := h.Decide(context.Background(), a); d.Outcome != core.Allowed {
			t.Fatalf("%s %s: Decide: got %v, want allowed", tc.method, tc.target, d.Err)
		}
		h.drained()
		for _, p := range deciding {
			want := tc.want
			if p == "route-exclusion" {
				want = want[:1] // hooks see only the first reading, which is not public
			}
			if !slices.Equal(seen[p], want) {
				t.Errorf("%s %s: %s saw %q, want %q", tc.method, tc.target, p, seen[p], want)
			}
		}
		h.drained()
		clear(seen)
		a = get(tc.target, api.Header{"X-All": {"1"}})
		a.Method = tc.method
		if d := h.Decide(context.Background(), a); d.Outcome != core.Allowed || !slices.Equal(seen["route-exclusion"], tc.want) {
			t.Errorf("%s %s, public as all: %v, saw %q", tc.method, tc.target, d.Err, seen["route-exclusion"])
		}
		h.drained()
		clear(seen)
		a = get(tc.target, nil)
		a.Method = tc.method
		d := h.Decide(context.Background(), a)
		h.ErrorResponse(context.Background(), core.ErrorResponse{Status: 401, Attempt: a})
		h.drained()
		for _, p := range []string{"request-denied", "error-response"} {
			if d.Outcome != core.Refused || !slices.Equal(seen[p], tc.want[:1]) {
				t.Errorf("%s %s: %s saw %q, want %q", tc.method, tc.target, p, seen[p], tc.want[:1])
			}
		}
	}
}

// TestHooks_everyReading: a hook that allows or grants something for only one of several
// readings has no effect; one that refuses it for one does.
func TestHooks_everyReading(t *testing.T) {
	const target = "/index-php/wp-json/wc/v3/orders"
	for _, one := range []string{target, "/wp-json/wc/v3/orders"} {
		h := newTestEngine(t, func(c *core.Config) {
			hs := core.NewHooks()
			c.Policy.Hooks, c.Policy.Rules = hs, []route.Rule{{Name: "all", Path: "/**", Roles: []string{"subscriber"}}}
			c.Policy.Read = func(_, method, path, query string) (route.Reading, error) {
				return wordpress.Reader{}.Read(method, path, query)
			}
			hs.RouteExclusion.Bind("x", func(_ context.Context, x core.Exclusion) (core.Exclusion, error) {
				x.Public = x.Attempt.Path == one
				return x, nil
			})
			hs.RouteAccess.Bind("x", func(_ context.Context, x core.Access) (core.Access, error) {
				if x.Attempt.Path == one && x.Identity.Login == "alice" {
					return x, core.Deny("no", "no")
				}
				return x, nil
			})
			hs.IdentityResolved.Bind("x", func(_ context.Context, r core.Resolved) (core.Resolved, error) {
				if r.Attempt.Path == one && r.Identity.Login != "bob" {
					r.Identity = r.Identity.WithRoles("subscriber")
				}
				return r, nil
			})
		})
		h.newUser("carol", "editor")
		for login, want := range map[string]core.Outcome{"": core.Refused, "alice": core.Refused, "bob": core.Allowed, "carol": core.Refused} {
			var header api.Header
			if login != "" {
				header = basicHeader(login, password)
			}
			if d := h.decide(target, header); d.Outcome != want {
				t.Errorf("as %s only, %q: got %v (%v), want Outcome %v", one, login, d.Outcome, d.Err, want)
			}
		}
	}
}

// TestHooks_login: however a client writes an account's name, login-before sees its login
// name, or the normalized name if there is no such account.
func TestHooks_login(t *testing.T) {
	for given, want := range map[string]string{
		"sue": "sue ", "SUE": "sue ", "\u017fue": "sue ", " sue ": "sue ", "sue@example.org": "sue ", "SUE@EXAMPLE.org": "sue ",
		"Anna.B": "Anna.B ", "anna.b": "Anna.B ", "Nobody": "nobody ",
	} {
		for name, try := range map[string]func(*testEngine){
			"login": func(h *testEngine) {
				_, _ = h.Tokens().Login(context.Background(), core.LoginRequest{Login: given, Password: password})
			},
			"basic": func(h *testEngine) { h.decide("/api/x", basicHeader(given, password)) },
		} {
			seen := sightings{}
			h := withHooks(t, func(hs *core.Hooks) { seen.watch(t, hs, "login") })
			h.newUser("sue")
			h.newUser("Anna.B")
			try(h)
			h.drained()
			if name == "basic" && given == " sue " {
				continue // Basic cannot carry this name
			}
			if got := seen["login-before"]; len(got) != 1 || got[0] != want {
				t.Errorf("%q by %s: login-before saw %q, want %q", given, name, got, want)
			}
		}
	}
}
