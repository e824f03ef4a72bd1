package core_test

import (
	"context"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// TestCheckTrimmed_files: a path at which applications serve what a rule names, with or
// without an ending or as the index of a directory, passes for whoever that rule allows.
func TestCheckTrimmed_files(t *testing.T) {
	hooks := core.NewHooks()
	hooks.RouteAccess.Bind("team", func(_ context.Context, v core.Access) (core.Access, error) {
		if v.Rule == "team" && v.Identity.Login != "alice" {
			return v, core.Deny("", "no")
		}
		return v, nil
	})
	h := newTestEngine(t, func(c *core.Config) {
		c.Policy.Scripts, c.Policy.Hooks = []string{"php"}, hooks
		c.Policy.Rules = []route.Rule{
			{Name: "all", Path: "/**"}, {Name: "open", Path: "/open/**", Access: route.Public}, {Name: "some", Path: "/some/**", Access: route.Optional, OnBadToken: route.Anonymous},
			{Name: "admin", Path: "/admin/**", Roles: []string{"administrator"}}, {Name: "style", Path: "/admin.css", Access: route.Public},
			{Name: "secret", Path: "/open/secret", Roles: []string{"administrator"}}, {Name: "member", Path: "/some/member"},
			{Name: "index", Path: "/dir/index.php", Roles: []string{"administrator"}}, {Name: "top", Path: "/top/index.html", Roles: []string{"administrator"}},
			{Name: "named", Path: "/top/"}, {Name: "file", Path: "/report.pdf", Roles: []string{"administrator"}},
			{Name: "team", Path: "/team/**"}, {Name: "remove", Path: "/posts/**", Methods: []string{"DELETE"}, Roles: []string{"administrator"}},
			{Name: "login", Path: "/login", Access: route.Public},
		}
	})
	tokens := map[string]string{"bob": h.token("bob"), "alice": h.token("alice"), "nobody": "not.a.token"}
	for _, c := range []struct {
		line, who string
		want      string // reason
	}{
		{"GET /admin.json", "bob", api.ReasonRole}, {"GET /admin.json", "alice", ""}, {"GET /admin.json/", "bob", api.ReasonRole}, {"GET /admin.tar.gz", "bob", api.ReasonRole},
		{"GET /index.php/admin.json", "bob", api.ReasonRole}, {"GET /admin.json%20", "bob", api.ReasonRole}, {"GET /admin.css", "bob", ""}, {"GET /admin.css", "", ""},
		{"GET /open/secret.txt", "", api.ReasonNoCredential}, {"GET /open/secret.txt", "bob", api.ReasonRole}, {"GET /open/secret.txt", "alice", ""}, {"GET /open/x.txt", "", ""},
		{"GET /some/member.json", "", api.ReasonNoCredential}, {"GET /some/member.json", "bob", ""}, {"GET /some/member.json", "nobody", api.ReasonBadPath}, {"GET /some/x.json", "nobody", ""},
		{"GET /dir/", "bob", api.ReasonRole}, {"GET /dir", "bob", api.ReasonRole}, {"GET /dir/", "alice", ""}, {"GET /dir/x", "bob", ""}, {"GET /x.php/dir/", "bob", api.ReasonRole},
		{"GET /top/", "bob", ""}, {"GET /report", "bob", api.ReasonRole}, {"GET /report", "alice", ""}, {"GET /reports", "bob", ""},
		{"GET /admin.php/x", "bob", api.ReasonRole}, {"GET /admin.git/info/refs?service=git-upload-pack", "bob", api.ReasonRole}, {"GET /admin.git/HEAD", "alice", ""}, {"GET /x.php/admin.wiki.git/HEAD", "bob", api.ReasonRole},
		{"GET /admin.css/x", "bob", api.ReasonRole}, {"GET /admin.5/x", "bob", ""}, {"GET /open/secret.a/x", "", ""}, {"GET " + strings.Repeat("/admin.x", 6), "alice", api.ReasonBadPath},
		{"GET /team.json", "bob", api.ReasonHook}, {"GET /team.json", "alice", ""},
		{"DELETE /posts.json", "bob", api.ReasonRole}, {"GET /posts.json", "bob", ""}, {"GET /login.html", "bob", ""},
	} {
		var header api.Header
		if c.who != "" {
			header = bearer(tokens[c.who])
		}
		method, target, _ := strings.Cut(c.line, " ")
		a := get(target, header)
		a.Method = method
		d := h.Decide(t.Context(), a)
		h.must(errorOf(d))
		if err := h.CheckTrimmed(t.Context(), a, d); api.ReasonOf(err) != c.want {
			t.Errorf("%s as %q: got %v, want reason %q", c.line, c.who, err, c.want)
		}
	}
}

// TestCheckTrimmed_filesPassedOn: a credential of the application's own says nothing about who
// may pass a stricter rule.
func TestCheckTrimmed_filesPassedOn(t *testing.T) {
	h := newTestEngine(t, func(c *core.Config) {
		c.Policy.Scripts = []string{"php"}
		c.Policy.Rules = []route.Rule{{Name: "all", Path: "/**", Access: route.Optional, OnBadToken: route.Anonymous, ForwardCredential: true}, {Name: "admin", Path: "/admin"}}
	})
	for target, want := range map[string]string{"/admin.json": api.ReasonBadPath, "/x.json": ""} {
		a := get(target, bearer("theirs"))
		d := h.Decide(t.Context(), a)
		h.must(errorOf(d))
		if err := h.CheckTrimmed(t.Context(), a, d); api.ReasonOf(err) != want {
			t.Errorf("%s: got %v, want reason %q", target, err, want)
		}
	}
}

// TestDecidesByMethod_files: a method matters where it matters for another path of the file.
func TestDecidesByMethod_files(t *testing.T) {
	h := newTestEngine(t, func(c *core.Config) {
		c.Policy.Scripts = []string{"php"}
		c.Policy.Rules = []route.Rule{{Name: "all", Path: "/**"}, {Name: "remove", Path: "/posts/**", Methods: []string{"DELETE"}, Roles: []string{"administrator"}}}
	})
	for target, want := range map[string]bool{"/posts.json": true, "/index.php/posts.json": true, "/x.json": false, "/x": false} {
		a := get(target, bearer(h.token("bob")))
		d := h.Decide(t.Context(), a)
		h.must(errorOf(d))
		if got := h.DecidesByMethod(a, d); got != want {
			t.Errorf("%s: got %v, want %v", target, got, want)
		}
	}
}

// TestCheckTrimmed_paths: further paths that the application may take a request for must be
// allowed for the same user, by a rule of the same upstream.
func TestCheckTrimmed_paths(t *testing.T) {
	h := newTestEngine(t, func(c *core.Config) {
		c.Policy.Scripts = []string{"php"}
		c.Policy.Rules = []route.Rule{
			{Name: "home", Path: "/", Upstream: "one", Access: route.Public}, {Name: "a", Path: "/a/**", Upstream: "one"}, {Name: "two", Path: "/two/**", Upstream: "two"},
			{Name: "admin", Path: "/admin/**", Upstream: "one", Roles: []string{"administrator"}},
			{Name: "remove", Path: "/a/**", Upstream: "one", Methods: []string{"DELETE"}, Roles: []string{"administrator"}},
			{Name: "open", Path: "/open/**", Upstream: "one", Access: route.Public}, {Name: "upper", Path: "/ADMIN/**", Upstream: "one", Access: route.Public}, {Name: "script", Path: "/x.php/**", Upstream: "one", Access: route.Public},
		}
		c.Policy.Paths = func(rule *route.Rule, path, query string) []string {
			if query == "panic" {
				panic(rule.Name + path)
			}
			out := strings.FieldsFunc(query, func(r rune) bool { return r == ',' })
			if strings.HasPrefix(path, "/ADMIN") {
				out = append(out, strings.ToLower(path))
			}
			return out
		}
	})
	for _, c := range []struct {
		target, who string
		want        string // reason
		byMethod    bool
	}{
		{"/", "", "", false}, {"/?/admin/x", "", api.ReasonNoCredential, true}, {"/?/admin/x", "bob", api.ReasonRole, true}, {"/?/admin/x", "alice", "", true},
		{"/?/a/x", "bob", "", true}, {"/a/y?/admin/x.json", "bob", api.ReasonRole, true}, {"/?/nowhere", "alice", api.ReasonBadPath, true}, {"/?/two/x", "alice", api.ReasonBadPath, true},
		{"/open/x.php/ADMIN/x", "", api.ReasonNoCredential, true}, {"/open/x.php/ADMIN/x", "bob", api.ReasonRole, true}, {"/open/x.php/ADMIN/x", "alice", "", true}, {"/ADMIN/x", "bob", api.ReasonRole, true},
		{"/open/y?/x.php/admin/y", "bob", api.ReasonRole, true}, {"/open/y?/x.php/admin/y", "alice", "", true}, {"/open/y?/x.php/open/y", "", "", false}, {"/open/y?/x.php" + strings.Repeat("/a.php", 5), "alice", api.ReasonBadPath, true},
		{"/?" + strings.Repeat("/a,", 33), "alice", api.ReasonBadPath, true}, {"/?" + strings.Repeat("/a,", 32), "alice", "", true},
	} {
		header := api.Header{}
		if c.who != "" {
			header = bearer(h.token(c.who))
		}
		a := get(c.target, header)
		d := h.Decide(t.Context(), a)
		h.must(errorOf(d))
		if err := h.CheckTrimmed(t.Context(), a, d); api.ReasonOf(err) != c.want {
			t.Errorf("%s as %q: got %v, want reason %q", c.target, c.who, err, c.want)
		}
		if got := h.DecidesByMethod(a, d); got != c.byMethod {
			t.Errorf("%s as %q: decides by method: got %v, want %v", c.target, c.who, got, c.byMethod)
		}
	}
	a := get("/?panic", nil)
	if err := h.CheckTrimmed(t.Context(), a, h.Decide(t.Context(), a)); api.CodeOf(err) != api.Internal {
		t.Errorf("a panic: got %v, want an internal error", err)
	}
}
