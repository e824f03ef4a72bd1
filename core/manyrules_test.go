package core_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// readsNames reads a query such as "a&b" as requests for the paths /a and /b.
func readsNames(_, method, _, query string) (r route.Reading, _ error) {
	if query == "" {
		return route.Reading{}, nil
	}
	for i, name := range strings.Split(query, "&") {
		m := route.Meaning{Method: method, Path: "/" + name}
		if i == 0 {
			r.Meaning = m
		} else {
			r.Also = append(r.Also, m)
		}
	}
	return r, nil
}

// variety returns a rule for each combination of settings that affect an allowed request.
func variety() (list []route.Rule) {
	for _, access := range []route.Access{route.Public, route.Optional, route.Required} {
		for _, forward := range []bool{false, true} {
			for _, revoke := range []string{route.End, route.Keep} {
				for _, accepts := range [][]string{nil, {"forum"}, {"forum", "shop"}} {
					name := fmt.Sprint("r", len(list))
					list = append(list, route.Rule{
						Name: name, Path: "/" + name, Access: access, ForwardCredential: forward, OnRevoke: revoke, AcceptsFrom: accepts,
					})
				}
			}
		}
	}
	return list
}

// TestDecide_both: a request that can be read in two ways gets only the rights that both
// rules grant.
func TestDecide_both(t *testing.T) {
	list := variety()
	h := newTestEngine(t, func(c *core.Config) { c.Policy.Rules, c.Policy.Read = list, readsNames })
	header := bearer(h.token("alice"))
	for _, a := range list {
		for _, b := range list {
			d := h.decide("/r0?"+a.Name+"&"+b.Name, header)
			if d.Outcome != core.Allowed {
				t.Fatalf("%v and %v: got %v, want allowed", a, b, d.Err)
			}
			if got, want := d.Rule.ForwardCredential, a.ForwardCredential && b.ForwardCredential; got != want {
				t.Errorf("%+v and %+v: forwards %v", a, b, got)
			}
			if got, want := d.Rule.OnRevoke == route.Keep, a.OnRevoke == route.Keep && b.OnRevoke == route.Keep; got != want {
				t.Errorf("%+v and %+v: keeps %v", a, b, got)
			}
			for _, site := range []string{"forum", "shop"} {
				lacks := func(r route.Rule) bool { return r.Access != route.Public && !slices.Contains(r.AcceptsFrom, site) }
				if got := slices.Contains(d.Rule.AcceptsFrom, site); got && (lacks(a) || lacks(b)) {
					t.Errorf("%+v and %+v: accepts from %s", a, b, site)
				}
			}
		}
	}
	for i, r := range h.config.Policy.Rules { // the rules must not have changed
		if fmt.Sprint(r) != fmt.Sprint(list[i]) {
			t.Errorf("%v became %v", list[i], r)
		}
	}
}

// TestCheckMethods: a request that names a second method is allowed only if both are
// allowed, as the same user with the same rights.
func TestCheckMethods(t *testing.T) {
	h := newTestEngine(t, func(c *core.Config) {
		c.Policy.Rules = []route.Rule{
			{Name: "read", Path: "/a", Methods: []string{"GET", "POST"}},
			{Name: "write", Path: "/a", Methods: []string{"PUT"}, Roles: []string{"editor"}},
			{Name: "remove", Path: "/a", Methods: []string{"DELETE"}, Access: route.Public},
			{Name: "open", Path: "/open", Access: route.Optional},
		}
		c.Policy.Hooks = core.NewHooks()
		c.Policy.Hooks.IdentityResolved.Bind("x", func(_ context.Context, v core.Resolved) (core.Resolved, error) {
			switch v.Attempt.Method {
			case "POST":
				v.Identity = v.Identity.WithRoles(append(slices.Clone(v.Identity.Roles), "guest")...)
			case "PATCH":
				v.Identity = v.Identity.WithRoles()
			case "LOCK":
				return v, core.Deny("", "no")
			}
			return v, nil
		})
	})
	for _, c := range []struct {
		method, target string
		who            string
		methods        string
		want           string // reason
	}{
		{"GET", "/a", "bob", "", ""},
		{"GET", "/a", "bob", "GET", ""},
		{"GET", "/a", "bob", "PUT", api.ReasonMethodOverride},
		{"PUT", "/a", "alice", "PUT PUT", ""},
		{"PUT", "/a", "alice", "DELETE", api.ReasonMethodOverride}, // anonymous by that method
		{"DELETE", "/a", "", "GET", api.ReasonMethodOverride},
		{"GET", "/a", "bob", "TRACE", api.ReasonMethodOverride},
		{"POST", "/a", "bob", "GET", api.ReasonMethodOverride}, // bob lacks a role by that method
		{"GET", "/a", "bob", "POST", ""},
		{"GET", "/open", "alice", "PATCH", api.ReasonMethodOverride},
		{"GET", "/open", "", "PATCH PUT POST", ""},
		{"GET", "/open", "bob", "LOCK", api.ReasonHook},
		{"GET", "/open", "", "A B C D", ""},
		{"GET", "/open", "", "A B C D E", api.ReasonMethodOverride},
	} {
		a := get(c.target, nil)
		if a.Method = c.method; c.who != "" {
			a.Header = bearer(h.token(c.who))
		}
		d := h.Decide(t.Context(), a)
		h.must(errorOf(d))
		if err := h.CheckMethods(t.Context(), a, d, strings.Fields(c.methods)); api.ReasonOf(err) != c.want {
			t.Errorf("%+v: CheckMethods: got %v, want reason %q", c, err, c.want)
		}
	}
}

