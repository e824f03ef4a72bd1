package wordpress_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// testClients sends unusual requests of real clients: the method in a header, as the editor
// sends it, and a doubled slash at the start.
func testClients(t *testing.T, g gateway) {
	editor, sub := g.login(t, "editor1", "editor1-pass"), g.login(t, "sub1", "sub1-pass")
	newPost := func() string {
		status, body := g.as(t, editor, "POST", "/wp-json/wp/v2/posts", `{"title":"To go","status":"publish"}`)
		var post struct{ ID int }
		if err := json.Unmarshal([]byte(body), &post); err != nil || status != http.StatusCreated {
			t.Fatalf("a post: got %d %.300s, want status %d", status, body, http.StatusCreated)
		}
		return fmt.Sprint(post.ID)
	}
	for _, tc := range []struct {
		name, token, method, target, body, override string // # is the number of the post
		status                                      int
		want                                        string
	}{
		{"delete", editor, "POST", "/wp-json/wp/v2/posts/#", "", "DELETE", 200, `"status":"trash"`},
		{"in small letters", editor, "POST", "/wp-json/wp/v2/posts/#", "", "delete", 200, `"status":"trash"`},
		{"by rest_route", editor, "POST", "/?rest_route=/wp/v2/posts/#", "", "DELETE", 200, `"status":"trash"`},
		{"by rest_route of the script", editor, "POST", "/index.php?rest_route=/wp/v2/posts/#&force=true", "", "DELETE", 200, `"deleted":true`},
		{"with a slash more", editor, "POST", "//wp-json/wp/v2/posts/#", "", "DELETE", 200, `"status":"trash"`},
		{"in a GET", editor, "GET", "/wp-json/wp/v2/posts/#", "", "DELETE", 200, `"status":"trash"`},
		{"put", editor, "POST", "/wp-json/wp/v2/posts/#", `{"title":"Put"}`, "PUT", 200, `"raw":"Put"`},
		{"patch", editor, "POST", "/wp-json/wp/v2/posts/#", `{"title":"Patched"}`, "PATCH", 200, `"raw":"Patched"`},
		{"the same", editor, "POST", "/wp-json/wp/v2/posts/#", `{"title":"Posted"}`, "POST", 200, `"raw":"Posted"`},
		{"_method goes before", editor, "POST", "/wp-json/wp/v2/posts/#?_method=PUT", `{"title":"Put"}`, "DELETE", 200, `"raw":"Put"`},
		{"no method of the route", editor, "POST", "/wp-json/wp/v2/posts/#", "", "PURGE", 404, "rest_no_route"},
		{"two methods", editor, "POST", "/wp-json/wp/v2/posts/#", "", "DELETE, PUT", 400, "method_override"},
		{"another header", editor, "POST", "/wp-json/wp/v2/posts/#", "", "", 400, "method_override"},
		{"who may not", sub, "POST", "/wp-json/wp/v2/posts/#", "", "DELETE", 403, "rest_cannot_delete"},
		{"nobody", "", "POST", "/wp-json/wp/v2/posts/#", "", "DELETE", 401, "no_credential"},
		{"nobody, of a public route", "", "GET", "/wp-json/wp/v2/posts", "", "POST", 401, "no_credential"},
		{"a page", editor, "POST", "/graphql", "{}", "DELETE", 200, "editor1"},
		{"slashes", editor, "GET", "//wp-json/wp/v2/users/me", "", "GET", 200, "Edna Editor"},
		{"slashes before a query", editor, "GET", "//?rest_route=/wp/v2/users/me", "", "GET", 200, "Edna Editor"},
		{"slashes before the rule's role", editor, "GET", "///wp-json/wp/v2/settings", "", "GET", 403, "role"},
		{"slashes within", editor, "GET", "/wp-json//wp/v2/users/me", "", "GET", 400, ""},
	} {
		header := "X-Http-Method-Override"
		if tc.override == "" {
			header, tc.override = "X-Method-Override", "DELETE"
		}
		post := newPost()
		target := strings.ReplaceAll(tc.target, "#", post)
		status, body := g.as(t, tc.token, tc.method, target, tc.body, header, tc.override)
		if status != tc.status || !strings.Contains(body, tc.want) {
			t.Errorf("%s: got %d %.400s, want %d with %s", tc.name, status, body, tc.status, tc.want)
		}
		goes := strings.Contains(tc.want, "trash") || strings.Contains(tc.want, "deleted")
		if status, body := g.as(t, editor, "GET", "/wp-json/wp/v2/posts/"+post+"?context=edit", ""); goes == (status == 200 && strings.Contains(body, `"status":"publish"`)) {
			t.Errorf("%s: then the post is %d %.400s", tc.name, status, body)
		}
	}
	if status, body := g.as(t, "", "POST", "//wp-json/jwt-auth/v1/token", `{"username":"editor1","password":"editor1-pass"}`); status != 200 || !strings.Contains(body, `"token"`) {
		t.Errorf("login with a slash more: got %d %.200s, want status 200 and text with %q", status, body, `"token"`)
	}
}
