package wordpress_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/examples/e2e/parts"
)

// newSite starts a real WordPress with the plugin and its constants. CARDEA_REQUIRE is on
// while the site has a file "require".
func newSite(t *testing.T) *parts.Site {
	t.Helper()
	site := parts.WordPress(t, fmt.Sprintf("define('CARDEA_ISSUER', '%s'); define('CARDEA_KEYS', ['%s' => '%s']); define('CARDEA_REQUIRE', file_exists(__DIR__ . '/require'));",
		issuer, gatewayKeyID, publicKey))
	plugin, err := os.ReadFile("cardea.php")
	if err != nil {
		t.Fatal(err)
	}
	parts.Write(t, site.Dir, "wp-content/mu-plugins/cardea.php", string(plugin))
	letTell(t, site)
	return site
}

// letTell adds endpoints to the site that return the user outside of REST, as for GraphQL,
// and for admin-ajax.
func letTell(t *testing.T, site *parts.Site) {
	t.Helper()
	parts.Write(t, site.Dir, "wp-content/mu-plugins/whoami.php", `<?php
foreach (['wp_ajax_whoami', 'wp_ajax_nopriv_whoami'] as $hook) {
    add_action($hook, function () { echo wp_get_current_user()->user_login ?: 'nobody'; exit; });
}
function is_graphql_http_request() { return strpos($_SERVER['REQUEST_URI'], '/graphql') === 0; }
add_action('parse_request', function () {
    if (is_graphql_http_request()) { echo wp_get_current_user()->user_login ?: 'nobody'; exit; }
});
`)
}

// ask is one request to a site; sent says how it differs from the assertion.
type ask struct {
	method, target string
	body           string
	header         http.Header
}