// TestCheckTargets: a second resource is decided on like a separate request.
func TestCheckTargets(t *testing.T) {
	h := newTestEngine(t, func(c *core.Config) {
		c.Policy.TrailingSlash = route.SlashDistinct
		c.Policy.Rules = []route.Rule{
			{Name: "all", Path: "/**", Upstream: "one", Access: route.Optional},
			{Name: "admin", Path: "/admin", Roles: []string{"administrator"}, Upstream: "one"},
			{Name: "write", Path: "/read/**", Methods: []string{"PUT"}, Roles: []string{"administrator"}, Upstream: "one"},
			{Name: "two", Path: "/two/**", Upstream: "two"},
		}
		c.Policy.Hooks = core.NewHooks()
		c.Policy.Hooks.RouteAccess.Bind("x", func(_ context.Context, v core.Access) (core.Access, error) {
			if v.Attempt.Path == "/hooked" {
				return v, core.Deny("", "no")
			}
			return v, nil
		})
	})
	for _, c := range []struct {
		who    string
		target string
		want   string // reason
	}{
		{"bob", "/y", ""}, {"", "/y", ""}, {"alice", "/admin", ""},
		{"bob", "/admin", api.ReasonRole}, {"", "/admin", api.ReasonNoCredential},
		{"bob", "/%61dmin", api.ReasonRole}, {"bob", "/admin/", api.ReasonOtherTarget}, {"bob", "/admin.", api.ReasonBadPath},
		{"bob", "/read/y", api.ReasonRole}, {"bob", "/two/y", api.ReasonOtherTarget},
		{"bob", "/hooked", api.ReasonHook}, {"bob", "/hooked/", api.ReasonHook}, {"bob", "/a/../b", api.ReasonBadPath},
	} {
		a := get("/x", nil)
		if a.Method = "MOVE"; c.who != "" {
			a.Header = bearer(h.token(c.who))
		}
		d := h.Decide(t.Context(), a)
		h.must(errorOf(d))
		if err := h.CheckTargets(t.Context(), a, d, []core.Target{{Method: "PUT", RawTarget: c.target}}); api.ReasonOf(err) != c.want {
			t.Errorf("%+v: CheckTargets: got %v, want reason %q", c, err, c.want)
		}
		if err := h.CheckTargets(t.Context(), a, d, make([]core.Target, 9)); api.ReasonOf(err) != api.ReasonOtherTarget {
			t.Errorf("too many: got %v, want reason %q", err, api.ReasonOtherTarget)
		}
	}
}

// TestCheckTargets_sameMethod: a second resource counts also where it is reached by the
// request's own method, and the request itself is not asked about again.
func TestCheckTargets_sameMethod(t *testing.T) {
	asked := 0
	h := newTestEngine(t, func(c *core.Config) {
		c.Policy.Rules = []route.Rule{{Name: "all", Path: "/**"}, {Name: "admin", Path: "/admin", Roles: []string{"administrator"}}}
		c.Policy.Hooks = core.NewHooks()
		c.Policy.Hooks.RouteAccess.Bind("x", func(_ context.Context, v core.Access) (core.Access, error) {
			asked++
			return v, nil
		})
	})
	for _, c := range []struct{ method, target, want string }{
		{"GET", "/admin", api.ReasonRole}, {"PUT", "/admin", api.ReasonRole}, {"GET", "/y", ""}, {"GET", "/x", ""},
	} {
		a := get("/x", bearer(h.token("bob")))
		d := h.Decide(t.Context(), a)
		h.must(errorOf(d))
		asked = 0
		if err := h.CheckTargets(t.Context(), a, d, []core.Target{{Method: c.method, RawTarget: c.target}}); api.ReasonOf(err) != c.want {
			t.Errorf("%s %s: %v, want %q", c.method, c.target, err, c.want)
		}
		if c.target == "/x" && asked > 0 {
			t.Errorf("hooks are asked %d times about the request itself", asked)
		}
	}
}

