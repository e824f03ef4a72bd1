package plugins_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/internal/asm"
)

// TestHostCalls_roles: without the right the lists that decisions go by can only
// lose members; the plugin is told at once.
func TestHostCalls_roles(t *testing.T) {
	free := plugins.Grants{Write: []string{"user.roles", "user.scopes"}}
	wide := plugins.Grants{Write: free.Write, Allow: []string{abi.AllowRoles}}
	for _, point := range []string{"login-after", "identity-resolved"} {
		for _, row := range []struct {
			value string
			given plugins.Grants
			want  string
		}{
			{`["administrator"]`, free, `["editor"]`},
			{`["editor","administrator"]`, free, `["editor"]`},
			{`["editor","editor"]`, free, `["editor","editor"]`},
			{`[]`, free, `[]`},
			{`null`, free, `null`},
			{`{"0":"administrator"}`, free, `["editor"]`},
			{`["administrator"]`, wide, `["administrator"]`},
		} {
			g := newGuest()
			g.hook(point, g.call("set_json", g.text("user.roles"), g.text(row.value)), asm.Op(asm.Drop), asm.I32(0))
			p := load(t, plugins.Config{}, plugins.Spec{Module: g.Bytes(), Grants: row.given})
			got, err := bind(t, p, point, plugins.Deny).Apply(context.Background(), newEvent())
			if err != nil || got.text("user.roles") != row.want {
				t.Errorf("%s: %s with %v: %s (%v), want %s", point, row.value, row.given.Allow, got.text("user.roles"), err, row.want)
			}
		}
	}
}

// TestRights_claims: a plugin's claims count as roles only with the right, in the
// format that reads them back, and writing others stays free.
func TestRights_claims(t *testing.T) {
	write := []string{"claim.*"}
	for _, row := range []struct {
		name, claim, value string
		allow              []string
		want               string // roles of the token
	}{
		{"roles", "claim.roles", `["administrator"]`, nil, "editor"},
		{"scope", "claim.scope", `"read"`, nil, "editor"},
		{"fewer roles", "claim.roles", `[]`, nil, ""},
		{"another claim", "claim.role", `"administrator"`, nil, "editor"},
		{"roles with the right", "claim.roles", `["administrator"]`, []string{abi.AllowRoles}, "administrator"},
	} {
		t.Run(row.name, func(t *testing.T) {
			g := newGuest()
			g.hook("token-claims", g.call("set_json", g.text(row.claim), g.text(row.value)), asm.Op(asm.Drop), g.set("claim.plan", "gold"), asm.I32(0))
			p := load(t, plugins.Config{}, plugins.Spec{Module: g.Bytes(), Grants: plugins.Grants{Write: write, Allow: row.allow}})
			hs := core.NewHooks()
			if err := p.Bind(hs.TokenClaims, plugins.Binding{OnError: plugins.Deny}); err != nil {
				t.Fatal(err)
			}
			e, err := core.New(t.Context(), core.Config{Policy: core.Policy{Hooks: hs}})
			if err != nil {
				t.Fatal(err)
			}
			defer e.Close()
			issued, err := e.Issue(t.Context(), core.IssueRequest{Identity: api.Identity{Subject: "u1", Login: "ada", Roles: []string{"editor"}}})
			if err != nil {
				t.Fatal(err)
			}
			id, err := e.Verify(t.Context(), core.VerifyRequest{Token: issued.Text.Reveal()})
			if plan := issued.Claims.String("plan"); err != nil || plan != "gold" || strings.Join(id.Roles, " ") != row.want || len(id.Scopes) > 0 {
				t.Errorf("roles %v, scopes %v, plan %q, %v; want %s", id.Roles, id.Scopes, plan, err, row.want)
			}
		})
	}
}

