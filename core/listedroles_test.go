package core_test

import (
	"context"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// TestIssue_listedRoles: a list of roles written by a hook limits the token to them, even
// if the user had exactly these roles at the time.
func TestIssue_listedRoles(t *testing.T) {
	none := func(*core.Hooks) {}
	other := func(h *core.Hooks) {
		h.TokenClaims.Bind("x", func(_ context.Context, v core.TokenClaims) (core.TokenClaims, error) {
			v.Claims = v.Claims.With("tier", []any{"gold"}).With("team", "blue")
			return v, nil
		})
	}
	for _, c := range []struct {
		name   string
		roles  []string
		bind   func(*core.Hooks)
		narrow bool
	}{
		{"no hook", []string{"author"}, none, false},
		{"a hook of another claim", []string{"author"}, other, false},
		{"a hook of another claim, no roles", nil, other, false},
		{"the user's own", []string{"author"}, rolesAt("token-claims", "author"), true},
		{"fewer", []string{"author", "editor"}, rolesAt("token-claims", "author"), true},
		{"in another order", []string{"author", "editor"}, rolesAt("token-claims", "editor", "author"), true},
		{"none, where there are none", nil, rolesAt("token-claims"), true},
	} {
		w := newTestSites(t, func(cfg *core.Config) {
			network(cfg)
			cfg.Policy.Rules = []route.Rule{{Name: "all", Path: "/**"}}
			cfg.Policy.Hooks = core.NewHooks()
			c.bind(cfg.Policy.Hooks)
		})
		w.shop.users[0].Roles = c.roles
		w.forum.users[0] = api.User{Number: 1, Login: "root", Roles: []string{"author"}, Hash: w.shop.users[0].Hash}
		header := shopToken("")(w)
		for i := range w.forum.users { // promotes the user, which revokes nothing here
			w.forum.users[i].Roles = []string{"author", "administrator"}
		}
		d := w.decide("/shop/x", header)
		w.must(errorOf(d))
		if d.Identity.IsNarrowed() != c.narrow {
			t.Errorf("%s: narrowed is %v", c.name, !c.narrow)
		}
		d = w.decide("/forum/x", header)
		w.must(errorOf(d))
		if d.Identity.HasRole("administrator") == c.narrow {
			t.Errorf("%s: at the sister site %v", c.name, d.Identity.Roles)
		}
		_, err := w.Tokens().StartSession(context.Background(), core.BeginRequest{Identity: w.decide("/shop/x", header).Identity})
		if (api.ReasonOf(err) == api.ReasonNarrowed) != c.narrow {
			t.Errorf("%s: begin: %v", c.name, err)
		}
	}
}

// TestIssue_listedRolesAnywhere tests each form in which a custom token format may store
// roles, with each way in which a hook may set them to their current value.
func TestIssue_listedRolesAnywhere(t *testing.T) {
	anys := func(roles ...string) []any {
		out := []any{}
		for _, r := range roles {
			out = append(out, r)
		}
		return out
	}
	texts := func(v any) (out []string) {
		switch v := v.(type) {
		case []string:
			return v
		case string:
			return strings.Fields(v)
		case []any:
			for _, x := range v {
				if o, ok := x.(api.Claims); ok {
					x = o.String("name")
				}
				out = append(out, x.(string))
			}
		}
		return out
	}
	named := func(roles ...string) []any {
		out := []any{}
		for _, r := range roles {
			out = append(out, api.NewClaims(api.Claim{Name: "name", Value: r}))
		}
		return out
	}
	set := func(value any) func(api.Claims) api.Claims {
		return func(c api.Claims) api.Claims { return c.With("access", value) }
	}
	within := func(list any) any { return api.NewClaims(api.Claim{Name: "roles", Value: list}) }
	for name, c := range map[string]struct {
		base   any
		hook   func(api.Claims) api.Claims
		narrow bool
	}{
		"a list":                {anys("author"), set(anys("author")), true},
		"a list of Go's":        {[]string{"author"}, set([]string{"author"}), true},
		"nested":                {within(anys("author")), set(within(anys("author"))), true},
		"words":                 {"author", set("author"), true},
		"a list of objects":     {named("author"), set(named("author")), true},
		"in another form":       {anys("author"), set([]string{"author"}), true},
		"the very list":         {anys("author"), func(c api.Claims) api.Claims { v, _ := c.Get("access"); return c.With("access", v) }, true},
		"removed and set again": {anys("author"), func(c api.Claims) api.Claims { return c.Without("access").With("access", anys("author")) }, true},
		"claims of its own": {anys("author"), func(c api.Claims) api.Claims {
			var list []api.Claim
			for name, v := range c.All {
				list = append(list, api.Claim{Name: name, Value: v})
			}
			return api.NewClaims(list...)
		}, true},
		"another claim":            {within(anys("author")), func(c api.Claims) api.Claims { return c.With("team", "blue") }, false},
		"a list of something else": {[]string{"author"}, func(c api.Claims) api.Claims { return c.With("teams", anys("blue")) }, false},
		"nothing":                  {within(anys("author")), func(c api.Claims) api.Claims { return c }, false},
		"set and left":             {anys("author"), func(c api.Claims) api.Claims { c.With("access", anys()); return c }, false},
	} {
		l := core.NativeTokenFormat("https://kc.example")
		l.Name, l.Order = "kc", append(l.Order, "access")
		l.Base = func(api.Identity) api.Claims { return api.NewClaims(api.Claim{Name: "access", Value: c.base}) }
		l.Read = func(x api.Claims) (api.Identity, bool, error) {
			v, _ := x.Get("access")
			if o, ok := v.(api.Claims); ok {
				v, _ = o.Get("roles")
			}
			return api.Identity{Subject: x.String("sub"), Roles: texts(v)}, true, nil
		}
		h := newTestEngine(t, func(cfg *core.Config) {
			cfg.Policy.TokenFormats, cfg.Policy.Hooks = []core.TokenFormat{l}, core.NewHooks()
			cfg.Policy.Hooks.TokenClaims.Bind("x", func(_ context.Context, v core.TokenClaims) (core.TokenClaims, error) {
				v.Claims = c.hook(v.Claims)
				return v, nil
			})
		})
		issued, err := h.Tokens().Issue(context.Background(), core.IssueRequest{Identity: h.bob.Identity("store"), TokenFormat: "kc"})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		head, _, _ := strings.Cut(issued.Text.Reveal(), ".")
		text, err := base64.RawURLEncoding.DecodeString(head)
		h.must(err)
		if strings.Contains(string(text), "narrowed") != c.narrow {
			t.Errorf("%s: the head is %s", name, text)
		}
	}
}
