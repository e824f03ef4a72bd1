package expr_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/hooks/expr"
)

// TestBind_headers: the headers that an expression may set are known before it runs.
func TestBind_headers(t *testing.T) {
	for source, want := range map[string]string{
		`{"X-Tenant": "acme"}`: "X-Tenant",
		`user.login == "anna" ? {"X-Tenant": "acme"} : {"header.x-b": "b"}`: "X-Tenant x-b",
		`{"X-A": user.email, "X-B": nil}`:                                   "X-A X-B",
		`{x: "a"}`:                                                          "x",
		`nil`:                                                               "",
		`user.login == "" ? nil : (upstream == "a" ? {"X-C": "c"} : {"X-D":""})`: "X-C X-D",
	} {
		points := core.NewHooks()
		bind(t, points.IdentityHeaders, source, expr.Options{})
		var got []string
		if list := points.IdentityHeaders.Declared(); list != nil {
			got = slices.Sorted(slices.Values(*list))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: declared %q, want %q", source, got, want)
		}
	}
}

// TestBind_reservedHeaders: an expression does not load if its header is not fixed, or
// would change the request.
func TestBind_reservedHeaders(t *testing.T) {
	points := core.NewHooks()
	for _, source := range []string{
		`{(user.login): "x"}`, `{("X-" + user.login): "x"}`, `{"X-Auth-User": "root"}`, `{"header.X-Cardea-X": "x"}`, `{"x_tenant": "x"}`,
		`{"X-HTTP-Method-Override": "DELETE"}`, `{"X-Method-Override": "x"}`, `{"X-Original-URL": "/admin"}`, `{"X-Rewrite-URL": "/"}`,
		`{"Host": "x"}`, `{"Content-Type": "x"}`, `{"Content-Length": "0"}`, `{"Range": "x"}`, `{"Accept-Encoding": "x"}`,
		`{"X-Forwarded-For": "x"}`, `{"X-Forwarded-User": "x"}`, `{"X-Real-IP": "x"}`, `{"Connection": "x"}`, `{"Transfer-Encoding": "x"}`,
		`{"Upgrade": "x"}`, `{"TE": "x"}`, `{"Trailer": "x"}`, `{"Keep-Alive": "x"}`, `{"Proxy-Authorization": "x"}`, `{"Authorization": "x"}`,
		`{"Cookie": "x"}`, `{"Expect": "x"}`, `{"Forwarded": "x"}`, `{"Via": "x"}`, `{"If-None-Match": "x"}`, `{"Origin": "x"}`,
		`{"Sec-Fetch-Site": "x"}`, `{"Cache-Control": "x"}`, `{"Destination": "x"}`, `{"Access-Control-Request-Method": "x"}`, `{"X-WP-Nonce": "x"}`,
		`true ? {"X-A": "x"} : {"Range": "x"}`,
	} {
		if err := expr.Check(points.IdentityHeaders, source); err == nil {
			t.Errorf("%s loads", source)
		}
	}
}

// TestBind_roles: without the right an expression can only remove roles and scopes.
func TestBind_roles(t *testing.T) {
	for _, row := range []struct {
		source  string
		allow   []string
		refused bool
	}{
		{`{"user.roles": ["administrator"]}`, nil, true},
		{`{"user.roles": ["editor", "administrator"]}`, nil, true},
		{`{"user.scopes": ["read"]}`, nil, true},
		{`{"user.roles": filter(user.roles, # == "editor")}`, nil, false},
		{`{"user.roles": []}`, nil, false},
		{`{"user.roles": ["administrator"], "user.scopes": ["read"]}`, []string{"roles.widen"}, false},
	} {
		for _, onError := range []string{expr.Deny, expr.Skip} {
			points := core.NewHooks()
			o := expr.Options{Allow: row.allow, OnError: onError}
			bind(t, points.LoginAfter, row.source, o)
			bind(t, points.IdentityResolved, row.source, o)
			id := api.Identity{Roles: []string{"editor", "author"}}
			login, err := points.LoginAfter.Apply(context.Background(), core.LoginResult{Identity: id})
			resolved, err2 := points.IdentityResolved.Apply(context.Background(), core.Resolved{Identity: id})
			if failed := row.refused && onError == expr.Deny; (err != nil) != failed || (err2 != nil) != failed {
				t.Errorf("%s, %s: got %v, %v; want an error: %v", row.source, onError, err, err2, failed)
			}
			if row.refused && (login.Identity.HasRole("administrator") || resolved.Identity.HasScope("read")) {
				t.Errorf("%s, %s: gave %v, %v", row.source, onError, login.Identity.Roles, resolved.Identity.Scopes)
			}
		}
	}
	if err := expr.Bind(core.NewHooks().LoginAfter, "x", `nil`, expr.Options{Allow: []string{"exp.extend"}}); err == nil {
		t.Error("a right that there is not was given")
	}
}