func (a ask) do(t *testing.T, base, assertion string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), a.method, base+a.target, strings.NewReader(a.body))
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range a.header {
		req.Header[name] = values
	}
	if assertion != "" {
		req.Header.Set("X-Cardea-Assertion", assertion)
	}
	if a.body != "" && req.Header.Get("Content-Type") == "" {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// assert signs the assertion that the gateway would send with the request.
func assert(t *testing.T, base string, a ask, changes object) string {
	t.Helper()
	path, query, _ := strings.Cut(a.target, "?")
	now := time.Now().Unix()
	return sign(t, header(), with(object{
		"iss": issuer, "aud": base, "jti": t.Name(), "htm": a.method, "htu": path, "htq": queryDigest(query),
		"iat": now, "exp": now + 30,
	}, changes))
}

func TestSite(t *testing.T) {
	site := newSite(t)
	t.Run("plugin", func(t *testing.T) { testPlugin(t, site) })
	t.Run("cookie", func(t *testing.T) { testCookie(t, site) })
	t.Run("require", func(t *testing.T) { testRequire(t, site) })
	t.Run("notice", func(t *testing.T) { testNotice(t, site) })
	t.Run("directory", func(t *testing.T) { testDirectory(t, site) })
}

func testPlugin(t *testing.T, site *parts.Site) {
	me := ask{method: "GET", target: "/wp-json/wp/v2/users/me"}
	byQuery := ask{method: "GET", target: "/?rest_route=/wp/v2/users/me"}
	ajax := ask{method: "GET", target: "/wp-admin/admin-ajax.php?action=whoami"}
	graph := ask{method: "POST", target: "/graphql", body: "{}"}
	post := ask{method: "POST", target: "/wp-json/wp/v2/posts", body: "title=One&status=publish"}
	batch := ask{method: "POST", target: "/wp-json/batch/v1", body: `{"requests":[{"path":"/wp/v2/tags","body":{"name":"One"}}]}`, header: http.Header{"Content-Type": {"application/json"}}}
	override := ask{method: "POST", target: me.target, header: http.Header{"X-Http-Method-Override": {"GET"}}}
	page, hidden := ask{method: "GET", target: "/"}, ask{method: "GET", target: "/index-php/wp-json/wp/v2/users/me"}
	editor, sub := object{"login": "editor1"}, object{"login": "sub1"}
	decided := func(names ...string) object {
		return with(editor, object{"rest": append([]string{}, names...)})
	}
	for name, test := range map[string]struct {
		sent, asserted ask
		claims         object
		status         int
		body           string
	}{
		"me":                      {me, me, editor, 200, `"name":"Edna Editor"`},
		"me by id":                {me, me, object{"wp_id": 2}, 200, `"id":2`},
		"me by both":              {me, me, object{"wp_id": 2, "login": "editor1"}, 200, `"id":2`},
		"me by rest_route":        {byQuery, byQuery, editor, 200, `"id":2`},
		"admin-ajax":              {ajax, ajax, editor, 200, "editor1"},
		"GraphQL":                 {graph, graph, editor, 200, "editor1"},
		"post as editor":          {post, post, editor, 201, `"raw":"One"`},
		"post as subscriber":      {post, post, sub, 403, "rest_cannot_create"},
		"batch":                   {batch, batch, editor, 207, `"status":201`}, // what the gateway must look into
		"nobody":                  {me, me, nil, 401, "rest_not_logged_in"},
		"nobody, a public route":  {ask{method: "GET", target: "/wp-json/wp/v2/posts"}, ask{method: "GET", target: "/wp-json/wp/v2/posts"}, nil, 200, "["},
		"method override":         {override, ask{method: "GET", target: me.target}, editor, 200, `"id":2`},
		"hidden method override":  {override, ask{method: "POST", target: me.target}, editor, 401, "claim htm"},
		"override in the query":   {ask{method: "GET", target: me.target + "?_method=DELETE"}, ask{method: "GET", target: me.target + "?_method=DELETE"}, editor, 401, "claim htm"},
		"other path":              {me, ask{method: "GET", target: "/wp-json/wp/v2/users/2"}, editor, 401, "claim htu"},
		"other method":            {post, ask{method: "GET", target: post.target}, editor, 401, "claim htm"},
		"other route in query":    {byQuery, ask{method: "GET", target: "/?rest_route=/wp/v2/posts"}, editor, 401, "claim htq"},
		"route over a path":       {ask{method: "GET", target: "/wp-json/wp/v2/posts?rest_route=/wp/v2/users/me"}, ask{method: "GET", target: "/wp-json/wp/v2/posts"}, editor, 401, "claim htq"},
		"query not bound":         {byQuery, byQuery, object{"login": "editor1", "htq": nil}, 401, "claim htq"},
		"as PHP reads a dot":      {ask{method: "GET", target: "/?rest.route=/wp/v2/users/me"}, ask{method: "GET", target: "/"}, object{"login": "editor1", "htq": nil}, 401, "claim htq"},
		"dot in _method":          {ask{method: "GET", target: me.target + "?.method=DELETE"}, ask{method: "GET", target: me.target + "?.method=DELETE"}, editor, 401, "claim htm"},
		"route in the body":       {ask{method: "POST", target: "/", body: "rest_route=/wp/v2/posts&title=x"}, ask{method: "POST", target: "/"}, editor, 401, "rest_route must not"},
		"decided as the route":    {me, me, decided("/wp/v2/users/me"), 200, `"id":2`},
		"in other letters":        {me, me, decided("/WP/v2/Users/Me"), 200, `"id":2`},
		"as a page, too":          {me, me, decided("page", "/wp/v2/users/me"), 200, `"id":2`},
		"decided, by rest_route":  {byQuery, byQuery, decided("/wp/v2/users/me"), 200, `"id":2`},
		"decided as a page":       {page, page, decided("page"), 200, ""},
		"decided as admin-ajax":   {ajax, ajax, decided("page"), 200, "editor1"},
		"as another route":        {me, me, decided("/wp/v2/posts"), 401, "claim rest"},
		"as its index":            {me, me, decided("/"), 401, "claim rest"},
		"a route as a page":       {me, me, decided("page"), 401, "claim rest"},
		"a query's as a page":     {byQuery, byQuery, decided("page"), 401, "claim rest"},
		"a hidden one as a page":  {hidden, hidden, decided("page"), 401, "claim rest"},
		"a hidden one as both":    {hidden, hidden, decided("page", "/wp/v2/users/me"), 200, `"id":2`},
		"a page as a route":       {page, page, decided("/wp/v2/users/me"), 401, "claim rest"},
		"admin-ajax as a route":   {ajax, ajax, decided("/wp/v2/users/me"), 401, "claim rest"},
		"as nothing":              {me, me, decided(), 401, "claim rest"},
		"rest is not a list":      {me, me, with(editor, object{"rest": "/wp/v2/users/me"}), 401, "claim rest"},
		"expired":                 {me, me, with(editor, object{"iat": time.Now().Unix() - 40, "exp": time.Now().Unix() - 10}), 401, "not valid now"},
		"other site":              {me, me, with(editor, object{"aud": "https://other.example.org"}), 401, "claim aud"},
		"unknown user":            {me, me, object{"login": "nobody"}, 401, "does not have"},
		"id and login of two":     {me, me, object{"wp_id": 1, "login": "editor1"}, 401, "does not have"},
		"login in a list":         {me, me, object{"login": []string{"admin"}}, 401, "claim login"},
		"bad one on admin-ajax":   {ajax, me, editor, 401, "cardea_bad_assertion"},
		"bad one on GraphQL":      {graph, me, editor, 401, "cardea_bad_assertion"},
		"bad one on a page":       {ask{method: "GET", target: "/"}, me, editor, 401, "cardea_bad_assertion"},
		"bad one on a public one": {ask{method: "GET", target: "/wp-json/wp/v2/posts"}, me, editor, 401, "cardea_bad_assertion"},
	} {
		t.Run(name, func(t *testing.T) {
			status, body := test.sent.do(t, site.URL, assert(t, site.URL, test.asserted, test.claims))
			if status != test.status || !strings.Contains(body, test.body) {
				t.Errorf("got %d %.300s, want %d with %s", status, body, test.status, test.body)
			}
		})
	}
	t.Run("forged", func(t *testing.T) {
		good := assert(t, site.URL, me, editor)
		for name, token := range map[string]string{
			"signature": good[:len(good)-4] + "AAAA", "none": sign(t, object{"alg": "none"}, object{"login": "admin"}), "text": "admin",
		} {
			if status, body := me.do(t, site.URL, token); status != 401 || !strings.Contains(body, "cardea_bad_assertion") {
				t.Errorf("%s: got %d %.200s, want status 401 and text with %q", name, status, body, "cardea_bad_assertion")
			}
		}
	})
	t.Run("identity headers are nothing", func(t *testing.T) {
		forged := me
		forged.header = http.Header{"X-Remote-User": {"admin"}, "X-Cardea-User": {"admin"}}
		if status, body := forged.do(t, site.URL, ""); status != 401 {
			t.Errorf("got %d %.200s, want status 401", status, body)
		}
	})
}

// testCookie: with an invalid assertion even a valid cookie and nonce are anonymous; with a
// valid one the assertion decides.
func testCookie(t *testing.T, site *parts.Site) {
	var session struct{ Cookie, Nonce string }
	out := site.Run(t, `
$_COOKIE[LOGGED_IN_COOKIE] = wp_generate_auth_cookie(1, time() + 3600, 'logged_in', WP_Session_Tokens::get_instance(1)->create(time() + 3600));
$token = wp_parse_auth_cookie($_COOKIE[LOGGED_IN_COOKIE], 'logged_in');
wp_set_current_user(1);
echo json_encode(['Cookie' => LOGGED_IN_COOKIE . '=' . rawurlencode($_COOKIE[LOGGED_IN_COOKIE]), 'Nonce' => wp_create_nonce('wp_rest')]);`)
	if err := json.Unmarshal([]byte(out), &session); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	me := ask{method: "GET", target: "/wp-json/wp/v2/users/me", header: http.Header{"Cookie": {session.Cookie}, "X-Wp-Nonce": {session.Nonce}}}
	for name, test := range map[string]struct {
		assertion string
		status    int
		body      string
	}{
		"cookie alone":         {"", 200, `"id":1`},
		"gateway asserts it":   {assert(t, site.URL, me, nil), 200, `"id":1`},
		"gateway says who":     {assert(t, site.URL, me, object{"login": "sub1"}), 200, `"name":"Sue Scriber"`},
		"bad assertion":        {assert(t, site.URL, me, object{"exp": 1}), 401, "cardea_bad_assertion"},
		"assertion of no form": {"x", 401, "cardea_bad_assertion"},
	} {
		if status, body := me.do(t, site.URL, test.assertion); status != test.status || !strings.Contains(body, test.body) {
			t.Errorf("%s: got %d %.200s, want %d with %s", name, status, body, test.status, test.body)
		}
	}
}

func testRequire(t *testing.T, site *parts.Site) {
	flag := parts.Write(t, site.Dir, "require", "")
	defer os.Remove(flag)
	for _, target := range []string{"/wp-json/wp/v2/users/me", "/wp-json/wp/v2/posts", "/?rest_route=/wp/v2/posts", "/index.php?rest_route=/wp/v2/posts", "/graphql"} {
		a := ask{method: "GET", target: target}
		if status, body := a.do(t, site.URL, ""); status != 401 || !strings.Contains(body, "cardea_required") {
			t.Errorf("%s without the gateway: got %d %.200s, want status 401 and text with %q", target, status, body, "cardea_required")
		}
		if status, body := a.do(t, site.URL, assert(t, site.URL, a, object{"login": "editor1"})); status != 200 {
			t.Errorf("%s through the gateway: got %d %.200s, want status 200", target, status, body)
		}
	}
	body := ask{method: "POST", target: "/", body: url.Values{"rest_route": {"/wp/v2/posts"}, "title": {"x"}}.Encode()}
	if status, text := body.do(t, site.URL, ""); status != 401 {
		t.Errorf("a route in the body, without the gateway: got %d %.200s, want status 401", status, text)
	}
	if status, _ := (ask{method: "GET", target: "/"}).do(t, site.URL, ""); status != 200 {
		t.Errorf("pages are not REST: got %d, want status 200", status)
	}
}

// testNotice removes the constants: an administrator sees a notice, and assertions are
// refused.
func testNotice(t *testing.T, site *parts.Site) {
	path := filepath.Join(site.Dir, "wp-config.php")
	config, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer parts.Write(t, site.Dir, "wp-config.php", string(config))
	const notice = "wp_set_current_user(%d); do_action('admin_notices');"
	if got := site.Run(t, fmt.Sprintf(notice, 1)); strings.Contains(got, "Cardea") {
		t.Errorf("got %q with all constants", got)
	}
	parts.Write(t, site.Dir, "wp-config.php", strings.Replace(string(config), "define('CARDEA_ISSUER'", "define('CARDEA_ISSUERS'", 1))
	if got := site.Run(t, fmt.Sprintf(notice, 1)); !strings.Contains(got, "CARDEA_ISSUER missing") {
		t.Errorf("got %q for an administrator, want text with %q", got, "CARDEA_ISSUER missing")
	}
	if got := site.Run(t, fmt.Sprintf(notice, 2)); strings.Contains(got, "CARDEA_ISSUER") {
		t.Errorf("got %q for an editor", got)
	}
	me := ask{method: "GET", target: "/wp-json/wp/v2/users/me"}
	if status, body := me.do(t, site.URL, assert(t, site.URL, me, object{"login": "admin"})); status != 401 || !strings.Contains(body, "CARDEA_ISSUER missing") {
		t.Errorf("got %d %.200s without the constant, want status 401 and text with %q", status, body, "CARDEA_ISSUER missing")
	}
}
