package gateway

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// maxBatch is the maximum size of an inspected batch in bytes.
const maxBatch = 1 << 20

// TestServe_batch: a batch to a WordPress is allowed if each request in it would be, in
// every form of the batch route.
func TestServe_batch(t *testing.T) {
	g := newTestGateway(t, openEngine(t, core.Policy{
		Rules: []route.Rule{
			{Name: "users", Path: "/wp-json/wp/v2/users/**", Roles: []string{"administrator"}},
			{Name: "read", Path: "/wp-json/wp/v2/tags/*", Methods: []string{"PUT"}},
			{Name: "other", Path: "/wp-json/other/*", Upstream: "other"},
			{Name: "open", Path: "/wp-json/open/**", Access: route.Public},
			{Name: "batch", Path: "/wp-json/batch/v1", Access: route.Optional},
			{Name: "posts", Path: "/wp-json/wp/v2/posts/**"},
			{Name: "rest", Path: "/**", Roles: []string{"nobody's"}},
		},
		Application: core.Application{Read: func(_, method, path, query string) (route.Reading, error) {
			return wordpress.Reader{}.Read(method, path, query)
		}},
	}), func(c *Config) {
		c.Inspectors = map[string]Inspector{"": wordpress.Inspector{}}
		c.MaxBody = maxBatch + 100
	})
	const reader = "Authorization: Bearer reader"
	posts, users, tags := `{"path":"/wp/v2/posts"}`, `{"method":"DELETE","path":"/wp/v2/Users/2"}`, `{"method":"DELETE","path":"/wp/v2/tags/2?_method=PUT"}`
	for name, tc := range map[string]struct {
		inner, credential string
		status            int
		want              string
	}{
		"allowed":                 {posts, reader, 200, ""},
		"several":                 {posts + "," + posts, reader, 200, ""},
		"none":                    {"", "", 200, ""},
		"public":                  {`{"path":"/open/a"}`, "", 200, ""},
		"nobody":                  {posts, "", 401, "no_credential"},
		"another's role":          {users, reader, 403, "role"},
		"another's role, last":    {posts + "," + users, reader, 403, "role"},
		"the role":                {posts + "," + users, valid, 200, ""},
		"a method of no rule":     {tags, valid, 403, "role"},
		"a path of another rule":  {`{"path":"/none"}`, valid, 403, "role"},
		"another application":     {`{"path":"/other/a"}`, valid, 400, "bad_batch"},
		"a batch in the batch":    {`{"path":"/batch/v1"}`, valid, 400, "bad_batch"},
		"a path that is not read": {`{"path":"/wp/v2/posts/../users/2"}`, valid, 400, "bad_batch"},
		"more than is read":       {strings.Repeat(" ", maxBatch) + posts, valid, 400, "bad_batch"},
	} {
		body := `{"requests":[` + tc.inner + `]}`
		for _, target := range []string{"/wp-json/batch/v1", "/wp-json/BATCH/v1/", "/?rest_route=/batch/v1", "/index.php/wp-json/batch/v1"} {
			a := g.post(t, target, body, tc.credential, "Content-Type: application/json; charset=utf-8")
			seen := g.seen.take()
			if a.status != tc.status || !strings.Contains(a.body, tc.want) || (len(seen) == 1) != (tc.status == http.StatusOK) {
				t.Errorf("%s, %s: got %d %.200s, upstream saw %d requests; want %d %s", name, target, a.status, a.body, len(seen), tc.status, tc.want)
			}
			if tc.status == http.StatusOK && !strings.Contains(a.body, fmt.Sprintf(`"body_bytes":%d`, len(body))) {
				t.Errorf("%s: the upstream got %s, want a body of %d bytes", name, a.body, len(body))
			}
		}
	}
	body := `{"requests":[` + posts + `]}`
	for name, headers := range map[string][]string{
		"form":     {"Content-Type: application/x-www-form-urlencoded"},
		"no type":  {},
		"two":      {"Content-Type: application/json", "Content-Type: text/plain"},
		"not json": {"Content-Type: application/jsonx"},
	} {
		a := g.post(t, "/wp-json/batch/v1?requests[0][path]=/wp/v2/users/2", body, append(headers, reader)...)
		if seen := g.seen.take(); a.status != http.StatusBadRequest || len(seen) != 0 {
			t.Errorf("%s: got %d %.200s, upstream saw %d requests; want status %d and 0 entries", name, a.status, a.body, len(seen), http.StatusBadRequest)
		}
	}
	if a := g.post(t, "/wp-json/wp/v2/posts", "requests", reader); a.status != http.StatusOK {
		t.Errorf("what is not a batch: got %d %s, want status %d", a.status, a.body, http.StatusOK)
	}
}

