package wordpress_test

import (
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/examples/e2e/parts"
)

// testBatch: WordPress runs the requests in a batch as its sender, so a rule for a route
// must apply inside a batch too. Here only administrators may change tags, though WordPress
// would allow editors.
func testBatch(t *testing.T, g gateway) {
	admin, editor, sub := g.login(t, "admin", parts.AdminPassword), g.login(t, "editor1", "editor1-pass"), g.login(t, "sub1", "sub1-pass")
	const (
		tag     = `{"path":"/wp/v2/tags","body":{"name":"%"}}`
		post    = `{"path":"/wp/v2/posts","body":{"title":"%","status":"publish"}}`
		jsonly  = "application/json"
		made    = `"status":201`
		refused = `"code":"role"`
	)
	for name, tc := range map[string]struct {
		token, inner, contentType string
		status                    int
		want                      string
	}{
		"allowed":             {editor, post, jsonly, 207, made},
		"the rule's role":     {admin, tag + "," + post, jsonly, 207, made},
		"not the rule's role": {editor, tag, jsonly, 403, refused},
		"in capitals":         {editor, strings.Replace(tag, "tags", "TAGS", 1), jsonly, 403, "no"},
		"behind a good one":   {editor, post + "," + tag, jsonly, 403, refused},
		"with a query":        {editor, strings.Replace(tag, "tags", "tags?rest_route=/wp/v2/posts", 1), jsonly, 403, refused},
		"WordPress's own no":  {sub, post, jsonly, 207, "rest_cannot_create"},
		"nobody":              {"", post, jsonly, 401, "no_credential"},
		"no JSON":             {editor, tag, "text/plain", 400, "bad_batch"},
		"two slashes":         {editor, strings.Replace(tag, "/wp", "//wp", 1), jsonly, 400, "bad_batch"},
	} {
		for form, target := range map[string]string{
			"pretty": "/wp-json/batch/v1", "rest_route": "/?rest_route=/batch/v1", "index.php": "/index.php/wp-json/batch/v1", "capitals": "/wp-json/Batch/V1/",
		} {
			text := name + " " + form
			body := `{"requests":[` + strings.ReplaceAll(tc.inner, "%", text) + `]}`
			status, answer := g.as(t, tc.token, "POST", target, body, "Content-Type", tc.contentType)
			if status != tc.status || !strings.Contains(answer, tc.want) {
				t.Errorf("%s: got %d %.300s, want %d with %s", text, status, answer, tc.status, tc.want)
			}
			there := g.site.DB.Exec(t, "wordpress", "SELECT (SELECT COUNT(*) FROM wp_terms WHERE name = '"+strings.ReplaceAll(text, "'", "''")+
				"') + (SELECT COUNT(*) FROM wp_posts WHERE post_title = '"+strings.ReplaceAll(text, "'", "''")+"' AND post_type = 'post')")
			if made := strings.TrimSpace(there) != "0"; made != (tc.want == `"status":201`) {
				t.Errorf("%s: WordPress created %s posts", text, strings.TrimSpace(there))
			}
		}
	}
	status, answer := g.as(t, editor, "POST", "/wp-json/batch/v1?requests[0][path]=/wp/v2/tags&requests[0][body][name]=x", "")
	if status != 400 || !strings.Contains(answer, "bad_batch") {
		t.Errorf("a batch in the query: got %d %.300s, want status 400 and text with %q", status, answer, "bad_batch")
	}
}
