package cli

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/examples/e2e/parts"
)

// stub answers like a site with a JWT plugin, except for the answers in broken.
func stub(t *testing.T, broken map[string]http.HandlerFunc) string {
	t.Helper()
	answers := map[string]http.HandlerFunc{
		"GET /wp-json/wp/v2/posts":                 says(200, "[]"),
		"GET /wp-json/jwt-auth/v1":                 says(200, index("jwt-auth/v1", "/token", "/token/validate")),
		"POST /wp-json/jwt-auth/v1/token":          says(200, `{"token":"a.b.secret"}`),
		"POST /wp-json/jwt-auth/v1/token/validate": says(200, `{"code":"jwt_auth_valid_token"}`),
		"OPTIONS /wp-json/wp/v2/posts":             says(200, ""),
		"HEAD /wp-json/":                           says(200, ""),
		"GET /wp-json/wp/v2/users/me":              says(200, `{"id":2}`),
	}
	for route, h := range broken {
		answers[route] = h
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h := answers[r.Method+" "+r.URL.Path]; h != nil {
			h(w, r)
			return
		}
		says(404, `{"code":"rest_no_route"}`)(w, r)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// index returns the index of a plugin's namespace.
func index(namespace string, routes ...string) string {
	list := make([]string, len(routes))
	for i, path := range routes {
		list[i] = fmt.Sprintf("%q:{}", "/"+namespace+path)
	}
	return fmt.Sprintf(`{"namespace":%q,"routes":{%s}}`, namespace, strings.Join(list, ","))
}

func says(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
}

// tool runs a command in an empty directory and returns its exit code and output.
func tool(t *testing.T, stdin string, args ...string) (int, string) {
	t.Helper()
	t.Chdir(t.TempDir())
	var out bytes.Buffer
	code := Program{}.run(t.Context(), args, strings.NewReader(stdin), &out, &out)
	return code, out.String()
}

// unlistedOrigin is an origin that no site allows by name.
const unlistedOrigin = "https://cardea-doctor.example"

type routes = map[string]http.HandlerFunc

func TestDoctor(t *testing.T) {
	const validate = "POST /wp-json/jwt-auth/v1/token/validate"
	invalid := says(403, `{"code":"jwt_auth_invalid_token"}`)
	for name, tc := range map[string]struct {
		broken routes
		bad    string // the check that finds it; "": none
		want   string
	}{
		"healthy":         {routes{validate: invalid}, "", "ok   authorization"},
		"stripped":        {routes{validate: says(403, `{"code":"jwt_auth_no_auth_header"}`)}, "authorization", "cardea snippet"},
		"no secret":       {routes{validate: says(403, `{"code":"jwt_auth_bad_config"}`)}, "authorization", "JWT_AUTH_SECRET_KEY"},
		"no plugin":       {routes{"GET /wp-json/jwt-auth/v1": nil}, "token endpoints", "rest_no_route"},
		"some JSON":       {routes{"GET /wp-json/jwt-auth/v1": says(200, `{"hello":"world"}`)}, "token endpoints", "rest_no_route"},
		"plain":           {routes{"GET /wp-json/wp/v2/posts": says(404, "<html>")}, "rest api", "Permalinks"},
		"block page":      {routes{"GET /wp-json/wp/v2/posts": says(403, "<html>blocked</html>")}, "rest api", "security plugin"},
		"unknown gateway": {routes{"GET /wp-json/wp/v2/posts": says(401, `{"code":"cardea_bad_assertion"}`)}, "rest api", "keys export --for assertion"},
		"open to origins": {routes{"OPTIONS /wp-json/wp/v2/posts": says(200, "", "Access-Control-Allow-Origin", unlistedOrigin, "Access-Control-Allow-Credentials", "true")}, "cors", "every origin"},
		"answers to any":  {routes{"GET /wp-json/wp/v2/posts": says(200, "[]", "Access-Control-Allow-Origin", unlistedOrigin, "Access-Control-Allow-Credentials", "true")}, "cors", "every origin"},
		"any, no cookies": {routes{"OPTIONS /wp-json/wp/v2/posts": says(204, "", "Access-Control-Allow-Origin", "*")}, "", "ok   cors"},
		"others listed":   {routes{"OPTIONS /wp-json/wp/v2/posts": says(403, `{"code":"cors_origin"}`)}, "", "ok   cors"},
		"preflight gated": {routes{"OPTIONS /wp-json/wp/v2/posts": says(401, `{"code":"no_credential"}`)}, "cors", "cors: {enabled: true}"},
		"preflight lost":  {routes{"OPTIONS /wp-json/wp/v2/posts": says(503, "")}, "cors", "a preflight is refused"},
		"clock":           {routes{"HEAD /wp-json/": says(200, "", "Date", time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat))}, "clock", "NTP"},
	} {
		t.Run(name, func(t *testing.T) {
			if tc.broken[validate] == nil {
				tc.broken[validate] = invalid
			}
			code, out := tool(t, "", "doctor", stub(t, tc.broken))
			if (code != 0) != (tc.bad != "") || !strings.Contains(out, tc.want) || tc.bad != "" && !strings.Contains(out, "BAD  "+tc.bad) || strings.Count(out, "BAD") > 1 {
				t.Errorf("exit %d\n%s\nwant %q found and %q", code, out, tc.bad, tc.want)
			}
		})
	}
	t.Run("direct access", func(t *testing.T) {
		url := stub(t, routes{validate: invalid})
		if code, out := tool(t, "", "doctor", url, "--direct", url); code == 0 || !strings.Contains(out, "BAD  direct access") {
			t.Errorf("exit %d\n%s", code, out)
		}
		gateway := stub(t, routes{"GET /wp-json/wp/v2/posts": says(401, `{"code":"no_credential"}`)})
		for _, direct := range []string{url, gateway} {
			if code, out := tool(t, "", "doctor", url, "--direct", direct); code == 0 || !strings.Contains(out, "behind the gateway was not checked") || strings.Contains(out, "without the gateway") {
				t.Errorf("the gateway itself: exit %d\n%s", code, out)
			}
		}
		closed := stub(t, routes{"GET /wp-json/wp/v2/posts": says(401, `{"code":"cardea_required"}`)})
		for _, direct := range []string{closed, "http://127.0.0.1:1"} {
			if code, out := tool(t, "", "doctor", url, "--direct", direct); code != 0 || !strings.Contains(out, "ok   direct access") {
				t.Errorf("exit %d\n%s", code, out)
			}
		}
		network := func(answer http.HandlerFunc) string { // which sends other hosts away
			return stub(t, routes{"GET /wp-json/wp/v2/posts": func(w http.ResponseWriter, r *http.Request) {
				if "http://"+r.Host != url {
					http.Redirect(w, r, url, http.StatusFound)
					return
				}
				answer(w, r)
			}})
		}
		for name, tc := range map[string]struct {
			answer http.HandlerFunc
			want   string
		}{
			"a network that is closed": {says(401, `{"code":"cardea_required"}`), "ok   direct access"},
			"a network that is open":   {says(200, "[]"), "BAD  direct access    the WordPress can be reached without the gateway: 200"},
		} {
			if _, out := tool(t, "", "doctor", url, "--direct", network(tc.answer)); !strings.Contains(out, tc.want) {
				t.Errorf("%s: want %q in\n%s", name, tc.want, out)
			}
		}
	})
	if code, out := tool(t, "", "doctor", "http://127.0.0.1:1"); code == 0 || !strings.Contains(out, "no answer") {
		t.Errorf("no server at the address: exit %d\n%s", code, out)
	}
	plain := "https" + strings.TrimPrefix(stub(t, nil), "http")
	if code, out := tool(t, "", "doctor", plain); code == 0 || !strings.Contains(out, "BAD  https") || !strings.Contains(out, "write http://") || strings.Contains(out, "start the server") {
		t.Errorf("plain HTTP as HTTPS: exit %d\n%s", code, out)
	}
	if _, out := tool(t, "", "doctor", "https://127.0.0.1:1"); !strings.Contains(out, "-    https") {
		t.Errorf("HTTPS, no server at the address:\n%s", out)
	}
	if code, out := tool(t, "", "doctor", "shop.example.org"); code == 0 || !strings.Contains(out, "write it as https://") {
		t.Errorf("no address: exit %d\n%s", code, out)
	}
}

// TestDoctor_wordpress checks a real WordPress without the plugin, over plain HTTP.
func TestDoctor_wordpress(t *testing.T) {
	site := parts.WordPress(t, "")
	code, out := tool(t, "", "doctor", site.URL, "--direct", site.URL)
	for _, want := range []string{"ok   rest api", "BAD  token endpoints", "rest_no_route", "BAD  cors", "ok   clock", "BAD  direct access"} {
		if code == 0 || !strings.Contains(out, want) {
			t.Errorf("exit %d, want %q in\n%s", code, want, out)
		}
	}
}