// TestServe_bulk: a bulk call of WooCommerce is allowed if each of its parts would be as a
// request of its own. Where no rule or hook distinguishes them, its body is not read.
func TestServe_bulk(t *testing.T) {
	const products = "/wp-json/wc/v3/products"
	all := route.Rule{Name: "all", Path: "/wp-json/wc/**"}
	admin := func(name, path string, methods ...string) route.Rule {
		return route.Rule{Name: name, Path: path, Methods: methods, Roles: []string{"administrator"}}
	}
	hooked := core.NewHooks()
	hooked.RouteAccess.Bind("not-seven", func(_ context.Context, a core.Access) (core.Access, error) {
		if strings.HasSuffix(a.Attempt.Path, "/7") {
			return a, api.E(api.Denied, "seven", "no")
		}
		return a, nil
	})
	large := `{"create":[{"description":"` + strings.Repeat("x", 2<<20) + `"}]}`
	const json, form = "Content-Type: application/json", "Content-Type: " + encodedType
	for name, c := range map[string]struct {
		rules []route.Rule
		hooks *core.Hooks
		rows  []bulkRow
	}{
		"no rule": {nil, nil, []bulkRow{
			{"batch", `{"delete":[7]}`, json, 200}, {"batch", "delete[]=7", form, 200}, {"batch?delete[]=7", "{}", json, 200}, {"batch", large, json, 200}, {"batch", "", "X: y", 200},
			{"batch", `{"delete":["7x"]}`, json, 200},
		}},
		"a rule elsewhere": {[]route.Rule{admin("orders", "/wp-json/wc/v3/orders/**", "DELETE")}, nil, []bulkRow{{"batch", "delete[]=7", form, 200}}},
		"a rule by method": {[]route.Rule{admin("delete", products+"/**", "DELETE")}, nil, []bulkRow{
			{"batch", `{"delete":[7]}`, json, 403}, {"BATCH/", `{"delete":["7"]}`, json, 403}, {"batch", `{"create":[{"name":"a"}],"update":[{"id":7}]}`, json, 200},
			{"batch", `{"create":[],"delete":{"a":7}}`, json, 403}, {"batch", `{"delete":[],"delete":[7]}`, json, 403}, {"batch", `{"delete":[7],"delete":[]}`, json, 200},
			{"batch", `{"delete":["7x"]}`, json, 400}, {"batch", "delete[]=7", form, 400}, {"batch?delete[]=7", "{}", json, 400}, {"batch?delete%5B0%5D=7", "{}", json, 400},
			{"batch?id=7", `{"update":[{"price":1}]}`, json, 400}, {"batch", `{"delete":[7]}`, "Content-Type: text/plain", 400}, {"batch", large, json, 200},
			{"batch", `{"x":"` + strings.Repeat("x", 4<<20) + `","delete":[7]}`, json, 400}, {"batch?_fields=id&context=edit", `{"create":[{"name":"a"}]}`, json, 200},
			{"7/variations/batch", `{"delete":[8]}`, json, 403},
		}},
		"a rule for one": {[]route.Rule{admin("seven", products+"/7")}, nil, []bulkRow{
			{"batch", `{"delete":[7]}`, json, 403}, {"batch", `{"update":[{"id":8},{"id":"7"}]}`, json, 403}, {"batch", `{"update":[{"id":8}],"delete":[9]}`, json, 200},
		}},
		"a rule for new ones": {[]route.Rule{admin("new", products, "POST")}, nil, []bulkRow{
			{"batch", `{"create":[{"name":"a"}]}`, json, 403}, {"batch", `{"update":[{"id":8}]}`, json, 200},
		}},
		"a rule for another parent": {[]route.Rule{admin("nine", products+"/9/**")}, nil, []bulkRow{
			{"9/variations/batch", `{"update":[{"id":1}]}`, json, 403}, {"7/variations/batch", "update[0][id]=1", form, 200},
		}},
		"a hook": {nil, hooked, []bulkRow{
			{"batch", `{"delete":[7]}`, json, 403}, {"batch", `{"create":[{}],"update":[{"id":8}]}`, json, 200}, {"batch", large, json, 200}, {"batch", "delete[]=7", form, 400},
		}},
	} {
		g := newTestGateway(t, openEngine(t, core.Policy{
			Rules: append(c.rules, all), Hooks: c.hooks,
			Application: core.Application{Read: func(_, method, path, query string) (route.Reading, error) {
				return wordpress.Reader{}.Read(method, path, query)
			}},
		}), func(c *Config) { c.Inspectors = map[string]Inspector{"": wordpress.Inspector{}} })
		for _, row := range c.rows {
			path, query, _ := strings.Cut(row.target, "?")
			for _, target := range []string{products + "/" + row.target, "/?rest_route=/wc/v3/products/" + path + "&" + query} {
				a := g.post(t, strings.TrimSuffix(target, "&"), row.body, row.kind, "Authorization: Bearer reader")
				if seen := g.seen.take(); a.status != row.want || (len(seen) == 1) != (row.want == 200) {
					t.Errorf("%s, %s %.60s: %d %.200s, want %d", name, target, row.body, a.status, a.body, row.want)
				}
			}
		}
		if a := g.post(t, products+"/batch", `{"delete":[6]}`, json, valid); a.status != 200 {
			t.Errorf("%s: an administrator got %d %s", name, a.status, a.body)
		}
		g.seen.take()
	}
}