// TestCheckTargets_hooks: while a hook decides on single paths, a request that acts on
// everything below a path needs a rule that lists its method.
func TestCheckTargets_hooks(t *testing.T) {
	bind := map[string]func(*core.Hooks){
		"none": func(*core.Hooks) {},
		"route-access": func(h *core.Hooks) {
			h.RouteAccess.Bind("x", func(_ context.Context, v core.Access) (core.Access, error) { return v, nil })
		},
		"route-exclusion": func(h *core.Hooks) {
			h.RouteExclusion.Bind("x", func(_ context.Context, v core.Exclusion) (core.Exclusion, error) { return v, nil })
		},
	}
	for _, c := range []struct{ hook, method, target, below, want string }{
		{"none", "COPY", "/x", "COPY", ""}, {"route-access", "COPY", "/x", "COPY", api.ReasonOtherTarget},
		{"route-exclusion", "COPY", "/x", "COPY", api.ReasonOtherTarget},
		{"route-access", "COPY", "/x", "", ""}, {"route-access", "MKCOL", "/x", "", ""},
		{"route-access", "COPY", "/dav/x", "COPY", ""}, {"route-access", "LOCK", "/dav/x", "LOCK", api.ReasonOtherTarget},
		{"route-access", "DELETE", "/dav/x", "DELETE", api.ReasonOtherTarget}, {"none", "DELETE", "/dav/x", "DELETE", ""},
	} {
		h := newTestEngine(t, func(cfg *core.Config) {
			cfg.Policy.Rules = []route.Rule{{Name: "all", Path: "/**"}, {Name: "dav", Path: "/dav/**", Methods: []string{"COPY"}}}
			cfg.Policy.Hooks = core.NewHooks()
			bind[c.hook](cfg.Policy.Hooks)
		})
		a := get(c.target, bearer(h.token("bob")))
		a.Method = c.method
		d := h.Decide(t.Context(), a)
		h.must(errorOf(d))
		if err := h.CheckTargets(t.Context(), a, d, []core.Target{{Method: c.method, RawTarget: c.target, Below: c.below}}); api.ReasonOf(err) != c.want {
			t.Errorf("%+v: CheckTargets: got %v, want reason %q", c, err, c.want)
		}
	}
}

// TestCheckTrimmed: what a path becomes without blanks and dots at the ends of segments, or
// without the script before them, is held to the rules, to what sites refuse there, and to
// what the application accepts.
func TestCheckTrimmed(t *testing.T) {
	h := newTestEngine(t, func(c *core.Config) {
		c.Policy.Rules = []route.Rule{
			{Name: "all", Path: "/**"}, {Name: "admin", Path: "/admin/**", Roles: []string{"administrator"}},
			{Name: "top", Path: "/top/", Roles: []string{"administrator"}},
		}
		c.Policy.Sites = []core.Site{{Name: "shop", Prefix: "/shop", RefuseBasic: []string{"subscriber"}}}
		c.Policy.Scripts = []string{"php"}
		c.Policy.Accepts = func(a *api.Attempt) bool {
			return !strings.HasPrefix(a.Path, "/tokens/") || a.Credential.Kind == api.Bearer
		}
	})
	for target, want := range map[string]string{
		"/wiki/Washington,_D.C.": "", "/a%20": "", "/a.b": "", "/a/": "",
		"/admin.": api.ReasonBadPath, "/admin%20": api.ReasonBadPath, "/admin%3Fx": api.ReasonBadPath, "/admin%3F/x": api.ReasonBadPath, "/%20admin": api.ReasonBadPath, "/admin.%20./x": api.ReasonBadPath,
		"/.../admin": api.ReasonBadPath, "/admin::$DATA": api.ReasonBadPath, "/admin:$i30:$INDEX_ALLOCATION/x": api.ReasonBadPath,
		"/shop./x": api.ReasonRoleRefused, "/tokens./x": api.ReasonBadCredential,
		"/index.php/wiki": "", "/index.php": "", "/admins.php": "", "/index.php/admins": "",
		"/index.php/admin/x": api.ReasonBadPath, "/index.php/admin": api.ReasonBadPath, "/sub/app.php/admin/x": api.ReasonBadPath, "/index.PHP/admin/": api.ReasonBadPath,
		"/index.php./admin/x": api.ReasonBadPath, "/a.php/b.php/admin": api.ReasonBadPath,
		"/a.php/b.php/c.php/d.php/admin": api.ReasonBadPath, "/a.php/b.php/c.php/d.php/e.php/x": api.ReasonBadPath, "/a.php/b.php/c.php/d.php/e.php/admin": api.ReasonBadPath, "/a.php/b.php/c.php/d.php/x": "",
		"/top/index.php": api.ReasonBadPath, "/top/INDEX.php": api.ReasonBadPath, "/top/index.html": api.ReasonBadPath, "/top/index.php%20": api.ReasonBadPath, "/x.php/top/": api.ReasonBadPath,
		"/top/login.php": "", "/top/x.html": "", "/a/index.php": "", "/top": "",
		"/index.php/shop/x": api.ReasonRoleRefused, "/index.php/tokens/x": api.ReasonBadCredential,
	} {
		a := get(target, basicHeader("bob", password))
		d := h.Decide(t.Context(), a)
		h.must(errorOf(d))
		if err := h.CheckTrimmed(t.Context(), a, d); api.ReasonOf(err) != want {
			t.Errorf("%s: %v, want %q", target, err, want)
		}
	}
}
