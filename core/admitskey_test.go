package core_test

import (
	"context"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// TestIntrospect_keyRules: an API key is reported as accepted where a request with it would
// be, according to rules, the method's places and roles.
func TestIntrospect_keyRules(t *testing.T) {
	shop := route.Rule{Name: "shop", Path: "/shop/**"}
	all := route.Rule{Name: "all", Path: "/**"}
	admin := route.Rule{Name: "admin", Path: "/shop/admin", Roles: []string{"administrator"}}
	own := route.Rule{Name: "own", Path: "/shop/own/*", Methods: []string{"POST"}}
	blog := route.Rule{Name: "blog", Host: "blog.example", Path: "/api/**"}
	for name, c := range map[string]struct {
		rules  []route.Rule
		places []core.Place
		refuse []string
		tokens string // where the application accepts only tokens
		want   string
		pass   map[string]bool // requests to "METHOD host/path"
	}{
		"everywhere":             {rules: []route.Rule{shop, all, admin, own}, want: "all own shop", pass: map[string]bool{"GET a.example/x": true, "GET a.example/shop/admin": false}},
		"below a path":           {rules: []route.Rule{shop, all, admin, own}, places: []core.Place{{Prefix: "/shop"}}, want: "own shop", pass: map[string]bool{"GET a.example/x": false, "POST a.example/shop/own/1": true}},
		"at an admin's path":     {rules: []route.Rule{shop, all, admin}, places: []core.Place{{Prefix: "/shop/admin"}}, want: "shop", pass: map[string]bool{"GET a.example/shop/admin": false, "GET a.example/shop/admin/x": true}},
		"at the other host":      {rules: []route.Rule{blog}, places: []core.Place{{Host: "shop.example"}}, pass: map[string]bool{"GET blog.example/api/x": false, "GET shop.example/api/x": false}},
		"at the host":            {rules: []route.Rule{blog, shop}, places: []core.Place{{Host: "blog.example"}}, want: "blog shop", pass: map[string]bool{"GET blog.example/api/x": true, "GET a.example/shop/x": false}},
		"at the other path":      {rules: []route.Rule{shop}, places: []core.Place{{Prefix: "/blog"}}, pass: map[string]bool{"GET a.example/shop/x": false}},
		"a role that is refused": {rules: []route.Rule{all}, refuse: []string{"subscriber"}, pass: map[string]bool{"GET a.example/x": false}},
		"where tokens count":     {rules: []route.Rule{shop, all, own}, tokens: "/shop", want: "all", pass: map[string]bool{"GET a.example/shop/x": false, "GET a.example/x": true}},
		"public alone":           {rules: []route.Rule{{Name: "open", Path: "/**", Access: route.Public}}},
	} {
		h := newTestEngine(t, func(config *core.Config) {
			config.Policy.Rules = c.rules
			config.Policy.Accepts = func(a *api.Attempt) bool {
				return c.tokens == "" || !strings.HasPrefix(a.Path, c.tokens) || a.Credential.Kind == api.Bearer
			}
			config.Policy.Methods[1].Places, config.Policy.Methods[1].RefuseRoles = c.places, c.refuse
		})
		text, _ := h.apiKey(core.NewAPIKey{Subject: h.bob.Subject})
		in, err := h.Introspect(context.Background(), api.Secret(text))
		if got := strings.Join(in.Rules, " "); err != nil || got != c.want || in.State.Live != (c.want != "") {
			t.Errorf("%s: it counts under %q, %+v, %v; want %q", name, got, in.State, err, c.want)
		}
		for request, passes := range c.pass {
			method, target, _ := strings.Cut(request, " ")
			host, path, _ := strings.Cut(target, "/")
			a := &api.Attempt{Method: method, Scheme: "https", Host: host, RawTarget: "/" + path, Header: keyHeader(text)}
			if d := h.Decide(context.Background(), a); (d.Outcome == core.Allowed) != passes {
				t.Errorf("%s: %s: %v %v; want it to pass: %t", name, request, d.Outcome, d.Err, passes)
			}
		}
	}
}