// bulkRow is a request of TestServe_bulk, below the collection.
type bulkRow struct {
	target, body, kind string
	want               int
}

// TestServe_batchAsAlone: for a request in a batch, hooks see its query and headers and
// can refuse it, as for a single request.
func TestServe_batchAsAlone(t *testing.T) {
	h := core.NewHooks()
	h.IdentityResolved.Bind("drop", func(_ context.Context, r core.Resolved) (core.Resolved, error) {
		switch {
		case strings.HasPrefix(r.Attempt.Path, "/wp-json/wp/v2/users"):
			r.Identity.Roles = []string{"editor"}
		case strings.HasPrefix(r.Attempt.Path, "/wp-json/wp/v2/tags"):
			r.Identity.Scopes = append(r.Identity.Scopes, "more")
		}
		return r, nil
	})
	err := h.RouteAccess.BindView("query", func(_ context.Context, v hooks.View) error {
		query, _ := v.Get("req.query")
		debug, _ := v.Get("req.header.x-debug")
		if strings.Contains(query.Text(), "force=true") || debug.Text() == "1" {
			return api.E(api.Denied, "forced", "no")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	g := newTestGateway(t, openEngine(t, core.Policy{
		Rules: []route.Rule{{Name: "open", Path: "/wp-json/open/**", Access: route.Public}, {Name: "rest", Path: "/**", ForwardCredential: true},
			{Name: "own", Path: "/wp-json/own/**"}},
		Application: core.Application{Read: func(_, method, path, query string) (route.Reading, error) {
			return wordpress.Reader{}.Read(method, path, query)
		}}, Hooks: h,
	}), func(c *Config) { c.Inspectors = map[string]Inspector{"": wordpress.Inspector{}} })
	const posts = `{"path":"/wp/v2/posts/2"}`
	for _, tc := range []struct {
		inner     string
		status    int
		forwarded bool // the credential
	}{
		{posts, 200, true},
		{`{"path":"/wp/v2/users/2"}`, 400, false}, // without a role
		{posts + `,{"path":"/wp/v2/users/2"}`, 400, false},
		{`{"path":"/open/a"}`, 400, false}, // as nobody
		{`{"path":"/wp/v2/tags/2"}`, 200, true},
		{posts + `,{"path":"/own/a"}`, 200, false},
		{`{"method":"DELETE","path":"/wp/v2/posts/2?force=true"}`, 403, false},
		{`{"path":"/wp/v2/posts/2?force=false"}`, 200, true},
		{`{"path":"/wp/v2/posts/2","headers":{"X-Debug":"1"}}`, 403, false},
		{`{"path":"/wp/v2/posts/2","headers":{"x_debug":["1"]}}`, 403, false},
		{`{"path":"/wp/v2/posts/2","headers":{"X-Debug":"2"}}`, 200, true},
	} {
		a := g.post(t, "/wp-json/batch/v1", `{"requests":[`+tc.inner+`]}`, valid, "Content-Type: application/json")
		seen := g.seen.take()
		forwarded := len(seen) == 1 && seen[0].Headers["Authorization"] != nil
		if a.status != tc.status || (len(seen) == 1) != (tc.status == 200) || forwarded != tc.forwarded {
			t.Errorf("%s: %d %s, credential passed on %v; want %d, %v", tc.inner, a.status, a.body, forwarded, tc.status, tc.forwarded)
		}
	}
}

func (g *testGateway) post(t testing.TB, target, body string, headers ...string) answer {
	t.Helper()
	headers = append(headers, fmt.Sprintf("Content-Length: %d", len(body)))
	for i, line := range headers {
		if line == "" {
			headers[i] = "X-None: none"
		}
	}
	return g.send(t, request("POST", target, headers...)+body, 1)[0]
}