// TestGrants_headers: headers are granted by their names, whoever grants them.
func TestGrants_headers(t *testing.T) {
	for pattern, good := range map[string]bool{
		"header.x-tenant": true, "header.X-Tenant": true, "*": true, "claim.*": true, "response.header.*": true, "message": true,
		"h": false, "claims.x": false, "user.login": false, "lifetim*": true, "clam.*": false,
		"header.*": false, "header.x-*": false, "header*": false, "head*": false, "h*": false,
		"header.": false, "header.x_tenant": false, "header.x tenant": false, "header.x.y": false,
	} {
		err := plugins.Grants{Write: []string{pattern}}.Check()
		_, inManifest := plugins.ParseManifest([]byte(`{"name":"m","abi":{"major":1},"hooks":[],"grants":{"write":["` + pattern + `"]}}`))
		if (err == nil) != good || (inManifest == nil) != good {
			t.Errorf("%s: %v; in a manifest: %v; want it good: %v", pattern, err, inManifest, good)
		}
	}
	if err := (plugins.Grants{Read: []string{"header.*"}}).Check(); err != nil {
		t.Errorf("reading: %v", err)
	}
}

// TestBind_headers: what a plugin may set is declared when it is bound, and before a
// reload lets it set more; "*" grants no header that was not asked for by name.
func TestBind_headers(t *testing.T) {
	module := func(header string) []byte {
		g := newGuest()
		g.hook("identity-headers", g.set("header."+header, "x"), asm.I32(0))
		return g.Bytes()
	}
	manifest := []byte(`{"name":"m","abi":{"major":1},"hooks":["identity-headers"],"grants":{"write":["header.x-a","header.x-b"]}}`)
	p := load(t, plugins.Config{}, plugins.Spec{Module: module("x-b"), Manifest: manifest, Grants: plugins.Grants{Write: []string{"header.x-a", "header.x-c"}}})
	hs := core.NewHooks()
	if err := p.Bind(hs.IdentityHeaders, plugins.Binding{OnError: plugins.Deny}); err != nil {
		t.Fatal(err)
	}
	check := func(what string, want ...string) {
		t.Helper()
		if got := *hs.IdentityHeaders.Declared(); !slices.Equal(got, want) {
			t.Errorf("%s: declared %v, want %v", what, got, want)
		}
	}
	check("bound", "x-a")
	out, err := hs.IdentityHeaders.Apply(t.Context(), core.UpstreamHeaders{})
	if err != nil || len(out.Headers) > 0 {
		t.Errorf("without the grant: %v, %v", out.Headers, err)
	}
	if err := p.Replace(t.Context(), plugins.Spec{Module: module("x-b"), Manifest: manifest, Grants: plugins.Grants{Write: []string{"*"}}}); err != nil {
		t.Fatal(err)
	}
	check("reloaded", "x-a", "x-b")
	if out, err = hs.IdentityHeaders.Apply(t.Context(), core.UpstreamHeaders{}); err != nil || out.Headers.Get("X-B") != "x" {
		t.Errorf("with the grant: %v, %v", out.Headers, err)
	}
	bare := load(t, plugins.Config{}, plugins.Spec{Module: module("x-b"), Grants: plugins.Grants{Write: []string{"*"}}})
	hs = core.NewHooks()
	if err := bare.Bind(hs.IdentityHeaders, plugins.Binding{OnError: plugins.Deny}); err != nil {
		t.Fatal(err)
	}
	if out, err = hs.IdentityHeaders.Apply(t.Context(), core.UpstreamHeaders{}); err != nil || len(out.Headers) > 0 {
		t.Errorf("without a manifest: %v, %v", out.Headers, err)
	}
}

// TestBind_reservedHeader: a grant that could only be refused later is refused now.
func TestBind_reservedHeader(t *testing.T) {
	g := newGuest()
	g.hook("identity-headers", asm.I32(0))
	for _, name := range []string{"x-original-url", "range", "content-type", "x-auth-user", "authorization"} {
		p := load(t, plugins.Config{}, plugins.Spec{Module: g.Bytes(), Grants: plugins.Grants{Write: []string{"header." + name}}})
		if err := p.Bind(hooks.Point(core.NewHooks().IdentityHeaders), plugins.Binding{}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
